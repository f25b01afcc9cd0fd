"""Words with holes for a request: bounded Liquid, whose values are escaped for what they go into.

Liquid with conditions and output only, as in the words that people edit: no loop, no filter, no
include. No value can leave its place: quotes, ampersands and line breaks are escaped before it is
filled in.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.sax.saxutils import escape

from sparekey.gateways.model import Misconfigured, Outgoing, UnusableSettings
from sparekey.gateways.wires._over_http.numbers import bare, life

if TYPE_CHECKING:
    from liquid import BoundTemplate, Environment

#: What a body may be, and its content type.
FORMATS = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "xml": "application/xml; charset=utf-8",
    "text": "text/plain; charset=utf-8",
}
#: What an address may hold. It is logged on the way: no text, no code.
_IN_ADDRESSES = frozenset({"to", "to_digits", "sender", "id"})
_MOST_CHARACTERS = 20_000
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEADER = re.compile(r"([A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}):[ \t]*([\x20-\x7e]{1,4096})")
#: Set by whoever makes the request; said twice, a request means two things.
_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "te", "upgrade"})


@dataclass(frozen=True, slots=True)
class Filling:
    """Parsed words of one setting."""

    setting: str
    words: "BoundTemplate" = field(repr=False)
    kind: str

    def filled(self, values: Mapping[str, str]) -> str:
        """With its values; raises Misconfigured."""
        from liquid.exceptions import LiquidError

        known = _IN_ADDRESSES if self.kind == "url" else values.keys()
        said = {name: _ESCAPES[self.kind](values[name]) for name in known}
        try:
            return self.words.render(said)
        except LiquidError as error:
            raise Misconfigured(f"{self.setting} cannot be filled in") from error

    @property
    def sample(self) -> str:
        """Filled in with what nobody sends."""
        return self.filled(_SAMPLE)


def template_of(setting: str, source: str, kind: str) -> Filling:
    """The parsed words of a setting; UnusableSettings says what is wrong with them."""
    from liquid.exceptions import LiquidError

    if not source or len(source) > _MOST_CHARACTERS:
        raise UnusableSettings(f"{setting} takes 1 to {_MOST_CHARACTERS} characters.")
    try:
        made = Filling(setting, _bounded().from_string(source), kind)
        sample = made.sample
    except LiquidError as error:
        raise UnusableSettings(f"{setting} cannot be read as Liquid.") from error
    except Misconfigured as error:
        raise UnusableSettings(f"{setting} uses a value or a tag that it may not.") from error
    if kind == "json":
        try:
            json.loads(sample)
        except ValueError as error:
            raise UnusableSettings(f"{setting} is not JSON when it is filled in.") from error
    return made


def values_of(message: Outgoing, hook_url: str) -> dict[str, str]:
    """Everything that words may say of a message."""
    return {
        "to": message.to,
        "to_digits": bare(message.to),
        "sender": message.sender,
        "text": message.text,
        "subject": message.subject or "",
        "html": message.html or "",
        "code": message.code,
        "channel": message.channel,
        "locale": message.locale,
        "id": str(message.id),
        "ttl_seconds": str(life(message, least=1, most=86_400)),
        "expires_at": message.expires_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "hook_url": hook_url,
    }


def headers_of(lines: str) -> dict[str, str]:
    """Headers by name in lower case, from one a line; UnusableSettings."""
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, lines.splitlines())):
        match = _HEADER.fullmatch(line)
        name = match[1].lower() if match else ""
        if match is None or name in _OURS or name in found:
            raise UnusableSettings("headers takes one `Name: value` a line, each name once.")
        found[name] = match[2]
    return found


def _in_json(value: str) -> str:
    return json.dumps(value)[1:-1]


def _in_xml(value: str) -> str:
    return escape(_NOT_XML.sub("", value), {'"': "&quot;", "'": "&apos;"})


def _percent(value: str) -> str:
    return quote(value, safe="")


_ESCAPES: Mapping[str, Callable[[str], str]] = {
    "json": _in_json,
    "form": _percent,
    "xml": _in_xml,
    "text": str,
    "url": _percent,
}
_SAMPLE: Mapping[str, str] = dict.fromkeys(
    ("to", "to_digits", "sender", "text", "subject", "html", "code", "channel", "locale", "id",
     "ttl_seconds", "expires_at", "hook_url"), "1",
)  # fmt: skip


@cache
def _bounded() -> "Environment":
    from sparekey.kit.bounded_liquid import BoundedLiquid

    class Roomy(BoundedLiquid):
        output_stream_limit = 200_000

    return Roomy()
