"""The engine: `(graph, run, event) -> (run, effects)`, without a clock, a database or chance.

A run goes on in one breath until a node waits or the flow ends. Time is only ever compared with
what was written down, so a clock that was set back makes a wait longer and breaks nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import assert_never

import msgspec

from sparekey.flows.contract import Effect, End, Go, Hold, Jump, Situation, Step, Stuck
from sparekey.flows.graph import Graph, Point
from sparekey.flows.model import (
    MOST_STEPS,
    MOST_STEPS_EVER,
    NOTHING,
    Event,
    Run,
    Signal,
    step_taken,
)
from sparekey.kit.ids import made_at

#: A path shows the last so many steps.
_SHOWN_STEPS = 512


@dataclass(frozen=True, slots=True)
class Done:
    """An effect, and the node that caused it."""

    node: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class Moved:
    """What an event came to: the run as it is now, what shall be done, and which exits it took in
    which version."""

    run: Run
    version: int
    effects: Sequence[Done] = ()
    left: Sequence[tuple[int, int]] = ()
    end: End | None = None
    jump: str | None = None


def advance(
    graph: Graph,
    run: Run,
    event: Event | None,
    *,
    at: datetime,
    instead: Mapping[str, str] = MappingProxyType({}),
) -> Moved:
    """Go on from where the run stands; None enters its node, an event resumes it there.

    `instead` are exits of nodes whose effects cannot be done: entering them leads out at once.
    Raises Stuck for a step that leads nowhere or a breath that is too long, and whatever a node's
    own step raises.
    """
    walk = _Walk(graph, run, at, instead)
    return walk.on(event)


class _Walk:
    """One breath of a run."""

    def __init__(self, graph: Graph, run: Run, at: datetime, instead: Mapping[str, str]) -> None:
        self.graph = graph
        self.run = run
        self.at = at
        self.instead = instead
        self.memory = run.memory
        self.node = run.node
        self.effects: list[Done] = []
        self.left: list[tuple[int, int]] = []

    def on(self, event: Event | None) -> Moved:
        if event is not None and Signal.REPLY & (self.run.waits | event.signal):
            over = {**self.memory.over, self._point.id: int(self.at.timestamp())}
            self.memory = msgspec.structs.replace(self.memory, over=over)
        for _ in range(MOST_STEPS):
            step, event = self._step(event), None
            match step:
                case Go(exit=exit):
                    if self._leave(step, exit):
                        return self._moved(None, end=End(exit, is_good=False))
                case Hold():
                    self._do(step.effects)
                    return self._moved(step)
                case End():
                    self._do(step.effects)
                    return self._moved(None, end=step)
                case Jump(flow=flow):
                    return self._moved(None, jump=flow)
                case _:
                    assert_never(step)
        raise Stuck("flow.breathless")

    def _step(self, event: Event | None) -> Step:
        point = self._point
        if event is not None and event.signal == Signal.SKIPPED:
            return Go(event.word)
        if event is None and point.id in self.instead:
            return Go(self.instead[point.id])
        situation = Situation(
            run=self.run.id,
            node=point.id,
            account_id=self.run.account_id,
            at=self.at,
            started_at=made_at(self.run.id),
            facts=self.memory.facts,
            answers=self.memory.answers,
            visits=self.memory.visits.get(point.id, 0),
        )
        return point.node.step(point.settings, situation, event)

    def _leave(self, step: Go, exit: str) -> bool:
        """Walk on to what follows an exit; True where the run may end instead, and does."""
        point = self._point
        if exit not in point.exits:
            raise Stuck("exit.unknown")
        number = point.exits.index(exit)
        way = point.ways[number]
        if way is None and exit not in point.node.may_end:
            raise Stuck("exit.open")
        self._do(step.effects)
        self.left.append((self.node, number))
        if step.answer is not None:
            answers = {**self.memory.answers, point.id: step.answer}
            self.memory = msgspec.structs.replace(self.memory, answers=answers)
        if point.node.waits:  # only those are ever come back to
            visits = {**self.memory.visits, point.id: self.memory.visits.get(point.id, 0) + 1}
            self.memory = msgspec.structs.replace(self.memory, visits=visits)
        if way is not None:
            self.node = way
        return way is None

    def _do(self, effects: Sequence[Effect]) -> None:
        self.effects += [Done(self._point.id, effect) for effect in effects]

    @property
    def _point(self) -> Point:
        return self.graph.points[self.node]

    def _moved(
        self, hold: Hold | None, *, end: End | None = None, jump: str | None = None
    ) -> Moved:
        steps = self.run.steps + len(self.left) + (jump is not None)
        if end is None and steps > MOST_STEPS_EVER:
            raise Stuck("flow.tireless")
        memory = self.memory
        if jump is not None and memory.over:  # there, nodes of the same names ask something else
            memory = msgspec.structs.replace(memory, over={"": max(memory.over.values())})
        taken = b"".join(step_taken(node, number) for node, number in self.left)
        run = replace(
            self.run,
            node=self.node,
            waits=NOTHING if hold is None else hold.signals | Signal.TIME,
            wake_at=self.at if hold is None else self.at + hold.at_most,
            steps=steps,
            memory=memory,
            path=(self.run.path + taken)[-2 * _SHOWN_STEPS :],
            receipt_of=None,  # named by the effect that sends it
        )
        return Moved(run, self.run.version_id, self.effects, self.left, end, jump)
