"""A request to a provider and its answer, as values; neither prints what it holds."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

import msgspec

from sparekey.gateways.wires._over_http.document import Document
from sparekey.kit.secret import Secret

#: Of every body: what a provider says of one message is far shorter.
MAX_BODY_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Call:
    """One request, ready to go. A code stands in its body only: URLs are logged on the way."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `body` is empty when it was longer than any answer of ours is."""

    status: int
    retry_after: str | None = None
    #: The name that AWS gives an error beside the body.
    error_type: str = ""
    body: bytes = field(default=b"", repr=False)

    @property
    def is_success(self) -> bool:
        """2xx."""
        return 200 <= self.status < 300

    @property
    def document(self) -> Document:
        """The body as JSON; an empty document when it is none."""
        return Document.of_json(self.body) or Document(None)


def form(url: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Call:
    """A POST of form fields."""
    kind = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    return Call("POST", url, {**kind, **(headers or {})}, urlencode(fields).encode())


def json_call(url: str, content: object, headers: Mapping[str, str] | None = None) -> Call:
    """A POST of JSON."""
    kind = {"content-type": "application/json"}
    return Call("POST", url, {**kind, **(headers or {})}, msgspec.json.encode(content))


def basic(username: str, password: Secret[str]) -> dict[str, str]:
    """The header that signs in with a name and a password (RFC 7617)."""
    both = f"{username}:{password.reveal()}".encode()
    return {"authorization": f"Basic {base64.b64encode(both).decode()}"}
