"""What the clock begins: set times, and passwords that are about to expire.

Nothing is kept but the runs themselves: each is named by the time that it belongs to, so looking
often, late or twice begins it once.
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from sparekey import accounts, brands, flows, jobs
from sparekey.db import Db
from sparekey.kit.keyring import Keyring
from sparekey.nodes.service.starting import Trigger, run_id, start
from sparekey.nodes.settings import last_time

SCHEDULE, EXPIRY = "start_schedule", "start_password_expiry"
SET_TIME_JOB, EXPIRY_JOB = "nodes.set_time", "nodes.expiring"
#: A set time that nobody saw for so long has passed.
_LATEST = timedelta(hours=24)
_DAY = timedelta(days=1)
_PAGE = 200


class SetTime(msgspec.Struct, frozen=True, kw_only=True):
    """A moment at which a flow begins."""

    brand: int
    flow: str
    word: str
    at: datetime

    @property
    def trigger(self) -> Trigger:
        """What begins its one run."""
        return Trigger(
            brand_id=self.brand,
            kind=SCHEDULE,
            flow=self.flow,
            word=self.word,
            at=self.at,
            because=(self.at.isoformat(),),
        )


async def look_for_set_times(db: Db, *, at: datetime) -> None:
    """Have the flows begun whose time has come, each by itself; of times that were missed the
    latest counts."""
    for one in await flows.standing_starts(db, SCHEDULE):
        due = last_time(one.word, at)
        if due is None or due <= one.published_at or due < at - _LATEST:
            continue
        came = SetTime(brand=one.brand_id, flow=one.name, word=one.word, at=due)
        if not await flows.is_there(db, run_id(came.trigger, None)):
            payload = msgspec.to_builtins(came)
            await jobs.queue(db, kind=SET_TIME_JOB, payload=payload, due_at=at, at=at)


async def start_at_set_time(db: Db, keyring: Keyring, came: SetTime, *, at: datetime) -> None:
    """Begin a flow whose time has come; once."""
    await start(db, keyring, came.trigger, None, at=at)


async def look_for_expiring(db: Db, *, at: datetime) -> None:
    """Have every start of an expiring password seen to, each by itself: no brand waits for another
    with many customers, or with a drawing that fails."""
    for one in await flows.standing_starts(db, EXPIRY):
        await _queue(db, Turn(brand=one.brand_id, flow=one.name, word=one.word), at)


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """The next few accounts of one start: those after this one."""

    brand: int
    flow: str
    word: str
    expires_at: datetime | None = None
    account: UUID | None = None

    @property
    def after(self) -> accounts.Expiring | None:
        """The account that came last."""
        if self.expires_at is None or self.account is None:
            return None
        return accounts.Expiring(self.account, self.expires_at)

    def trigger(self, one: accounts.Expiring) -> Trigger:
        """What begins the run of one account."""
        return Trigger(
            brand_id=self.brand,
            kind=EXPIRY,
            flow=self.flow,
            word=self.word,
            at=one.expires_at - int(self.word) * _DAY,
            because=(one.expires_at.isoformat(),),
        )


async def start_expiring(db: Db, keyring: Keyring, turn: Turn, *, at: datetime) -> None:
    """Begin a run for each password of a page that has come into the day its flow's start names,
    and queue the next page.

    A password that is changed has another date or none, so it is not found any more. Whoever was
    reminded before is passed over together: of a million that expire on one day each look goes on
    where the one before ended.
    """
    brand = await brands.by_id(db, turn.brand)
    if brand.until_day(at):
        return
    until = at + int(turn.word) * _DAY
    found = await accounts.expiring(
        db, brand.id, since=until - _DAY, until=until, after=turn.after, limit=_PAGE
    )
    triggers = {run_id(turn.trigger(one), one.id): one for one in found}
    there = await flows.those_there(db, list(triggers))
    for run, one in triggers.items():
        if run not in there:
            await start(db, keyring, turn.trigger(one), one.id, at=at)
    if len(found) == _PAGE:
        last = found[-1]
        further = msgspec.structs.replace(turn, expires_at=last.expires_at, account=last.id)
        await _queue(db, further, at)


async def _queue(db: Db, turn: Turn, at: datetime) -> None:
    await jobs.queue(db, kind=EXPIRY_JOB, payload=msgspec.to_builtins(turn), due_at=at, at=at)
