"""Handing one message over: which gateway, is there money, render, send; elsewhere if need be."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog

from sparekey import brands, gateways, templates
from sparekey.db import Db
from sparekey.kit import gsm7
from sparekey.kit.address import UnusableAddress, read_phone
from sparekey.kit.clock import Clock
from sparekey.kit.grouping import Grouped
from sparekey.kit.keyring import Keyring
from sparekey.outbox import store
from sparekey.outbox.allowances import prefix_key, prefix_of
from sparekey.outbox.model import Envelope, Lane, State, open_envelope, plain_ref
from sparekey.outbox.wording import Worder

LEASE = timedelta(seconds=60)
#: How long to wait after the n-th attempt that certainly did not go out.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (1, 5, 15, 30, 60))
#: After so long no further gateway is tried under this lease: the next claim begins with it.
_ONE_AFTER_ANOTHER = timedelta(seconds=5)
_NOWHERE = "ZZ"

_log = structlog.get_logger()


@dataclass(slots=True)
class Handling:
    """One claimed message and what came of it; unsettled it is claimed again after its lease.

    `is_ours` once it is written down that we hand it over, and nobody else. `price` is what it
    costs, in millionths; `ref` what its gateway calls it. `wait`: no gateway took anything now.
    """

    message: store.Claimed
    lane: Lane = Lane.URGENT
    is_ours: bool = False
    state: State = State.SENDING
    due_at: datetime | None = None
    gateway: str | None = None
    gateway_id: UUID | None = None
    ref: str | None = None
    failure: str | None = None
    country: str | None = None
    day: date | None = None
    price: int = 0
    prefix: str | None = None
    prefix_key: bytes | None = None
    wait: timedelta = timedelta(0)


@dataclass(slots=True)
class _Charge:
    """What one message costs, and what its sums may reach; `fits` once it is charged to them."""

    handling: Handling
    amount: int
    pots: Sequence[gateways.Pot]
    fits: bool = False


@dataclass(slots=True)
class _Try:
    """Everything about a message that its ways have in common, and how they failed so far."""

    handling: Handling
    brand: brands.Brand
    book: templates.Book
    envelope: Envelope
    plan: gateways.Plan
    at: datetime
    is_urgent: bool
    failures: list[gateways.WireFailure | str] = field(
        default_factory=list[gateways.WireFailure | str]
    )


class Handing:
    """How messages leave the house. No connection is held while a wire is waited for."""

    def __init__(
        self, db: Db, keyring: Keyring, clock: Clock, routes: gateways.Gateways, base_url: str
    ) -> None:
        self._db = db
        self._keyring = keyring
        self._clock = clock
        self._routes = routes
        self._worder = Worder(keyring, base_url)
        self._begun = Grouped(self._begin)
        self._charged = Grouped(self._charge)

    async def hand_over(self, handling: Handling) -> None:
        """Render and send one message; never twice where that could repeat a code."""
        message = handling.message
        at = self._clock()
        if message.was_begun:  # on a wire that cannot be asked again, whichever is chosen now
            handling.state, handling.failure = State.UNSURE, "interrupted"
            return
        if message.expires_at <= at:
            handling.state, handling.failure = State.EXPIRED, "expired"
            return
        if message.sealed is None:
            handling.state, handling.failure = State.FAILED, "no_gateway"
            return
        brand = await brands.by_id(self._db, message.brand_id)
        envelope = open_envelope(self._keyring, message.id, message.sealed)
        if night := _night(brand, handling, envelope, at):
            handling.state, handling.failure = State.QUEUED, "night"
            handling.due_at = at + night
            return
        self._locate(handling, brand, envelope, at)
        wanted = _wanted(handling, envelope)
        plan = await self._routes.plan(brand, wanted, is_own_door=message.is_own_door, at=at)
        if plan.is_stopped:
            handling.state, handling.failure = State.FAILED, "stopped"
        elif plan.ways:
            book = await templates.book(self._db, brand.id, message.words_version)
            tried = _Try(handling, brand, book, envelope, plan, at, wanted.is_urgent)
            await self._try_each(tried)
        elif plan.wait is None:
            handling.state, handling.failure = State.FAILED, "no_gateway"
        else:
            handling.state, handling.failure = State.QUEUED, "unreachable"
            handling.due_at, handling.wait = at + plan.wait, plan.wait

    def _locate(
        self, handling: Handling, brand: brands.Brand, envelope: Envelope, at: datetime
    ) -> None:
        """Where it goes, as far as money and conversions go by that."""
        if handling.message.channel == "email":
            return
        handling.country = envelope.country or _country_of(envelope.to)
        handling.day = at.astimezone(ZoneInfo(brand.time_zone)).date()
        if not brand.is_sandbox:
            handling.prefix = prefix_of(envelope.to)
            handling.prefix_key = prefix_key(self._keyring, brand.id, envelope.to)

    async def _try_each(self, tried: _Try) -> None:
        """One gateway after the other, as long as it certainly did not go."""
        for way in tried.plan.ways:
            await self._try(tried, way)
            if tried.handling.state is not State.SENDING or not _goes_on(tried.failures[-1:]):
                break
            if self._clock() - tried.at >= _ONE_AFTER_ANOTHER:
                break
        if tried.handling.state is State.SENDING and tried.failures:
            self._give_up(tried)

    async def _try(self, tried: _Try, way: gateways.Way) -> None:
        handling, at = tried.handling, self._clock()
        handling.gateway, handling.gateway_id = way.name, way.id
        if way.sender is None:
            tried.failures.append("no_sender")
            return
        if not self._routes.take(way, is_urgent=tried.is_urgent, at=at):
            tried.failures.append(gateways.Throttled(PAUSES[0], "its pace is reached"))
            return
        was_asked = False
        try:
            outgoing = self._worder.rendered(
                handling.message, tried.brand, tried.book, tried.envelope, way.sender, at
            )
            wire = await self._routes.wire(tried.brand, way)
            if not await self._is_paid(tried, way, outgoing):
                tried.failures.append("budget")
            elif await self._is_ours(handling, wire):
                was_asked = not handling.message.is_decoy
                await self._send(handling, wire, outgoing)
        except templates.CannotRender:
            handling.state, handling.failure = State.FAILED, "cannot_render"
        except gateways.WireFailure as failure:
            was_asked = True
            self._routes.told(way, failure, self._clock())
            self._failed(tried, failure)
        else:
            if was_asked:
                self._routes.told(way, None, self._clock())
        finally:
            if not was_asked:
                self._routes.spared(way, self._clock())

    async def _is_paid(self, tried: _Try, way: gateways.Way, outgoing: gateways.Outgoing) -> bool:
        """Whether the message fits its budgets; charged to its sums, once, before it goes."""
        if not way.price:
            return True
        parts = gsm7.segments(outgoing.text).count if outgoing.channel == "sms" else 1
        amount = way.price * parts
        tried.handling.price = 0 if tried.handling.message.is_decoy else amount
        charge = _Charge(tried.handling, amount, tried.plan.pots)
        await self._charged.add(charge)
        return charge.fits

    async def _is_ours(self, handling: Handling, wire: gateways.Wire) -> bool:
        """What cannot be repeated is begun durably first, so that nobody begins it again."""
        if wire.repeats_safely:
            return True
        await self._begun.add(handling)
        if not handling.is_ours:
            handling.state = State.UNSURE  # another's by now: our settlement changes nothing
        return handling.is_ours

    async def _send(
        self, handling: Handling, wire: gateways.Wire, outgoing: gateways.Outgoing
    ) -> None:
        if handling.message.is_decoy:
            await wire.drop(outgoing)
        else:
            handling.ref = plain_ref((await wire.send(outgoing)).ref)
        handling.ref = handling.ref or str(outgoing.id)  # every message has a name, a decoy too
        handling.state = State.SENT
        handling.failure = None

    def _failed(self, tried: _Try, failure: gateways.WireFailure) -> None:
        handling = tried.handling
        handling.failure = failure.code
        _log.warning(
            "not_handed_over", gateway=handling.gateway, failure=failure.code, reason=str(failure)
        )
        tried.failures.append(failure)
        match failure:
            case gateways.Unsure():
                handling.state = State.UNSURE
            case gateways.Refused():
                handling.state = State.FAILED
            case _:
                pass

    def _give_up(self, tried: _Try) -> None:
        """No gateway took it, for now or for good."""
        handling = tried.handling
        waits = [
            failure.retry_in if isinstance(failure, gateways.Throttled) else _pause(handling)
            for failure in tried.failures
            if isinstance(failure, gateways.Throttled | gateways.Unreachable)
        ]
        last = tried.failures[-1]
        handling.failure = last if isinstance(last, str) else last.code
        if not waits:
            handling.state = State.FAILED
            return
        handling.state = State.QUEUED
        is_one_left = len(tried.failures) < len(tried.plan.ways)
        handling.due_at = self._clock() + (timedelta(0) if is_one_left else min(waits))

    async def _begin(self, handlings: Sequence[Handling]) -> None:
        begun = await store.BEGIN.all(
            self._db,
            ids=[one.message.id for one in handlings],
            fences=[one.message.fence for one in handlings],
            gateways=[one.gateway_id for one in handlings],
            names=[one.gateway for one in handlings],
            until=self._clock() + LEASE,
        )
        for one in handlings:
            one.is_ours = one.message.id in begun

    async def _charge(self, charges: Sequence[_Charge]) -> None:
        def limit(charge: _Charge, is_altogether: bool) -> int | None:
            found = [pot.limit for pot in charge.pots if (pot.country == "*") is is_altogether]
            return found[0] if found else None

        paid = await store.CHARGE.all(
            self._db,
            ids=[one.handling.message.id for one in charges],
            fences=[one.handling.message.fence for one in charges],
            brands=[one.handling.message.brand_id for one in charges],
            days=[one.handling.day for one in charges],
            countries=[one.handling.country for one in charges],
            country_limits=[limit(one, False) for one in charges],
            limits=[limit(one, True) for one in charges],
            amounts=[one.amount for one in charges],
            are_decoys=[one.handling.message.is_decoy for one in charges],
        )
        for one in charges:
            one.fits = one.handling.message.id in paid


def _wanted(handling: Handling, envelope: Envelope) -> gateways.Wanted:
    message, template = handling.message, templates.find(handling.message.template)
    return gateways.Wanted(
        channel=message.channel,
        to=envelope.to,
        country=handling.country,
        purpose=template.purpose,
        template=message.template,
        is_urgent=handling.lane is Lane.URGENT,
        attempt=message.fence,
    )


def _night(brand: brands.Brand, handling: Handling, envelope: Envelope, at: datetime) -> timedelta:
    """How long it waits for the day, if it keeps to that: a backlog may have held it until now."""
    by_day = templates.find(handling.message.template).is_unasked and not envelope.is_test
    return brand.until_day(at) if by_day else timedelta(0)


def _goes_on(last: Sequence[gateways.WireFailure | str]) -> bool:
    """Whether another gateway may be tried: this one certainly did not let it go."""
    elsewhere = gateways.Unreachable | gateways.Throttled | gateways.Misconfigured
    return all(isinstance(failure, elsewhere | str) for failure in last)


def _country_of(number: str) -> str:
    """The country of a number that came without; nowhere for one that nobody has."""
    try:
        return read_phone(number).region
    except UnusableAddress:
        return _NOWHERE


def _pause(handling: Handling) -> timedelta:
    return pause_after(handling.message.fence)


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts."""
    return PAUSES[min(attempts, len(PAUSES)) - 1]
