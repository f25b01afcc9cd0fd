"""Choosing is a pure function: whatever the facts are, these hold."""

import random
from collections import Counter
from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from sparekey.gateways.choose import Fact, Route, Wanted, longest_prefix, order

_IDS = [UUID(int=number) for number in range(1, 8)]
_countries = st.lists(st.sampled_from(["GB", "US", "DE"]), max_size=2).map(tuple)
_prefixes = st.lists(st.sampled_from(["44", "447", "1", "49"]), max_size=2).map(tuple)
_purposes = st.lists(st.sampled_from(["recovery", "sign_in"]), max_size=2).map(tuple)
_waits = st.integers(0, 2).map(lambda seconds: timedelta(seconds=seconds))


@st.composite
def _routes(draw: st.DrawFn) -> list[Route]:
    ids = draw(st.lists(st.sampled_from(_IDS), unique=True))
    return [
        Route(
            gateway,
            place=draw(st.none() | st.integers(1, 3)),
            weight=draw(st.integers(1, 1000)),
            countries=draw(_countries),
            prefixes=draw(_prefixes),
            purposes=draw(_purposes),
        )
        for gateway in ids
    ]


_wanted = st.builds(
    Wanted,
    channel=st.just("sms"),
    to=st.sampled_from(["+447400123456", "+12025550123", "+4915112345678"]),
    country=st.sampled_from(["GB", "US", "DE"]),
    purpose=st.sampled_from(["recovery", "sign_in", "approve"]),
    template=st.just("recovery_code"),
    is_urgent=st.booleans(),
    attempt=st.integers(1, 9),
)
_facts = st.dictionaries(st.sampled_from(_IDS), st.builds(Fact, _waits, st.booleans()))


def _fits(route: Route, wanted: Wanted) -> bool:
    """The conditions once more, told apart."""
    if route.countries and wanted.country not in route.countries:
        return False
    if route.prefixes and not any(wanted.to.startswith(f"+{one}") for one in route.prefixes):
        return False
    return not route.purposes or wanted.purpose in route.purposes


@given(_routes(), _wanted, _facts, st.randoms(use_true_random=False))
def test_whatever_is_chosen_fits_takes_messages_now_and_is_chosen_once(
    routes: list[Route], wanted: Wanted, facts: dict[UUID, Fact], draw: random.Random
):
    found = order(routes, wanted, facts, draw.random)
    fitting = {route.gateway for route in routes if _fits(route, wanted)}
    ready = {one for one in fitting if not facts.get(one, Fact()).wait}

    assert set(found.gateways) == ready
    assert len(set(found.gateways)) == len(found.gateways)
    if ready or not fitting:
        assert found.wait is None
    else:
        assert found.wait == min(facts[one].wait for one in fitting)


@given(_routes(), _wanted, _facts, st.randoms(use_true_random=False))
def test_the_first_attempt_goes_by_place_and_silent_gateways_come_last(
    routes: list[Route], wanted: Wanted, facts: dict[UUID, Fact], draw: random.Random
):
    first = Wanted("sms", wanted.to, wanted.country, wanted.purpose, "recovery_code", True)
    found = order(routes, first, facts, draw.random).gateways
    place = {
        route.gateway: (
            facts.get(route.gateway, Fact()).is_silent,
            route.place is None,
            route.place or number,
        )
        for number, route in enumerate(routes)
    }

    assert [place[one] for one in found] == sorted(place[one] for one in found)


@given(_routes(), _wanted, st.randoms(use_true_random=False))
def test_every_gateway_is_the_first_at_some_attempt(
    routes: list[Route], wanted: Wanted, draw: random.Random
):
    placed = [Route(route.gateway, place=n + 1) for n, route in enumerate(routes)]
    begun = [
        order(placed, Wanted("sms", wanted.to, "GB", "recovery", "x", True, n), {}, draw.random)
        for n in range(1, len(placed) + 1)
    ]

    assert [one.gateways[0] for one in begun] == [route.gateway for route in placed]


def test_gateways_of_one_place_share_by_weight():
    routes = [Route(_IDS[0], 1, 7), Route(_IDS[1], 1, 3), Route(_IDS[2], 2, 1000)]
    wanted = Wanted("sms", "+447400123456", "GB", "recovery", "recovery_code", is_urgent=True)
    drawn = random.Random(1)
    firsts = Counter(order(routes, wanted, {}, drawn.random).gateways[0] for _ in range(10_000))

    assert 6_800 < firsts[_IDS[0]] < 7_200
    assert firsts[_IDS[0]] + firsts[_IDS[1]] == 10_000


@given(st.dictionaries(st.text("0147", max_size=4), st.integers(0, 9)), st.text("0147", max_size=6))
def test_the_longest_prefix_has_the_price(prices: dict[str, int], digits: str):
    fitting = [prefix for prefix in prices if digits.startswith(prefix)]

    assert longest_prefix(prices, digits) == (prices[max(fitting, key=len)] if fitting else None)
