"""What the clock begins: set times, and passwords that are about to expire.

Nothing is kept but the runs themselves: each is named by the time that it belongs to, so looking
often, late or twice begins it once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sparekey import accounts, brands, flows
from sparekey.db import Db
from sparekey.kit.keyring import Keyring
from sparekey.nodes.service.starting import Trigger, run_id, start

SCHEDULE, EXPIRY = "start_schedule", "start_password_expiry"
#: A set time that nobody saw for so long has passed.
_LATEST = timedelta(hours=24)
_DAY = timedelta(days=1)
_PAGE = 200
#: So many are begun by one job, which takes a few seconds.
MOST = 1000


async def start_scheduled(db: Db, keyring: Keyring, *, at: datetime) -> int:
    """Begin the flows whose time has come; of times that were missed the latest counts."""
    begun = 0
    for one in await flows.standing_starts(db, SCHEDULE):
        due = _last_time(one.word, at)
        if due <= one.published_at or due < at - _LATEST:
            continue
        trigger = Trigger(
            brand_id=one.brand_id,
            kind=SCHEDULE,
            flow=one.name,
            word=one.word,
            at=due,
            because=(due.isoformat(),),
        )
        begun += await start(db, keyring, trigger, None, at=at) == "begun"
    return begun


async def start_expiring(db: Db, keyring: Keyring, *, at: datetime, most: int = MOST) -> int:
    """Begin a run for each password that has come into the day its flow's start names; how many
    were begun, `most` when there may be more.

    A password that is changed has another date or none, so it is not found any more. Whoever was
    reminded before is passed over many at a time: of a million that expire on one day each look
    goes on where the one before ended.
    """
    begun = 0
    for one in await flows.standing_starts(db, EXPIRY):
        brand = await brands.by_id(db, one.brand_id)
        if brand.until_day(at):
            continue
        until = at + int(one.word) * _DAY
        last: accounts.Expiring | None = None
        while found := await accounts.expiring(
            db, brand.id, since=until - _DAY, until=until, after=last, limit=_PAGE
        ):
            last = found[-1]
            for trigger, account in await _not_begun(db, one, found):
                begun += await start(db, keyring, trigger, account, at=at) == "begun"
                if begun == most:
                    return begun
    return begun


async def _not_begun(
    db: Db, standing: flows.Trigger, found: Sequence[accounts.Expiring]
) -> list[tuple[Trigger, UUID]]:
    """What begins the runs of these, but for those that are there."""
    wanted = {
        run_id(trigger, one.id): (trigger, one.id)
        for one in found
        for trigger in [
            Trigger(
                brand_id=standing.brand_id,
                kind=EXPIRY,
                flow=standing.name,
                word=standing.word,
                at=one.expires_at - int(standing.word) * _DAY,
                because=(one.expires_at.isoformat(),),
            )
        ]
    }
    there = await flows.those_there(db, list(wanted))
    return [trigger for run, trigger in wanted.items() if run not in there]


def _last_time(cron: str, at: datetime) -> datetime:
    from croniter import croniter  # 80 ms at import, and only workers need it

    # A moment later, so that the very second counts as come.
    return croniter(cron, at + timedelta(microseconds=1)).get_prev(datetime)
