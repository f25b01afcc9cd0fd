"""Whose receipt a run hears: the rows beside a small model of them, however things overlap."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from sparekey import flows, jobs, nodes
from sparekey.db import Db, Tx
from sparekey.flows import Applying, Event, Signal
from sparekey.kit.ids import new_id
from sparekey.kit.keyring import Keyring
from tests.flows.drawing import Drawn, begun, new_brand, published
from tests.world.basics import MovableClock

#: Sends and waits for the receipt, waits for a reply, and so on: nobody here says "enough".
RING: Drawn = {
    "begin": ("start_api", {}, {"then": "send"}),
    "send": (
        "send",
        {"template": "help", "channel": "sms", "to": "account", "receipt_within": 60},
        {"delivered": "ask", "undelivered": "ask", "no_receipt": "ask"},
    ),
    "ask": (
        "wait_for_reply",
        {"seconds": 60, "replies": {"enough": ["enough"]}},
        {"enough": "end", "other": "send", "no_reply": "send"},
    ),
    "end": ("finish", {"outcome": "over"}, {}),
}
_ROW = "SELECT node, waits, heard_word, receipt_of FROM flows.run WHERE id = $1"
_EARLY = "SELECT signal, word, ref FROM flows.early WHERE run_id = $1 ORDER BY number"


@dataclass(slots=True)
class Post:
    """Sends nothing; says of which message a receipt is waited for, as whoever sends does."""

    messages: list[UUID] = field(default_factory=list[UUID])
    is_too_soon: bool = False

    async def send(self, tx: Tx, around: Applying, message: nodes.Send) -> None:
        """A message of its own, or none where the one before was too soon ago."""
        if not (self.is_too_soon and self.messages):
            self.messages.append(new_id(around.at))
        assert message.is_awaited
        await flows.await_receipt(tx, around.run, self.messages[-1], at=around.at)

    async def send_one_time_secret(self, tx: Tx, around: Applying, minutes: int) -> None:
        raise AssertionError("nothing that is drawn here sends a secret")


@dataclass(slots=True)
class Model:
    """A run as a place, the message it waits for, how it will leave, and what came meanwhile."""

    at: str = "send"
    message: UUID | None = None
    leaves_by: str | None = None
    early: list[Event] = field(default_factory=list[Event])

    def hear(self, event: Event) -> None:
        """Something happens."""
        if self.leaves_by is not None:
            self.early.append(event)
        elif self.waits_for(event):
            self.leaves_by = event.word

    def waits_for(self, event: Event) -> bool:
        """Whether this is what it waits for here."""
        if self.at == "ask":
            return event.signal == Signal.REPLY
        return event.signal == Signal.RECEIPT and event.ref == self.message

    def go(self, message: UUID | None) -> None:
        """It leaves, and waits for a reply, or for the receipt of this message."""
        self.at, self.leaves_by = ("ask" if self.at == "send" else "send"), None
        self.message = message if self.at == "send" else None
        taken = next((one for one in self.early if self.waits_for(one)), None)
        if taken is None or self.at == "send":
            self.early.clear()
        else:
            del self.early[: self.early.index(taken) + 1]
        self.leaves_by = None if taken is None else taken.word


PICKS = st.sampled_from([0, 0, 1, 2, 3])


class Waits(RuleBasedStateMachine):
    """Replies, and receipts of all its messages, come while it waits and while it goes."""

    world: ClassVar["World"]

    @initialize()
    def begin(self) -> None:
        self.post = Post()
        nodes.use_post(self.post)
        self.run_ = self.world.run(self.world.begin())
        self.model = Model(message=self.post.messages[-1])

    def picked(self, pick: int) -> UUID:
        """One of its messages: the last for 0, another run's beyond the first."""
        of = self.post.messages
        return of[-1 - pick] if pick < len(of) else new_id(self.world.clock())

    def tell(self, event: Event) -> None:
        self.world.run(flows.hear(self.world.db, self.run_, event, at=self.world.clock()))
        self.model.hear(event)

    @rule(pick=PICKS, word=st.sampled_from(["delivered", "undelivered"]))
    def a_receipt_comes(self, pick: int, word: str) -> None:
        self.tell(Event(Signal.RECEIPT, word, self.picked(pick)))

    @rule()
    def a_reply_comes(self) -> None:
        self.tell(Event(Signal.REPLY, "other"))

    @precondition(lambda self: self.model.leaves_by is not None)
    @rule(meanwhile=st.lists(PICKS, max_size=3), is_too_soon=st.booleans())
    def it_goes_on(self, meanwhile: list[int], is_too_soon: bool) -> None:
        for pick in meanwhile:
            self.tell(Event(Signal.RECEIPT, "undelivered", self.picked(pick)))
        self.post.is_too_soon = is_too_soon
        self.world.run(self.world.wake())
        self.model.go(self.post.messages[-1])

    @precondition(lambda self: self.model.leaves_by is None)
    @rule(pick=PICKS, is_too_soon=st.booleans())
    def its_time_is_over_while_a_receipt_comes(self, pick: int, is_too_soon: bool) -> None:
        self.post.is_too_soon = is_too_soon
        self.world.clock.advance(timedelta(seconds=61))
        claimed = self.world.run(self.world.claim())
        self.tell(Event(Signal.RECEIPT, "delivered", self.picked(pick)))
        self.world.run(self.world.work(claimed))
        if self.model.leaves_by is None:
            self.model.go(self.post.messages[-1])

    @invariant()
    def the_rows_are_as_the_model_says(self) -> None:
        at, word, message, early = self.world.run(self.world.look(self.run_))
        assert (at, word) == (self.model.at, self.model.leaves_by)
        assert early == self.model.early
        if self.model.leaves_by is None:
            assert message == self.model.message


