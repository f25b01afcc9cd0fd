"""The outbox's loops: claim a lane's messages under a lease, hand them over, settle them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sparekey import events, gateways, jobs, templates
from sparekey.db import Db, Executor, Tx
from sparekey.kit.clock import Clock
from sparekey.kit.keyring import Keyring
from sparekey.outbox import store
from sparekey.outbox.handing import LEASE, Handing, Handling, pause_after
from sparekey.outbox.journal import UNDELIVERED
from sparekey.outbox.model import REF_LIFE, Lane, State
from sparekey.outbox.queue import QUEUES


@dataclass(frozen=True, slots=True)
class _Pace:
    """How a lane is worked off: what nobody waits for takes a small part of the process."""

    concurrency: int
    batch: int
    poll: timedelta


_PACES = {
    Lane.URGENT: _Pace(96, 192, timedelta(milliseconds=200)),
    Lane.BULK: _Pace(8, 256, timedelta(seconds=1)),
}
#: A backlog that its gateway's pace holds up is not claimed again and again meanwhile.
_LONGEST_REST = timedelta(seconds=1)


class Delivery:
    """The verbs of the loops over `outbox.due`, one loop for each lane: however long one lane is,
    and however slow its gateways are, the other's messages find somebody to hand them over."""

    def __init__(
        self, db: Db, keyring: Keyring, clock: Clock, routes: gateways.Gateways, base_url: str
    ) -> None:
        self._db = db
        self._clock = clock
        self._handing = Handing(db, keyring, clock, routes, base_url)
        self._leases = {lane: self._leases_of(lane) for lane in Lane}
        self._bulk_rests_until: datetime | None = None

    def loops(self) -> list[jobs.ClaimLoop[Handling]]:
        """Both loops, ready to run."""
        return [self.loop(lane) for lane in Lane]

    def loop(self, lane: Lane = Lane.URGENT) -> jobs.ClaimLoop[Handling]:
        """The loop of one lane, ready to run."""

        async def claim(limit: int) -> list[Handling]:
            return await self.claim(limit, lane)

        pace = _PACES[lane]
        return jobs.ClaimLoop(
            name=QUEUES[lane],
            claim=claim,
            work=self.hand_over,
            finish=self.settle,
            failed=self.put_back,
            release=self.release,
            kind=_template_of,
            wake=jobs.wake(QUEUES[lane]),
            concurrency=pace.concurrency,
            batch=pace.batch,
            lease=LEASE,
            poll=pace.poll,
            apart=timedelta(milliseconds=25),
        )

    async def claim(self, limit: int, lane: Lane = Lane.URGENT) -> list[Handling]:
        """Take due messages of a lane under a lease."""
        if lane is Lane.BULK and self._rests():
            return []

        async def take(at: datetime, until: datetime) -> list[store.Claimed]:
            return await store.CLAIM.all(self._db, lane=lane, at=at, until=until, limit=limit)

        return [Handling(message, lane) for message in await self._leases[lane].claim(take)]

    def _rests(self) -> bool:
        """Whether the bulk lane waits for its gateways to take more."""
        until = self._bulk_rests_until
        left = timedelta(0) if until is None else until - self._clock()
        return timedelta(0) < left <= _LONGEST_REST  # a clock set back makes it no longer

    def _leases_of(self, lane: Lane) -> jobs.Leases:
        async def recall(at: datetime, ends: Sequence[datetime]) -> None:
            await store.RECALL.run(self._db, lane=lane, at=at, ends=ends)

        return jobs.Leases(LEASE, self._clock, recall)

    async def hand_over(self, handling: Handling) -> None:
        """Render and send one message; never twice where that could repeat a code."""
        await self._handing.hand_over(handling)
        if handling.lane is Lane.BULK and handling.wait:
            rest = min(handling.wait * _PACES[Lane.BULK].batch, _LONGEST_REST)
            self._bulk_rests_until = self._clock() + rest

    async def settle(self, handled: Sequence[Handling]) -> None:
        """Write the outcomes down, all in one statement; what failed is told of with it."""
        at = self._clock()
        if any(one.state is State.FAILED for one in handled):
            async with self._db.transaction() as tx:
                await _tell(tx, await self._settle(tx, handled, at), at)
        elif unsent := await self._settle(self._db, handled, at):
            async with self._db.transaction() as tx:
                await _tell(tx, unsent, at)

    async def _settle(
        self, on: Executor, handled: Sequence[Handling], at: datetime
    ) -> list[store.Unsent]:
        return await store.SETTLE.all(
            on,
            at=at,
            ids=[one.message.id for one in handled],
            fences=[one.message.fence for one in handled],
            states=[one.state.value for one in handled],
            due_at=[one.due_at for one in handled],
            gateways=[one.gateway for one in handled],
            failures=[one.failure for one in handled],
            gateway_ids=[one.gateway_id for one in handled],
            countries=[one.country for one in handled],
            prices=[one.price for one in handled],
            days=[one.day for one in handled],
            brands=[one.message.brand_id for one in handled],
            prefix_keys=[one.prefix_key for one in handled],
            prefixes=[one.prefix for one in handled],
            are_decoys=[one.message.is_decoy for one in handled],
            refs=[one.ref for one in handled],
            refs_until=at + REF_LIFE,
        )

    async def put_back(self, handling: Handling, _error: Exception) -> None:
        """What broke off comes again soon; whether it may have gone is written in its row."""
        message = handling.message
        await store.PUT_BACK.run(
            self._db,
            id=message.id,
            fence=message.fence,
            due_at=self._clock() + pause_after(message.fence),
        )

    async def release(self, unbegun: Sequence[Handling]) -> None:
        """Give back what was claimed and not begun."""
        await store.RELEASE.run(
            self._db,
            at=self._clock(),
            ids=[one.message.id for one in unbegun],
            fences=[one.message.fence for one in unbegun],
        )


async def _tell(tx: Tx, unsent: Sequence[store.Unsent], at: datetime) -> None:
    """Append that these will not arrive, where somebody waits for them."""
    for one in unsent:
        if one.about is not None and templates.find(one.template).is_awaited:
            data = {"message": one.id, "failure": one.failure}
            await events.append(
                tx, at=at, kind=UNDELIVERED, brand=one.brand_id, subject=one.about, data=data
            )


def _template_of(handling: Handling) -> str:
    return handling.message.template
