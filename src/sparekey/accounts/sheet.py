"""A file of accounts: a header that names columns of the account contract, then an account a line.

Every line stands alone. No value of an account has a line break in it, so a quotation mark that is
never closed spoils its own line and not the rest of the file.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import BinaryIO, Final

from sparekey.accounts.model import KEEP, Wanted, WantedAddress, checked, checked_ref
from sparekey.kit.address import Address, UnusableAddress, read_address
from sparekey.kit.problem import Problem
from sparekey.kit.secret import Secret

#: Ten addresses and every text at their longest, in a script of four bytes a letter.
MAX_LINE_BYTES: Final = 32_768

_TEXTS = ("username", "name", "locale", "customer_number")
_PLAIN = ("account", *_TEXTS, "second_factor", "password_hash", "password_expires_at")
_ADDRESS = re.compile(r"(email|phone)(_[2-9])?(_verified)?")
_DELIMITERS = ",;\t"
_DAY_CHARACTERS = len("2027-03-31")
_YES = frozenset({"true", "yes", "1"})
_NO = frozenset({"false", "no", "0", ""})
_KNOWN = ", ".join((*_PLAIN, "email", "email_verified", "email_2 …", "phone", "phone_verified …"))


class UnusableSheet(Exception):
    """The file as a whole cannot be read; the sentence says why, and what to do."""


class UnusableLine(Exception):
    """A line cannot be taken: in which column, a stable code, and what to do about it."""

    def __init__(self, column: str, code: str, advice: str) -> None:
        super().__init__(f"{column}: {code}")
        self.column = column
        self.code = code
        self.advice = advice

    @classmethod
    def of(cls, column: str, problem: Problem) -> "UnusableLine":
        """A broken rule of the account contract, by the column that breaks it."""
        return cls(column, problem.code, problem.detail)


@dataclass(frozen=True, slots=True)
class Line:
    """One line after the header, as bytes; None when it was too long to be kept."""

    number: int
    raw: bytes | None


@dataclass(frozen=True, slots=True)
class Row:
    """What a line says of an account."""

    ref: str
    wanted: Wanted


@dataclass(frozen=True)
class Columns:
    """The header: the name of each column, and what parts them."""

    names: tuple[str, ...]
    delimiter: str

    def row(self, line: Line, region: str | None) -> Row:
        """What `line` says, phone numbers read in `region`; raises UnusableLine."""
        said = dict(zip(self.names, self._values(line), strict=True))
        hashed = said.get("password_hash")
        wanted = Wanted(
            username=said.get("username") or None,
            name=said.get("name") or None,
            locale=said.get("locale") or None,
            customer_number=said.get("customer_number") or None,
            second_factor=_truth("second_factor", said.get("second_factor", "")),
            password_hash=Secret(hashed) if hashed else KEEP,
            addresses=tuple(self._addresses(said, region)),
            password_expires_at=_moment(said.get("password_expires_at", "")),
        )
        try:
            return Row(checked_ref(said["account"]), checked(wanted))
        except Problem as problem:
            column = str(problem.extra.get("field", "account"))
            raise UnusableLine.of(column, problem) from None

    @cached_property
    def address_columns(self) -> tuple[tuple[str, str], ...]:
        """The columns that hold an address, each with its kind."""
        found = ((name, _ADDRESS.fullmatch(name)) for name in self.names)
        return tuple((name, match[1]) for name, match in found if match and not match[3])

    @property
    def proves_nothing(self) -> bool:
        """Whether there are addresses and no column that says which of them are proven."""
        return bool(self.address_columns) and not any(
            name.endswith("_verified") for name in self.names
        )

    def _values(self, line: Line) -> list[str]:
        if line.raw is None:
            raise _unreadable("too_long", f"A line has at most {MAX_LINE_BYTES} bytes.")
        try:
            text = line.raw.decode()
        except UnicodeDecodeError:
            raise _unreadable("encoding", "Write this line in UTF-8, as all the others.") from None
        try:
            values = next(csv.reader((text,), delimiter=self.delimiter, strict=True))
        except csv.Error:
            advice = "Close every quotation mark, double those within, leave out line breaks."
            raise _unreadable("quotes", advice) from None
        if len(values) != len(self.names):
            advice = (
                f"Give this line {len(self.names)} values, as the header has; not {len(values)}."
            )
            raise _unreadable("columns", advice)
        return values

    def _addresses(self, said: dict[str, str], region: str | None) -> Iterator[WantedAddress]:
        for column, kind in self.address_columns:
            is_verified = _truth(f"{column}_verified", said.get(f"{column}_verified", ""))
            if text := said[column]:
                yield WantedAddress(_address(column, kind, text, region), is_verified)


def read_columns(file: BinaryIO) -> Columns:
    """The header, which is the file's first line; raises UnusableSheet."""
    raw = file.readline(MAX_LINE_BYTES)
    try:
        text = raw.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise UnusableSheet("Save the file as CSV in UTF-8: this is another encoding.") from None
    delimiter = max(_DELIMITERS, key=text.count)
    try:
        cells = next(csv.reader((text,), delimiter=delimiter, strict=True), list[str]())
    except csv.Error:
        raise UnusableSheet("Begin the file with a line of column names, each once.") from None
    columns = Columns(tuple(cell.strip().lower() for cell in cells), delimiter)
    _check(columns.names)
    return columns


def lines(file: BinaryIO) -> Iterator[Line]:
    """Every line after the header that is not empty, with its number in the file."""
    number = 1
    while raw := file.readline(MAX_LINE_BYTES):
        number += 1
        if not raw.endswith(b"\n") and len(raw) == MAX_LINE_BYTES:
            _skip(file)
            yield Line(number, None)
        elif stripped := raw.rstrip(b"\r\n"):
            yield Line(number, stripped)


def _skip(file: BinaryIO) -> None:
    """Read on to the end of the line, in pieces."""
    while (piece := file.readline(MAX_LINE_BYTES)) and not piece.endswith(b"\n"):
        pass


def _check(names: tuple[str, ...]) -> None:
    unknown = [name for name in names if name not in _PLAIN and not _ADDRESS.fullmatch(name)]
    if unknown:
        shown = ", ".join(repr(name[:40]) for name in unknown[:5])
        raise UnusableSheet(f"Leave out or rename the columns {shown}. There are: {_KNOWN}.")
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise UnusableSheet(f"Name each column once; these stand twice: {', '.join(twice)}.")
    if "account" not in names:
        raise UnusableSheet("Add the column account: the company's own id of each account.")
    for name in names:
        if name.endswith("_verified") and name.removesuffix("_verified") not in names:
            raise UnusableSheet(f"{name} says something of a column that is not there.")


def _address(column: str, kind: str, text: str, region: str | None) -> Address:
    try:
        return read_address(kind, text, region)
    except UnusableAddress as problem:
        raise UnusableLine.of(column, problem) from None


def _truth(column: str, text: str) -> bool:
    word = text.strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise UnusableLine(column, "import.not_yes_or_no", "Write true or false.")


def _moment(text: str) -> datetime | None:
    """A time with its zone, or a day in UTC."""
    said = text.strip()
    if not said:
        return None
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        moment = None
    if moment is None or (moment.tzinfo is None and len(said) > _DAY_CHARACTERS):
        advice = "Write a time with its zone, such as 2027-03-31T23:59:00Z, or a day."
        raise UnusableLine("password_expires_at", "import.no_time", advice)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _unreadable(why: str, advice: str) -> UnusableLine:
    return UnusableLine("", f"import.{why}", advice)
