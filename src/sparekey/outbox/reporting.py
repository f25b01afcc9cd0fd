"""What receipts say of messages: their state moves forward, their price is put right."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sparekey import events, gateways, templates
from sparekey.db import Db, Executor, Tx
from sparekey.kit.ids import floor_id
from sparekey.outbox import store
from sparekey.outbox.journal import UNDELIVERED
from sparekey.outbox.model import REF_LIFE, plain_ref

#: What a provider's reasons are cut to: they come from outside.
_LONGEST_REASON = 100
#: Receipts of texts come within a minute or two; a gateway that gave ten texts none is silent.
_LATEST, _OLDEST = timedelta(minutes=2), timedelta(minutes=12)
_ENOUGH = 10
_SAMPLE = 5000
_SPENT_KEPT, _CONVERSIONS_KEPT = timedelta(days=90), timedelta(days=400)


async def report(
    on: Executor,
    *,
    brand_id: int,
    gateway_id: UUID,
    report: gateways.Report,
    at: datetime,
    is_signed: bool,
) -> bool:
    """Move a message as a receipt of its gateway says; False when we know no such message (yet).

    Forward only: duplicates and receipts out of order end in the same state. One that comes before
    its message's name is written down is applied then. Only a receipt whose sender is proven
    confirms a delivery, tells of a failed one, or is believed about the price.
    """
    found = await store.REPORT.one(
        on,
        brand=brand_id,
        gateway=gateway_id,
        message=report.id,
        ref=plain_ref(report.ref),
        at=at,
        outcome=report.outcome.value,
        is_signed=is_signed,
        reason=_word(report.reason),
        price=_price(report),
        currency=report.currency and report.currency.upper(),
        expires_at=at + REF_LIFE,
    )
    is_lost = found.has_failed and is_signed and found.about is not None
    if is_lost and templates.find(found.template or "").is_awaited:
        await _tell(on, brand_id, found.about, found.named, report.outcome, at)
    return found.is_known


async def _tell(
    on: Executor,
    brand_id: int,
    about: UUID | None,
    message: UUID | None,
    outcome: gateways.Outcome,
    at: datetime,
) -> None:
    """Append the event, in the caller's transaction if there is one."""
    if isinstance(on, Db):
        async with on.transaction() as tx:
            await _tell(tx, brand_id, about, message, outcome, at)
        return
    assert isinstance(on, Tx)
    data = {"message": message, "failure": outcome.value}
    await events.append(on, at=at, kind=UNDELIVERED, brand=brand_id, subject=about, data=data)


def _word(reason: str) -> str:
    return "".join(sign for sign in reason if sign.isprintable())[:_LONGEST_REASON]


def _price(report: gateways.Report) -> int | None:
    """What it cost; a provider that writes costs as a negative sum means the same."""
    if report.price is None or report.currency is None or not report.price.is_finite():
        return None
    return min(gateways.micros(abs(report.price)), gateways.micros(gateways.MOST))


async def watch(on: Executor, *, at: datetime) -> None:
    """Look whether gateways that used to report have gone silent, and tell them."""
    found = await store.HEARD.all(
        on, from_id=floor_id(at - _OLDEST), to_id=floor_id(at - _LATEST), limit=_SAMPLE
    )
    await gateways.heard(
        on,
        ids=[one.gateway_id for one in found],
        reports=[one.reported for one in found],
        sent_enough=[one.sent >= _ENOUGH for one in found],
    )


async def sweep(on: Executor, *, at: datetime) -> None:
    """Forget names that no receipt will use any more, old sums and old counts."""
    await store.SWEEP_REFS.run(on, at=at)
    await store.SWEEP_SPENT.run(on, before=(at - _SPENT_KEPT).date())
    await store.SWEEP_CONVERSIONS.run(on, before=(at - _CONVERSIONS_KEPT).date())


async def standing(on: Executor, *, id: UUID, brand_id: int) -> store.Standing | None:
    """How far one message is, and whether its delivery is proven."""
    return await store.STANDING.maybe(on, id=id, brand=brand_id)


async def spent(on: Executor, *, brand_id: int, day: date, country: str = "*") -> int:
    """What a brand has spent in a day, in one country or altogether, in millionths."""
    return await store.SPENT.maybe(on, brand=brand_id, day=day, country=country) or 0


async def conversions(on: Executor, *, brand_id: int, day: date) -> list[store.Conversion]:
    """How many texts of a day went to which prefix, and how many ended in a proof."""
    return await store.CONVERSIONS.all(on, brand=brand_id, day=day)
