"""How a brand's messages are to find their way: order, conditions, senders, prices, budgets, stops.

Every process follows within five seconds; prices within a minute.
"""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from weakref import WeakKeyDictionary

from sparekey.brands import Brand
from sparekey.db import Db, Executor
from sparekey.gateways import store
from sparekey.gateways.choose import Route
from sparekey.gateways.model import Gateway
from sparekey.gateways.money import Budget, Terms, named
from sparekey.gateways.senders import SenderRule, unusable
from sparekey.gateways.service.configuring import of_brand
from sparekey.kit.cache import Cache
from sparekey.kit.problem import Problem

_CACHED_SECONDS = 5.0
_CACHED_BRANDS = 1000
_COUNTRY = re.compile(r"[A-Z]{2}")
_PREFIX = re.compile(r"[0-9]{1,15}")
_WORD = re.compile(r"[a-z][a-z0-9_]{0,63}")
_CURRENCY = re.compile(r"[A-Z]{3}")

_terms: "WeakKeyDictionary[Db, Cache[int, Terms]]" = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Network:
    """Everything of a brand that decides on the way of its messages, as it is at a moment."""

    gateways: Sequence[Gateway]
    routes: Mapping[tuple[UUID, str], Route]
    senders: Sequence[SenderRule]
    budgets: Mapping[str, Budget]
    terms: Terms
    stops: frozenset[str]

    def routes_of(self, channel: str) -> list[Route]:
        """The routes of a channel through gateways that are on, the oldest gateway first."""
        return [
            self.routes.get((gateway.id, channel)) or Route(gateway.id)
            for gateway in self.gateways
            if gateway.carries(channel)
        ]

    def gateway(self, id: UUID) -> Gateway:
        """One of them; LookupError when it is none."""
        for gateway in self.gateways:
            if gateway.id == id:
                return gateway
        raise LookupError("no such gateway of this brand")


async def network(on: Executor, brand_id: int) -> Network:
    """A brand's network as it is now."""
    rows = await store.ROUTES.all(on, brand=brand_id)
    return Network(
        gateways=await of_brand(on, brand_id),
        routes={(row.gateway_id, row.channel): row.route() for row in rows},
        senders=[row.rule() for row in await store.SENDERS.all(on, brand=brand_id)],
        budgets=named(await store.BUDGETS.all(on, brand=brand_id)),
        terms=await terms(on, brand_id),
        stops=frozenset(await store.STOPS.all(on, brand=brand_id)),
    )


@dataclass(frozen=True, slots=True)
class RouteWish:
    """How one gateway is to be used for a channel; None leaves as it is, an empty list lifts."""

    place: int | None = None
    weight: int | None = None
    countries: Sequence[str] | None = None
    prefixes: Sequence[str] | None = None
    purposes: Sequence[str] | None = None


async def route(on: Executor, brand: Brand, name: str, channel: str, wish: RouteWish) -> None:
    """Use a gateway like this; Problem 422 for what cannot be, 404 without such a gateway."""
    for number in (wish.place, wish.weight):
        _require(number is None or 1 <= number <= 1000, "A place and a weight take 1 to 1000.")
    _require_all(wish.countries, _COUNTRY, "A country takes two letters such as GB.")
    _require_all(wish.prefixes, _PREFIX, "A prefix takes digits such as 4477.")
    _require_all(wish.purposes, _WORD, "A purpose takes a word such as recovery.")
    done = await store.ROUTE.run(
        on,
        brand=brand.id,
        name=name,
        channel=channel,
        place=wish.place,
        weight=wish.weight,
        countries=_listed(wish.countries),
        prefixes=_listed(wish.prefixes),
        purposes=_listed(wish.purposes),
    )
    if not done:
        raise _unknown(f"{brand.slug} has no gateway {name} for {channel}.")


async def pace(on: Executor, brand: Brand, name: str, per_second: int | None) -> None:
    """Hand over at most so many messages a second in each process; None: as fast as it goes."""
    _require(per_second is None or 1 <= per_second <= 10_000, "A pace takes 1 to 10000 a second.")
    if not await store.PACE.run(on, brand=brand.id, name=name, per_second=per_second):
        raise _unknown(f"{brand.slug} has no gateway {name}.")


async def heard(
    on: Executor, *, ids: Sequence[UUID], reports: Sequence[int], sent_enough: Sequence[bool]
) -> None:
    """So many of what gateways were given lately was reported on; silent ones come last."""
    await store.HEARD.run(on, ids=ids, reports=reports, sent_enough=sent_enough)


# --- senders ------------------------------------------------------------------------------------


async def put_sender(
    on: Executor,
    brand: Brand,
    *,
    channel: str,
    country: str,
    sender: str,
    can_reply: bool = False,
    gateway: str | None = None,
) -> None:
    """Send to a country from this number, short code or name; Problem 422 for what cannot be."""
    _require_country(country)
    why = unusable(channel, country, sender, can_reply=can_reply)
    _require(why is None, why or "")
    await store.PUT_SENDER.run(
        on,
        brand=brand.id,
        gateway=await _id_of(on, brand, gateway),
        channel=channel,
        country=country,
        sender=sender,
        can_reply=can_reply,
    )


