"""A document made ready to run: settings read, exits resolved to numbers, findings collected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from sparekey.flows.contract import (
    Node,
    NoSettings,
    Settings,
    Situation,
    Step,
    Stuck,
    then,
)
from sparekey.flows.kinds import registry
from sparekey.flows.model import Document, Event, Finding, Placed
from sparekey.kit.registry import BrokenPlugin, UnknownPlugin

#: So many exits one node may have: six bits of a step in a path.
MOST_EXITS = 64


@dataclass(frozen=True, slots=True)
class Point:
    """A node of a graph: what it is, how it is set, and the number of the node behind each exit."""

    id: str
    kind: str
    node: Node[Any]
    settings: Settings
    exits: tuple[str, ...]
    ways: tuple[int | None, ...]

    def behind(self, exit: str) -> int | None:
        """The number of the node that follows an exit; None where the drawing ends."""
        return self.ways[self.exits.index(exit)]


@dataclass(frozen=True, slots=True)
class Graph:
    """The points of a document, numbered in its order."""

    name: str
    points: tuple[Point, ...]
    pins: Mapping[str, int]

    def number_of(self, id: str) -> int:
        """The number of a node by its id."""
        return next(number for number, point in enumerate(self.points) if point.id == id)

    def start(self, kind: str, word: str = "") -> int | None:
        """The start of a kind that answers to a word, or None."""
        for number, point in enumerate(self.points):
            if point.kind == kind and word in point.node.trigger(point.settings):
                return number
        return None

    @property
    def starts(self) -> list[int]:
        """Where runs may begin."""
        return [number for number, point in enumerate(self.points) if point.node.is_start]


def read(document: Document, pins: Mapping[str, int] | None = None) -> tuple[Graph, list[Finding]]:
    """The graph of a document, and what is wrong with single nodes of it.

    A node that cannot be read keeps its number, so that runs elsewhere in the flow go on; one that
    comes to it is stuck.
    """
    found: list[Finding] = []
    made = [_read_node(placed, found) for placed in document.nodes]
    numbers = {placed.id: number for number, placed in enumerate(document.nodes)}
    found += [
        Finding("node.twice", f"Two nodes are called {name}; rename one.", name)
        for name in sorted(_repeated([placed.id for placed in document.nodes]))
    ]
    points = [
        _broken_point(placed) if one is None else _point(placed, one, numbers, found)
        for placed, one in zip(document.nodes, made, strict=True)
    ]
    return Graph(document.name, tuple(points), dict(pins or {})), found


def _stuck(_settings: Settings, _situation: Situation, _event: Event | None) -> Step:
    raise Stuck("node.broken")


_BROKEN = Node(about="A node that cannot be used.", settings=NoSettings, exits=then, step=_stuck)


def _broken_point(placed: Placed) -> Point:
    return Point(placed.id, placed.kind, _BROKEN, NoSettings(), ("then",), (None,))


def _read_node(placed: Placed, found: list[Finding]) -> tuple[Node[Any], Settings] | None:
    try:
        node = registry.get(placed.kind)
    except UnknownPlugin:
        found.append(
            Finding("node.unknown", f"There is no kind of node called {placed.kind}.", placed.id)
        )
        return None
    except BrokenPlugin as error:
        found.append(Finding("node.broken", f"This node cannot be used: {error}.", placed.id))
        return None
    try:
        return node, msgspec.convert(placed.settings, node.settings)
    except msgspec.ValidationError as error:
        found.append(Finding("node.settings", _in_words(error), placed.id))
        return None


def _point(
    placed: Placed,
    made: tuple[Node[Any], Settings],
    numbers: Mapping[str, int],
    found: list[Finding],
) -> Point:
    node, settings = made
    exits = tuple(node.exits(settings))
    found += [
        Finding("exit.unknown", f"This node has no exit called {name}.", placed.id)
        for name in sorted(placed.exits.keys() - set(exits))
    ]
    if len(exits) > MOST_EXITS:
        many = f"This node has {len(exits)} exits; {MOST_EXITS} are possible."
        found.append(Finding("exit.many", many, placed.id))
    for name in exits:
        if name in placed.exits or name not in node.may_end:
            found += _dangling(placed, name, numbers)
    ways = tuple(numbers.get(placed.exits.get(name, "")) for name in exits)
    found += [
        Finding(one.code, one.message, placed.id, one.severity) for one in node.check(settings)
    ]
    return Point(placed.id, placed.kind, node, settings, exits, ways)


def _dangling(placed: Placed, exit: str, numbers: Mapping[str, int]) -> list[Finding]:
    target = placed.exits.get(exit)
    if target is None:
        return [Finding("exit.open", f"Nothing follows {exit}; lead it to a node.", placed.id)]
    if target not in numbers:
        missing = f"{exit} leads to {target}, which is not there."
        return [Finding("exit.dangling", missing, placed.id)]
    return []


def _in_words(error: msgspec.ValidationError) -> str:
    what, _, where = str(error).partition(" - at `$")
    field = where.strip("`").lstrip(".")
    return f"{field or 'The settings'}: {what.replace('`', '')}."


def _repeated(names: Sequence[str]) -> set[str]:
    seen: set[str] = set()
    return {name for name in names if name in seen or seen.add(name)}