@dataclass(slots=True)
class World:
    """The database under the machine, whose steps are not asynchronous."""

    db: Db
    keyring: Keyring
    clock: MovableClock
    ready: flows.Prepared
    loop: asyncio.AbstractEventLoop
    waker: jobs.ClaimLoop[Any]

    def run(self, step: Coroutine[Any, Any, Any]) -> Any:
        """Take one step in the test's own loop."""
        return asyncio.run_coroutine_threadsafe(step, self.loop).result()

    async def begin(self) -> UUID:
        """A fresh run; those before it are forgotten."""
        await self.db.execute("DELETE FROM flows.run")
        start = begun(self.clock)
        async with self.db.transaction() as tx:
            assert await flows.begin(tx, self.ready, start, keyring=self.keyring, at=self.clock())
        return start.id

    async def claim(self) -> list[Any]:
        """Whoever's time has come is at work."""
        return list(await self.waker.claim(10))

    async def work(self, claimed: list[Any]) -> None:
        """They take their breath."""
        for row in claimed:
            await self.waker.work(row)
        assert self.waker.finish is not None
        await self.waker.finish(claimed)

    async def wake(self) -> None:
        """Both."""
        await self.work(await self.claim())

    async def look(self, run: UUID) -> tuple[str, str | None, UUID | None, list[Event]]:
        """Where it stands, how it will leave, for whose receipt it waits, and what is kept."""
        row = await self.db.fetchrow(_ROW, run)
        kept = await self.db.fetch(_EARLY, run)
        early = [Event(Signal(one["signal"]), one["word"], one["ref"]) for one in kept]
        number: int = row["node"]
        return self.ready.graph.points[number].id, row["heard_word"], row["receipt_of"], early


STEADY = settings(
    max_examples=100,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much),
    phases=(Phase.generate, Phase.shrink),
)


async def test_a_run_hears_the_receipt_of_its_own_message_and_of_no_other(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    ready = await published(db, await new_brand(db), RING)
    waker = flows.waker(db, keyring, clock)

    class Given(Waits):
        world = World(db, keyring, clock, ready, asyncio.get_running_loop(), waker)

    try:
        await asyncio.to_thread(run_state_machine_as_test, Given, settings=STEADY)
    finally:
        nodes.use_post(nodes.Posting())