async def remove_sender(
    on: Executor, brand: Brand, *, channel: str, country: str, gateway: str | None = None
) -> bool:
    """Forget a rule; False when there is none."""
    gateway_id = await _id_of(on, brand, gateway)
    return bool(
        await store.DELETE_SENDER.run(
            on, brand=brand.id, gateway=gateway_id, channel=channel, country=country
        )
    )


# --- stops --------------------------------------------------------------------------------------


async def stop(on: Executor, brand: Brand, template: str, *, at: datetime) -> None:
    """Send nothing of a template until `lift`; what waits fails with `stopped`."""
    _require(_WORD.fullmatch(template) is not None, "A template is a name such as recovery_code.")
    await store.STOP.run(on, brand=brand.id, template=template, at=at)


async def lift(on: Executor, brand: Brand, template: str) -> bool:
    """Send it again; False when it was not stopped."""
    return bool(await store.LIFT.run(on, brand=brand.id, template=template))


# --- money --------------------------------------------------------------------------------------


async def put_prices(db: Db, brand: Brand, name: str, prices: Mapping[str, int]) -> None:
    """Replace a gateway's price table, whole."""
    gateway_id = await _id_of(db, brand, name)
    async with db.transaction() as tx:
        await store.CLEAR_PRICES.run(tx, gateway=gateway_id)
        await store.PUT_PRICES.run(
            tx, gateway=gateway_id, prefixes=list(prices), micros=list(prices.values())
        )


async def prices_of(on: Executor, gateway_id: UUID) -> dict[str, int]:
    """What one part costs, by prefix."""
    return {row.prefix: row.micros for row in await store.PRICES.all(on, gateway=gateway_id)}


async def put_budget(on: Executor, brand: Brand, budget: Budget) -> None:
    """Spend no more than this in a day; Problem 422 for what cannot be."""
    _require_country(budget.country)
    _require(0 <= budget.reserve <= budget.per_day, "The reserve is a part of the budget.")
    await store.PUT_BUDGET.run(
        on,
        brand=brand.id,
        country=budget.country,
        per_day=budget.per_day,
        reserve=budget.reserve,
    )


async def remove_budget(on: Executor, brand: Brand, country: str) -> bool:
    """Spend without a limit; False when there was none."""
    return bool(await store.DELETE_BUDGET.run(on, brand=brand.id, country=country))


async def terms(on: Executor, brand_id: int) -> Terms:
    """In which money the brand counts, and how soon its next channel is tried."""
    return await store.TERMS.maybe(on, brand=brand_id) or Terms()


async def current_terms(on: Executor, brand_id: int) -> Terms:
    """As `terms`, at most five seconds old: for what happens at every start."""
    cache = _terms.get(on.home)
    if cache is None:
        cache = _terms[on.home] = Cache(size=_CACHED_BRANDS, seconds=_CACHED_SECONDS)
    now = time.monotonic()
    found = cache.get(brand_id, now)
    if found is None:
        found = await terms(on, brand_id)
        cache.put(brand_id, found, now)
    return found


async def put_terms(on: Executor, brand: Brand, wanted: Terms) -> None:
    """Count in this money and fall back this soon; Problem 422 for what cannot be."""
    _require(_CURRENCY.fullmatch(wanted.currency) is not None, "A currency is a word such as EUR.")
    _require(0 <= wanted.fall_back_seconds <= 600, "Falling back takes 0 (never) to 600 seconds.")
    await store.PUT_TERMS.run(
        on,
        brand=brand.id,
        currency=wanted.currency,
        fall_back_seconds=wanted.fall_back_seconds,
    )


async def _id_of(on: Executor, brand: Brand, name: str | None) -> UUID | None:
    if name is None:
        return None
    for gateway in await of_brand(on, brand.id):
        if gateway.name == name:
            return gateway.id
    raise _unknown(f"{brand.slug} has no gateway {name}.")


def _listed(words: Sequence[str] | None) -> list[str] | None:
    return None if words is None else sorted(set(words))


def _require_country(country: str) -> None:
    _require(
        country == "*" or _COUNTRY.fullmatch(country) is not None,
        "A country takes two letters such as GB, or * for any other.",
    )


def _require_all(words: Sequence[str] | None, form: re.Pattern[str], otherwise: str) -> None:
    _require(all(form.fullmatch(word) for word in words or ()), otherwise)


def _require(is_right: bool, otherwise: str) -> None:
    if not is_right:
        raise Problem("gateway.unusable", 422, otherwise)


def _unknown(detail: str) -> Problem:
    return Problem("gateway.unknown", 404, detail)
