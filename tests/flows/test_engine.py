"""The engine against a small model of it, on drawings and lives that nobody would think of."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sparekey import flows
from sparekey.flows import Event, Signal
from sparekey.kit.ids import new_id
from sparekey.nodes import Send
from tests.flows.drawing import ASKING, Drawn, drawn, graph
from tests.world.basics import START

#: Kind, settings, the exit that time leads to, and the exits that things heard lead to.
WAITING: dict[str, tuple[dict[str, Any], str, dict[tuple[Signal, str], str]]] = {
    "wait": ({"seconds": 60}, "then", {}),
    "wait_for_reply": (
        {"seconds": 600, "replies": {"mine": ["mine"]}},
        "no_reply",
        {(Signal.REPLY, "mine"): "mine", (Signal.REPLY, "other"): "other"},
    ),
    "check_code": (
        {"seconds": 300},
        "no_answer",
        {
            (Signal.CODE_CHECKED, "proven"): "proven",
            (Signal.LINK_OPENED, "proven"): "proven",
            (Signal.CODE_CHECKED, "wrong"): "wrong",
            (Signal.CODE_CHECKED, "exhausted"): "exhausted",
        },
    ),
    "send": (
        {"template": "help", "channel": "sms", "to": "account", "receipt_within": 120},
        "no_receipt",
        {
            (Signal.RECEIPT, "delivered"): "delivered",
            (Signal.RECEIPT, "undelivered"): "undelivered",
        },
    ),
}
BRANCH = {"of": "language", "cases": [{"exit": "german", "is": ["de"]}]}
EXITS = {
    "wait": ["then"],
    "wait_for_reply": ["mine", "other", "no_reply"],
    "check_code": ["proven", "wrong", "exhausted", "no_answer"],
    "send": ["delivered", "undelivered", "no_receipt"],
    "branch": ["german", "otherwise"],
    "finish": [],
}
HEARD = [
    Event(Signal.REPLY, "mine"),
    Event(Signal.REPLY, "other"),
    Event(Signal.CODE_CHECKED, "proven"),
    Event(Signal.CODE_CHECKED, "wrong"),
    Event(Signal.CODE_CHECKED, "exhausted"),
    Event(Signal.LINK_OPENED, "proven"),
]


@st.composite
def drawings(draw: st.DrawFn) -> dict[str, tuple[str, dict[str, Any], dict[str, str]]]:
    """Any nodes in any order, every exit led somewhere: loops, dead ends and all."""
    kinds = draw(st.lists(st.sampled_from(sorted(EXITS)), min_size=1, max_size=8))
    names = [f"n{number}" for number in range(len(kinds))]
    target = st.sampled_from(names)
    nodes: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {
        "s": ("start_api", {}, {"then": draw(target)})
    }
    for name, kind in zip(names, kinds, strict=True):
        set_with = {"branch": BRANCH, "finish": {"outcome": name}}
        settings_ = WAITING[kind][0] if kind in WAITING else set_with[kind]
        nodes[name] = (kind, settings_, {exit_: draw(target) for exit_ in EXITS[kind]})
    return nodes


class Model:
    """A run as a name, a time, and how many messages it has sent: each is named by its number."""

    def __init__(self, nodes: dict[str, tuple[str, dict[str, Any], dict[str, str]]], de: bool):
        self.nodes, self.de = nodes, de
        self.at, self.until, self.is_stuck, self.sent = "s", START, False, 0

    def go(self, exit_: str, now: datetime) -> None:
        """Leave by an exit and walk to the next node that waits."""
        self.at = self.nodes[self.at][2][exit_]
        for _ in range(250):
            kind, set_with, _exits = self.nodes[self.at]
            if kind == "finish":
                return
            if kind in WAITING:
                self.sent += kind == "send"
                seconds = set_with["receipt_within" if kind == "send" else "seconds"]
                self.until = now + timedelta(seconds=seconds)
                return
            self.at = self.nodes[self.at][2]["german" if self.de else "otherwise"]
        self.is_stuck = True

    @property
    def kind(self) -> str:
        return self.nodes[self.at][0]

    @property
    def is_over(self) -> bool:
        return self.is_stuck or self.kind == "finish"


class Lives(RuleBasedStateMachine):
    """Time passes, goes back, and things happen; engine and model stand at the same place."""

    @initialize(nodes=drawings(), de=st.booleans())
    def begin(self, nodes: dict[str, tuple[str, dict[str, Any], dict[str, str]]], de: bool) -> None:
        self.graph = flows.read(drawn(nodes))[0]
        self.model = Model(nodes, de)
        self.now = START
        facts = {"language": "de"} if de else {}
        self.run_ = flows.Run(
            id=new_id(START), brand_id=1, version_id=1, account_id=None,
            node=self.graph.number_of("s"), wake_at=START, memory=flows.Memory(facts=facts),
        )  # fmt: skip
        self.outcome: str | None = None
        self.sent = 0
        self.model.go("then", self.now)
        self.advance(None)

    def advance(self, event: Event | None) -> None:
        try:
            moved = flows.advance(self.graph, self.run_, event, at=self.now)
        except flows.Stuck:
            assert self.model.is_stuck
            return
        self.sent += sum(isinstance(done.effect, Send) for done in moved.effects)
        self.run_ = replace(moved.run, receipt_of=UUID(int=self.sent))
        self.outcome = moved.end.outcome if moved.end else None

    @rule(seconds=st.integers(-7200, 7200))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        if not self.model.is_over and self.now >= self.run_.wake_at:
            self.model.go(WAITING[self.model.kind][1], self.now)
            self.advance(Event(Signal.TIME))

    @precondition(lambda self: not self.model.is_over)
    @rule(event=st.sampled_from(HEARD))
    def something_happens(self, event: Event) -> None:
        self.hear(event, is_own=True)

    @precondition(lambda self: not self.model.is_over)
    @rule(message=st.integers(0, 5), word=st.sampled_from(["delivered", "undelivered"]))
    def a_receipt_comes(self, message: int, word: str) -> None:
        """Of any of its messages: the last, those before it, or one that is not its own."""
        number = self.model.sent - message
        named = UUID(int=number) if number >= 0 else None
        self.hear(Event(Signal.RECEIPT, word, named), is_own=message == 0)

    def hear(self, event: Event, *, is_own: bool) -> None:
        exit_ = WAITING[self.model.kind][2].get((event.signal, event.word))
        is_waited_for = any(signal == event.signal for signal, _ in WAITING[self.model.kind][2])
        assert self.run_.hears(event) is (is_waited_for and is_own)
        if exit_ is not None and is_own:
            self.model.go(exit_, self.now)
            self.advance(event)

    @invariant()
    def both_stand_at_the_same_place(self) -> None:
        if self.model.is_stuck:
            return
        assert self.graph.points[self.run_.node].id == self.model.at
        if self.model.kind == "finish":
            assert self.outcome == self.model.at
        else:
            assert self.run_.wake_at == self.model.until

    @invariant()
    def what_it_remembers_is_words_of_the_drawing(self) -> None:
        assert set(self.run_.memory.answers.values()) <= {"mine", "other"}


Lives.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
TestLives = Lives.TestCase


def a_run(of: flows.Graph) -> flows.Run:
    """One at its start."""
    return flows.Run(
        id=new_id(START), brand_id=1, version_id=1, account_id=None, node=of.starts[0],
        wake_at=START,
    )  # fmt: skip


def test_the_same_event_comes_to_the_same_twice() -> None:
    of = graph(ASKING)
    waiting = flows.advance(of, a_run(of), None, at=START).run
    event = Event(Signal.REPLY, "well")

    assert flows.advance(of, waiting, event, at=START) == flows.advance(
        of, waiting, event, at=START
    )


def test_a_run_that_never_ends_is_stuck_at_last() -> None:
    nodes: Drawn = {
        "s": ("start_api", {}, {"then": "w"}),
        "w": ("wait", {"seconds": 1}, {"then": "w"}),
    }
    of = flows.read(drawn(nodes))[0]
    run = replace(flows.advance(of, a_run(of), None, at=START).run, steps=10_000)

    with pytest.raises(flows.Stuck, match="tireless"):
        flows.advance(of, run, Event(Signal.TIME), at=START)


def test_a_flow_that_is_jumped_to_asks_questions_of_its_own() -> None:
    nodes: Drawn = {
        "s": ("start_api", {}, {"then": "ask"}),
        "ask": ("wait_for_reply", {"seconds": 60}, {"other": "away", "no_reply": "away"}),
        "away": ("jump", {"flow": "another"}, {}),
    }
    of, later = flows.read(drawn(nodes))[0], START + timedelta(minutes=1)
    waiting = flows.advance(of, a_run(of), None, at=START).run

    memory = flows.advance(of, waiting, Event(Signal.TIME), at=later).run.memory

    assert waiting.memory.is_about("ask", START)
    assert not memory.is_about("ask", START)
    assert memory.is_about("ask", later)


def test_a_path_tells_every_step() -> None:
    from sparekey.flows.model import steps_of

    of = graph(ASKING)
    first = flows.advance(of, a_run(of), None, at=START)
    then = flows.advance(of, first.run, Event(Signal.TIME), at=START)

    named = [(of.points[n].id, of.points[n].exits[e]) for n, e in steps_of(then.run.path)]

    assert named == [("begin", "then"), ("ask", "no_reply")]
