"""What became of a message: by the parameters of a receipt, or by its text in any usual dialect.

SMPP 3.4, 5.2.12 (which messages are receipts), 5.2.28 (states), appendix B (the text: only a
recommendation, so carriers write it in an order, case, spacing and length of dates of their own).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sparekey.gateways.model import Outcome
from sparekey.gateways.wires.smpp.alphabets import UCS2
from sparekey.gateways.wires.smpp.fields import MESSAGE_STATE, NETWORK_ERROR, RECEIPTED_ID, found
from sparekey.gateways.wires.smpp.pdu import Message

_TYPE = 0x3C
_RECEIPT = 0x04
_INTERMEDIATE = 0x20

#: Accepted, enroute and unknown are no last words.
_STATES = {
    0: Outcome.SENT, 1: Outcome.SENT, 2: Outcome.DELIVERED, 3: Outcome.EXPIRED, 4: Outcome.FAILED,
    5: Outcome.UNDELIVERED, 6: Outcome.SENT, 7: Outcome.SENT, 8: Outcome.FAILED, 9: Outcome.FAILED,
}  # fmt: skip
#: By how they begin: carriers write DELIVRD, DELIVERED, Delivered, UNDELIV, UNDELIVERABLE, …
_WORDS = (
    ("DELIV", Outcome.DELIVERED), ("UNDELIV", Outcome.UNDELIVERED), ("EXPIR", Outcome.EXPIRED),
    ("DELET", Outcome.FAILED), ("REJEC", Outcome.FAILED), ("FAIL", Outcome.FAILED),
    ("SKIP", Outcome.FAILED), ("ACCEP", Outcome.SENT), ("ENROU", Outcome.SENT),
    ("UNKNO", Outcome.SENT), ("BUFF", Outcome.SENT), ("SCHED", Outcome.SENT),
    ("ACKED", Outcome.SENT), ("SENT", Outcome.SENT),
)  # fmt: skip

_MOST_TEXT = 1000
_FIELD = re.compile(
    r"\b(id|sub|dlvrd|submit[ _]?date|done[ _]?date|stat|err)[:=] *([^ \t\r\n,;\0]*)", re.IGNORECASE
)
#: What was sent stands at the end and may hold anything.
_QUOTED = re.compile(r"\btext[:=]", re.IGNORECASE)
_DATES = {10: "%y%m%d%H%M", 12: "%y%m%d%H%M%S", 14: "%Y%m%d%H%M%S"}
_PLACES = re.compile(r"\{(id|stat|err|done|)\}")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says; `id` as the carrier writes it."""

    id: str
    outcome: Outcome
    reason: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Dialect:
    """A carrier's own form of the text, such as `{id},{},{stat},{err}`: what stands between the
    places separates them. `zone` is that of its times; None: they are not used."""

    form: re.Pattern[str] | None = None
    zone: tzinfo | None = None


def is_receipt(message: Message) -> bool:
    """Whether the SMSC says so. A text that only looks like one is somebody's message."""
    has = {tag for tag, _ in message.optional}
    is_of_type = message.esm_class & _TYPE in {_RECEIPT, _INTERMEDIATE}
    return is_of_type or {RECEIPTED_ID, MESSAGE_STATE} <= has


def read(message: Message, octets: bytes, dialect: Dialect) -> Receipt | None:
    """The receipt; None when it names no message or no state. Parameters win over the text."""
    fields = _fields(_text(octets, message.data_coding)[:_MOST_TEXT], dialect)
    name = _string(found(message.optional, RECEIPTED_ID)) or fields.get("id", "")
    state = found(message.optional, MESSAGE_STATE)
    outcome = _STATES.get(state[-1]) if state else _outcome(fields.get("stat", ""))
    if not name or outcome is None:
        return None
    error = found(message.optional, NETWORK_ERROR)
    reason = _network_error(error) if error else fields.get("err", "")[:20]
    return Receipt(name, outcome, reason, _moment(fields.get("done", ""), dialect.zone))


def form(text: str) -> re.Pattern[str]:
    """The pattern of a form; ValueError says what it lacks. It reads in time proportional to the
    text, since a place ends at the first character of what follows it."""
    pieces = _PLACES.split(text)
    literals, places = pieces[::2], pieces[1::2]
    named = [place for place in places if place]
    if not {"id", "stat"} <= set(named) or len(named) != len(set(named)):
        raise ValueError("takes {id} and {stat} once each")
    if not all(literals[1:-1]):
        raise ValueError("takes something between two places")
    pattern = re.escape(literals[0])
    for place, literal in zip(places, literals[1:], strict=True):
        until = f"[^{re.escape(literal[0])}]*" if literal else ".*"
        pattern += (f"(?P<{place}>{until})" if place else until) + re.escape(literal)
    return re.compile(pattern, re.DOTALL)


def _text(octets: bytes, data_coding: int) -> str:
    """An SMSC writes ASCII here, whatever its default alphabet: an id may hold a _ or an @."""
    return octets.decode("utf-16-be" if data_coding == UCS2 else "latin-1", "replace")


def _fields(text: str, dialect: Dialect) -> Mapping[str, str]:
    if dialect.form is not None and (shaped := dialect.form.match(text.strip())):
        return {name: value.strip() for name, value in shaped.groupdict().items()}
    quoted = _QUOTED.search(text)
    head = text[: quoted.start()] if quoted else text
    found_fields = _plain_fields(head)
    return found_fields if "id" in found_fields else _plain_fields(text)


def _plain_fields(text: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for match in _FIELD.finditer(text):
        name = match[1].lower()
        fields.setdefault("done" if name.startswith("done") else name, match[2].strip("'\""))
    return fields


def _outcome(word: str) -> Outcome | None:
    upper = word.upper()
    if len(upper) == 1 and upper in "0123456789":
        return _STATES[int(upper)]
    return next((outcome for begins, outcome in _WORDS if upper.startswith(begins)), None)


def _moment(digits: str, zone: tzinfo | None) -> datetime | None:
    if zone is None or not digits.isascii() or not digits.isdigit():
        return None
    try:
        return datetime.strptime(digits, _DATES.get(len(digits), "")).replace(tzinfo=zone)
    except ValueError:
        return None


def _network_error(value: bytes) -> str:
    """Type of network and its code (5.3.2.31)."""
    return f"{value[0]}-{int.from_bytes(value[1:3])}" if len(value) == 3 else value[:8].hex()


def _string(value: bytes | None) -> str:
    return (value or b"").partition(b"\0")[0].decode("latin-1").strip()
