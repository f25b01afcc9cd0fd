"""The providers as data: how each is configured, what it takes, and what it says when it fails.

What is the same for all of them (silence, redirects, garbage) is in the tests themselves.
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sparekey import gateways
from tests.gateways.http.provider import Said
from tests.gateways.letters import message

HOOK = "https://recover.acme.example/hooks/0123456789abcdef"
TEXT = "Acme: 1234 5678 is your code."
CODE = "12345678"
AT = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Provider:
    """One kind on one channel.

    `taken` is an answer that takes a message, named `ref`; `faults` are answers of its own that
    say something else, by the failure that they mean.
    """

    kind: str
    values: Mapping[str, str]
    taken: Said
    ref: str | None
    #: Settings that take the played provider's address.
    addresses: tuple[str, ...] = ("api",)
    channel: str = "sms"
    faults: tuple[tuple[Said, type[Exception]], ...] = ()
    probe: Said = field(default_factory=lambda: Said.json({}))
    message: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def name(self) -> str:
        """What the test is called."""
        return f"{self.kind}-{self.channel}"

    def told(self, url: str, /, **changes: str) -> dict[str, str]:
        """Its settings with the provider at `url`; an empty change leaves one out."""
        all_of_them = {**self.values, **dict.fromkeys(self.addresses, url), **changes}
        if self.kind == "http":
            all_of_them["url"] = f"{url}/send"
        return {name: text for name, text in all_of_them.items() if text}

    def wire(self, url: str, /, **changes: str) -> gateways.Wire:
        """An open wire to it."""
        values = self.told(url, **changes)
        return gateways.KINDS.get(self.kind).open(around(), values)

    def outgoing(self, **changes: Any) -> gateways.Outgoing:
        """A message for it."""
        return text_message(channel=self.channel, **{**self.message, **changes})


def around() -> gateways.Around:
    """What a wire is lent."""
    return gateways.Around(keep=_keeps_nothing, hook_url=HOOK)


async def _keeps_nothing(_message: gateways.Outgoing, _is_decoy: bool) -> None:
    raise AssertionError("only the sandbox keeps messages")


def text_message(**changes: Any) -> gateways.Outgoing:
    """A code to Alice's phone, which lives ten minutes."""
    told: dict[str, Any] = {
        "channel": "sms",
        "sender": "+447700900001",
        "to": "+447700900123",
        "subject": None,
        "text": TEXT,
        "html": None,
        "code": CODE,
        "expires_at": AT.replace(minute=10),
        **changes,
    }
    return message(**told)


def raw(
    body: bytes | str = b"",
    *,
    method: str = "POST",
    query: str = "",
    at: datetime = AT,
    **headers: str,
) -> gateways.Raw:
    """A callback to the hook."""
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    octets = body.encode() if isinstance(body, str) else body
    return gateways.Raw(method, HOOK + query, named, octets, at)


def heard(kind: str) -> gateways.Hears:
    """How a kind hears."""
    found = gateways.KINDS.get(kind).hears
    assert found is not None
    return found


def form_raw(encoded: str, *, query: str = "", **headers: str) -> gateways.Raw:
    """A callback of form fields."""
    kind = {"content_type": "application/x-www-form-urlencoded"}
    return raw(encoded, method="POST", query=query, at=AT, **kind, **headers)


def json_raw(content: bytes | str, **headers: str) -> gateways.Raw:
    """A callback of JSON."""
    kind = {"content_type": "application/json"}
    return raw(content, method="POST", query="", at=AT, **kind, **headers)


def everybody() -> list[Provider]:
    """Every provider of `providers/`."""
    found: list[Provider] = []
    for path in sorted(Path(__file__).with_name("providers").glob("*.py")):
        loaded: Any = importlib.import_module(f"tests.gateways.http.providers.{path.stem}")
        found += loaded.PROVIDERS
    return found


Made = Callable[[str], gateways.Wire]
