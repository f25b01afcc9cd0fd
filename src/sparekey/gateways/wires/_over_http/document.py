"""Reading what somebody else wrote: a tree of which nothing is certain, walked by JSON pointers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self, cast
from urllib.parse import parse_qsl, urlsplit

import msgspec

from sparekey.gateways.model import Raw, Unreadable

_MOST_FIELDS = 200
_LONGEST_NUMBER_BITS = 256


@dataclass(frozen=True, slots=True)
class Document:
    """A node of such a tree; every question has an answer, if an empty one."""

    root: object = field(repr=False)

    @classmethod
    def of_json(cls, body: bytes) -> Self | None:
        """None when it is no JSON."""
        try:
            return cls(msgspec.json.decode(body))
        except (msgspec.DecodeError, RecursionError):
            return None

    @classmethod
    def of_raw(cls, raw: Raw) -> Self:
        """JSON or form fields of a callback, or the query of one without a body; Unreadable."""
        if not raw.body:
            return cls(once_each(fields_of(urlsplit(raw.url).query)))
        if "json" not in (raw.header("content-type") or ""):
            return cls(once_each(form_of(raw)))
        found = cls.of_json(raw.body)
        if found is None:
            raise Unreadable("the body is not JSON")
        return found

    def at(self, pointer: str) -> "Document":
        """The node that a pointer (RFC 6901) names; an empty one where there is none."""
        node = self.root
        for step in pointer.split("/")[1:]:
            node = _child(node, step.replace("~1", "/").replace("~0", "~"))
        return Document(node)

    def text(self, pointer: str, default: str = "") -> str:
        """The text or number there."""
        node = self.at(pointer).root
        if isinstance(node, bool):
            return "true" if node else "false"
        if isinstance(node, int) and node.bit_length() > _LONGEST_NUMBER_BITS:
            return default
        return str(node) if isinstance(node, str | int | float) else default

    def items(self, pointer: str) -> list["Document"]:
        """The members of the list there; of a single node itself, of nothing none."""
        node = self.at(pointer).root
        if isinstance(node, list):
            return [Document(member) for member in cast("list[object]", node)]
        return [] if node is None else [Document(node)]

    def names(self) -> list[str]:
        """The names of an object's members."""
        node = self.root
        return list(cast("dict[str, object]", node)) if isinstance(node, dict) else []

    def has(self, pointer: str) -> bool:
        """Whether something is there."""
        return self.at(pointer).root is not None


def form_of(raw: Raw) -> list[tuple[str, str]]:
    """The form fields of a callback, in order; raises Unreadable."""
    try:
        return fields_of(raw.body.decode())
    except UnicodeDecodeError as error:
        raise Unreadable("the form is not UTF-8") from error


def fields_of(encoded: str) -> list[tuple[str, str]]:
    """The fields of a query or a form, in order; raises Unreadable."""
    try:
        return parse_qsl(
            encoded, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"
        )
    except ValueError as error:
        raise Unreadable("these are no form fields") from error


def once_each(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Fields by name; raises Unreadable when one came twice."""
    found: dict[str, str] = {}
    for name, text in fields:
        if name in found:
            raise Unreadable("a field came twice")
        found[name] = text
    return found


def pointer_to(name: str) -> str:
    """The pointer to a member of this name."""
    return "/" + name.replace("~", "~0").replace("/", "~1")


def _child(node: object, step: str) -> object:
    if isinstance(node, dict):
        return cast("dict[str, object]", node).get(step)
    if isinstance(node, list) and step.isascii() and step.isdigit() and len(step) < 5:
        members = cast("list[object]", node)
        return members[int(step)] if int(step) < len(members) else None
    return None
