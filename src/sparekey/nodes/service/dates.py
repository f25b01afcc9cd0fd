"""What the clock begins: set times, and passwords that are about to expire.

Nothing is kept but the runs themselves: each is named by the time that it belongs to, so looking
often, late or twice begins it once.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sparekey import accounts, brands, flows
from sparekey.db import Db
from sparekey.kit.keyring import Keyring
from sparekey.nodes.service.starting import Trigger, start
from sparekey.nodes.settings import last_time

SCHEDULE, EXPIRY = "start_schedule", "start_password_expiry"
#: A set time that nobody saw for so long has passed.
_LATEST = timedelta(hours=24)
_DAY = timedelta(days=1)
#: Nobody is written to about a password outside of these hours of their brand's time zone.
OPENS, CLOSES = 8, 20
_PAGE = 200


async def start_scheduled(db: Db, keyring: Keyring, *, at: datetime) -> int:
    """Begin the flows whose time has come; of times that were missed the latest counts."""
    begun = 0
    for one in await flows.standing_starts(db, SCHEDULE):
        due = last_time(one.word, at)
        if due is None or due <= one.published_at or due < at - _LATEST:
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


async def start_expiring(db: Db, keyring: Keyring, *, at: datetime) -> int:
    """Begin a run for each password that has come into the day its flow's start names.

    A password that is changed has another date or none, so it is not found any more.
    """
    begun = 0
    for one in await flows.standing_starts(db, EXPIRY):
        brand = await brands.by_id(db, one.brand_id)
        if not OPENS <= at.astimezone(ZoneInfo(brand.time_zone)).hour < CLOSES:
            continue
        until = at + int(one.word) * _DAY
        last: accounts.Expiring | None = None
        while found := await accounts.expiring(
            db, brand.id, since=until - _DAY, until=until, after=last, limit=_PAGE
        ):
            for last in found:
                trigger = Trigger(
                    brand_id=brand.id,
                    kind=EXPIRY,
                    flow=one.name,
                    word=one.word,
                    at=last.expires_at - int(one.word) * _DAY,
                    because=(last.expires_at.isoformat(),),
                )
                begun += await start(db, keyring, trigger, last.id, at=at) == "begun"
    return begun
