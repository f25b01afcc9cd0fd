"""Reads a JSON body into its type, strictly: what two parsers could read differently is refused.

msgspec keeps the last of duplicate keys, turns nothing away for its control characters and takes
any depth, so the text is read once with a parser that sees the pairs, then converted.
"""

import json
import math
import re
from collections.abc import Collection
from typing import Any, NoReturn, TypeVar, cast

import msgspec

from sparekey.http.requests import Request
from sparekey.kit.problem import Problem

MAX_BYTES = 64 * 1024
MAX_DEPTH = 16

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_CONTROL_BUT_LINES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_NAME = re.compile(r"[A-Za-z_]{1,40}")


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The base of every body a door reads: an unknown field is refused, not ignored."""


class NoFields(Body, frozen=True, kw_only=True):
    """The base of a body that may be absent altogether: its fields, if any, have defaults."""


Read = TypeVar("Read", bound=Body)


async def read_json(request: Request, into: type[Read], *, multiline: Collection[str] = ()) -> Read:
    """The body as `into`; raises Problem 400, 413 or 415.

    Fields named in `multiline` may hold line breaks and tabs; no other control character, and no
    lone surrogate, is taken anywhere.
    """
    body = await read_body(request)
    if not body and issubclass(into, NoFields):
        return into()
    _require_json(request)
    return decode(body, into, multiline=multiline)


async def read_body(request: Request, *, most: int = MAX_BYTES) -> bytes:
    """At most `most` bytes, however they are announced or chunked; what is beyond is never kept."""
    for name, value in request.scope["headers"]:
        if name == b"content-length" and int(value) > most:
            raise _too_large()
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        event: Any = await request.receive()
        if event["type"] == "http.disconnect":
            raise Problem("request.incomplete", 400, "The connection ended before the body did.")
        chunk: bytes = event.get("body", b"")
        more = event.get("more_body", False)
        size += len(chunk)
        if size > most:
            raise _too_large()
        chunks.append(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def decode(body: bytes, into: type[Read], *, multiline: Collection[str] = ()) -> Read:
    """`body` as `into`, or Problem 400 without a word of what was sent."""
    try:
        text = body.decode()
        value = _PARSER.decode(text)
    except RecursionError:
        raise _malformed(f"The body is nested deeper than {MAX_DEPTH} levels.") from None
    except ValueError:
        raise _malformed("The body is not JSON as RFC 8259 has it, in UTF-8.") from None
    if not text.isascii() or "\\" in text or "\x7f" in text or _may_be_deep(text):
        _inspect(value, depth=0, multiline=multiline)
    try:
        return msgspec.convert(value, into)
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from None


def _require_json(request: Request) -> None:
    types = [value for name, value in request.scope["headers"] if name == b"content-type"]
    encoded = any(
        name == b"content-encoding" and value.lower() != b"identity"
        for name, value in request.scope["headers"]
    )
    if len(types) != 1 or encoded or not _is_json(types[0]):
        raise Problem(
            "request.unsupported_media_type",
            415,
            "Send the body as application/json in UTF-8, without a content encoding.",
        )


def _is_json(content_type: bytes) -> bool:
    if content_type == b"application/json":
        return True
    kind, _, parameter = content_type.decode("latin-1").lower().partition(";")
    charset = parameter.strip().replace('"', "")
    return kind.strip() == "application/json" and charset in {"", "charset=utf-8"}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Problem(
            "request.duplicate_field", 400, "A field is there twice; send each field once."
        )
    return fields


def _small_int(digits: str) -> int:
    if len(digits) > 18:
        raise Problem("request.invalid_number", 400, "A number has more than 18 digits.")
    return int(digits)


def _finite(digits: str) -> float:
    value = float(digits) if len(digits) <= 32 else math.inf
    if not math.isfinite(value):
        raise Problem("request.invalid_number", 400, "A number is out of every range.")
    return value


def _no_constant(_: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


_PARSER = json.JSONDecoder(
    object_pairs_hook=_once, parse_int=_small_int, parse_float=_finite, parse_constant=_no_constant
)


def _may_be_deep(text: str) -> bool:
    return text.count("{") + text.count("[") > MAX_DEPTH


def _inspect(value: Any, *, depth: int, multiline: Collection[str], lines: bool = False) -> None:
    """Walk what was decoded; raises Problem 400 for depth and for characters nobody types."""
    if depth > MAX_DEPTH:
        raise _malformed(f"The body is nested deeper than {MAX_DEPTH} levels.")
    if isinstance(value, str):
        if (_CONTROL_BUT_LINES if lines else _CONTROL).search(value):
            raise _control_character()
    elif isinstance(value, dict):
        for name, inner in cast("dict[str, Any]", value).items():
            if _CONTROL.search(name):
                raise _control_character()
            _inspect(inner, depth=depth + 1, multiline=multiline, lines=name in multiline)
    elif isinstance(value, list):
        for inner in cast("list[Any]", value):
            _inspect(inner, depth=depth + 1, multiline=multiline, lines=lines)


def _invalid(words: str) -> Problem:
    """msgspec's complaint without what was sent: it quotes unknown names and wrong values."""
    what, _, where = words.partition(" - at `$")
    field = where.strip("`").lstrip(".")
    named = re.search(r"unknown field `(.*)`$", what, re.DOTALL)
    missing = re.search(r"missing required field `([a-z_]+)`$", what)
    if named:
        known = _NAME.fullmatch(named.group(1))
        detail = f"There is no field `{known.group(0)}` here." if known else "A field is unknown."
        return _invalid_field(detail, field)
    if missing:
        name = missing.group(1)
        return _invalid_field(f"`{name}` is required.", f"{field}.{name}" if field else name)
    if what.startswith("Invalid enum value"):
        return _invalid_field("This value is not one of those the API reference lists.", field)
    return _invalid_field(what.replace("`", "") + ".", field)


def _invalid_field(detail: str, field: str) -> Problem:
    return Problem("request.invalid_field", 400, detail, extra={"field": field} if field else None)


def _malformed(detail: str) -> Problem:
    return Problem("request.malformed", 400, detail)


def _control_character() -> Problem:
    return Problem(
        "request.control_character", 400, "A text holds a control character; send plain text."
    )


def _too_large() -> Problem:
    return Problem(
        "request.too_large",
        413,
        "The body may have 64 KiB at most.",
        headers={"Connection": "close"},
    )
