"""What a drawing must be before anybody is sent through it.

Proof is enforced here for the first time: whatever needs a proven recovery must lie behind the
proven exit of some check on every way from every start. It is enforced again when it happens.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from graphlib import CycleError, TopologicalSorter

from sparekey.flows.graph import Graph, read
from sparekey.flows.model import MOST_STEPS, Document, Finding, Report

#: Findings after which the ways through a drawing cannot be judged yet.
_UNREADABLE = frozenset({"node.unknown", "node.broken", "node.settings", "node.twice"})


def check(document: Document) -> Report:
    """Everything that is wrong with a document, in its own order."""
    graph, found = read(document)
    if not any(one.code in _UNREADABLE for one in found):
        found += [*_ends(graph), *_reached(graph), *_loops(graph), *_proof(graph)]
    order = {placed.id: number for number, placed in enumerate(document.nodes)}
    return Report(sorted(found, key=lambda one: order.get(one.node or "", -1)))


def _ends(graph: Graph) -> Iterator[Finding]:
    if not graph.starts:
        yield Finding("flow.no_start", "Nothing starts this flow; add a start.")
    begun: set[tuple[str, str]] = set()
    for number in graph.starts:
        point = graph.points[number]
        for word in point.node.trigger(point.settings):
            if (point.kind, word) in begun:
                same = "Another start of this flow answers to the same; take one away."
                yield Finding("start.twice", same, point.id)
            begun.add((point.kind, word))
    if not any(_is_end(graph, number) for number in range(len(graph.points))):
        yield Finding("flow.no_finish", "This flow never finishes; add a finish.")


def _is_end(graph: Graph, number: int) -> bool:
    return not graph.points[number].exits


def _reached(graph: Graph) -> Iterator[Finding]:
    reached = reachable(graph)
    for number, point in enumerate(graph.points):
        if number not in reached:
            unreached = "No way leads here from a start; connect it or take it away."
            yield Finding("node.unreachable", unreached, point.id)
        elif point.node.is_start and number in _targets(graph):
            yield Finding("start.led_to", "A start begins a flow; lead elsewhere.", point.id)
    leading = _leading_to_an_end(graph)
    for number in sorted(reached - leading):
        endless = "No way leads from here to a finish; whoever comes here stays for ever."
        yield Finding("node.endless", endless, graph.points[number].id)


def reachable(graph: Graph, *, unproven: bool = False) -> Set[int]:
    """The nodes that some way from a start leads to; with `unproven`, past no proven exit."""
    found, ahead = set(graph.starts), list(graph.starts)
    while ahead:
        point = graph.points[ahead.pop()]
        for name, way in zip(point.exits, point.ways, strict=True):
            is_shut = unproven and name == point.node.proven_by
            if way is not None and way not in found and not is_shut:
                found.add(way)
                ahead.append(way)
    return found


def jumps_at_once(graph: Graph, starts: Iterable[int]) -> Mapping[int, str]:
    """The jumps that are reached from these starts without a wait, and where they lead."""
    found: dict[int, str] = {}
    seen, ahead = set(starts), list(starts)
    while ahead:
        number = ahead.pop()
        point = graph.points[number]
        if (target := point.node.jumps_to(point.settings)) is not None:
            found[number] = target
        if not point.node.waits:
            ways = {way for way in point.ways if way is not None} - seen
            seen |= ways
            ahead += ways
    return found


def _targets(graph: Graph) -> Set[int]:
    return {way for point in graph.points for way in point.ways if way is not None}


def _leading_to_an_end(graph: Graph) -> Set[int]:
    behind: dict[int, list[int]] = {}
    for number, point in enumerate(graph.points):
        for way in point.ways:
            if way is not None:
                behind.setdefault(way, []).append(number)
    found = {number for number in range(len(graph.points)) if _is_end(graph, number)}
    ahead = list(found)
    while ahead:
        for number in behind.get(ahead.pop(), ()):
            if number not in found:
                found.add(number)
                ahead.append(number)
    return found


def _loops(graph: Graph) -> Iterator[Finding]:
    """A stretch is what a run walks in one breath: from a start or a wait to the next wait."""
    breathless = {
        number: [way for way in point.ways if way is not None]
        for number, point in enumerate(graph.points)
        if not point.node.waits
    }
    sorter = TopologicalSorter(
        {number: [way for way in ways if way in breathless] for number, ways in breathless.items()}
    )
    try:
        order = list(sorter.static_order())
    except CycleError as error:
        around: list[int] = error.args[1]
        names = [graph.points[number].id for number in reversed(around)]
        round_ = f"{' -> '.join(names)} goes round without a wait; put a wait into it."
        yield Finding("flow.loop", round_, names[0])
        return
    longest: dict[int, int] = {}
    for number in order:
        longest[number] = 1 + max(
            (longest[way] for way in breathless[number] if way in longest), default=0
        )
    for number, length in longest.items():
        if length == MOST_STEPS + 1:
            far = f"More than {MOST_STEPS} nodes follow from here without a wait; put one in."
            yield Finding("flow.breathless", far, graph.points[number].id)


def _proof(graph: Graph) -> Iterator[Finding]:
    unproven = reachable(graph, unproven=True)
    for number in sorted(unproven):
        point = graph.points[number]
        if point.node.needs_proof:
            open_ = "A way leads here without proof; put it behind the proven exit of a check."
            yield Finding("proof.missing", open_, point.id)
