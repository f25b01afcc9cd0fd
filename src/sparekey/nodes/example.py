"""Running one node by itself, for the example in its docstring."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from sparekey.flows import End, Event, Go, Hold, Jump, Node, Signal, Situation, Step

_NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
_RUN = UUID("019cb8a0-0000-7000-8000-000000000001")


def run(
    node: Node[Any],
    settings: dict[str, Any],
    *words: str,
    signal: Signal = Signal.TIME,
    visits: int = 0,
    facts: dict[str, str] | None = None,
    answers: dict[str, str] | None = None,
) -> None:
    """Print what reaching the node comes to, and then each of the words it hears."""
    read = msgspec.convert(settings, node.settings)
    around = Situation(
        run=_RUN,
        node="here",
        account_id=None,
        at=_NOON,
        started_at=_NOON,
        facts=facts or {},
        answers=answers or {},
        visits=visits,
    )
    print(shown(node.step(read, around, None)))
    for word in words:
        heard = Event(Signal.TIME) if word == "time" else Event(signal, word)
        print(shown(node.step(read, around, heard)))


def shown(step: Step) -> str:
    """One line for a step."""
    match step:
        case Go(exit=exit, effects=effects):
            said = f"goes on by {exit}"
        case Hold(at_most=at_most, signals=signals, effects=effects):
            names = [one.name or "" for one in Signal if one in signals and one != Signal.TIME]
            awaited = f" for {' or '.join(names).lower()}" if names else ""
            said = f"waits{awaited}, {at_most.total_seconds():.0f} s at most"
        case End(outcome=outcome, effects=effects):
            said = f"ends as {outcome}"
        case Jump(flow=flow):
            return f"goes on in {flow}"
    done = [type(effect).__name__ for effect in effects]
    return f"{said}; {', '.join(done)}" if done else said
