"""What an operator watches of a server or worker: whether it can work, what waits, what is late."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

from sparekey import db, floors, flows, gateways, http, inbox, jobs, outbox
from sparekey.db import partitions
from sparekey.opening import House

_LEAST_WEEKS_AHEAD = 2


def watched(doors: http.Application, house: House) -> http.Application:
    """The doors on this house, with `/healthz`, `/readyz` and `/metrics` that tell of it."""
    return doors.on(
        http.Context(
            db=house.db,
            keyring=house.keyring,
            clock=house.clock,
            base_url=house.base_url,
            trusted_proxies=house.settings.trusted_proxies,
            proxy_header=house.settings.proxy_header,
        ),
        {
            "database": http.database_reachable(house.db),
            "migrations": _migrations_applied(house),
            "partitions": _partitions_ahead(house),
        },
        {"waiting_for_a_person": waiting_for_a_person(house), "overdue_seconds": overdue(house)},
    )


def waiting_for_a_person(house: House) -> dict[str, Callable[[], Awaitable[int]]]:
    """How much of each kind the loops gave up until a person decides."""
    return {
        "callbacks": partial(gateways.count_aside, house.db),
        "jobs": partial(jobs.count_parked, house.db),
        "letters": partial(inbox.count_aside, house.db),
        "runs": partial(flows.count_stuck, house.db),
    }


def overdue(house: House) -> dict[str, Callable[[], Awaitable[int]]]:
    """For so many seconds the first of each queue has waited to be begun; nothing when none has."""
    oldest: dict[str, Callable[[], Awaitable[datetime | None]]] = {
        "callbacks": partial(gateways.oldest_due, house.db),
        "jobs": partial(jobs.oldest_due, house.db),
        "messages": partial(outbox.oldest_due, house.db),
        "messages_in_bulk": partial(outbox.oldest_due, house.db, outbox.Lane.BULK),
        "runs": partial(flows.oldest_due, house.db),
    }

    async def seconds(find: Callable[[], Awaitable[datetime | None]]) -> int:
        due_at = await find()
        return 0 if due_at is None else max(int((house.clock() - due_at).total_seconds()), 0)

    return {queue: partial(seconds, find) for queue, find in oldest.items()}


def _migrations_applied(house: House) -> http.Check:
    async def check() -> str | None:
        missing = await db.pending(house.db, floors.PACKAGES)
        return f"{len(missing)} migrations are not applied" if missing else None

    return check


def _partitions_ahead(house: House) -> http.Check:
    async def check() -> str | None:
        ahead = await partitions.weeks_ahead(house.db, house.archives, house.clock())
        if ahead < _LEAST_WEEKS_AHEAD:
            return f"only {ahead} weeks of partitions are ahead: is a worker running?"
        return None

    return check
