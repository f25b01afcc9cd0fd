"""What differs between two documents, node by node; where a node is drawn does not count."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from sparekey.flows.model import Document, Placed


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs: `field` of a node, or of the flow when `node` is None."""

    node: str | None
    field: str
    before: Any
    after: Any


def compare(before: Document, after: Document) -> Sequence[Difference]:
    """How `after` differs from `before`, in the order of the documents."""
    return [*_of_the_flow(before, after), *_of_the_nodes(before, after)]


def _of_the_flow(before: Document, after: Document) -> Iterator[Difference]:
    for field in ("name", "title", "about"):
        was, now = getattr(before, field), getattr(after, field)
        if was != now:
            yield Difference(None, field, was, now)


def _of_the_nodes(before: Document, after: Document) -> Iterator[Difference]:
    was = {placed.id: placed for placed in before.nodes}
    now = {placed.id: placed for placed in after.nodes}
    for name in [*was, *(name for name in now if name not in was)]:
        if name not in now:
            yield Difference(name, "node", was[name].kind, None)
        elif name not in was:
            yield Difference(name, "node", None, now[name].kind)
        else:
            yield from _of_one(was[name], now[name])


def _of_one(before: Placed, after: Placed) -> Iterator[Difference]:
    if before.kind != after.kind:
        yield Difference(before.id, "kind", before.kind, after.kind)
    for field in ("settings", "exits"):
        was, now = getattr(before, field), getattr(after, field)
        for name in sorted({*was, *now}):
            if was.get(name) != now.get(name):
                yield Difference(before.id, f"{field}.{name}", was.get(name), now.get(name))
    if before.note != after.note:
        yield Difference(before.id, "note", before.note, after.note)


def as_json(found: Sequence[Difference]) -> list[dict[str, Any]]:
    """Differences for an answer."""
    return [msgspec.to_builtins(one) for one in found]
