"""Rules are pure: who asks for what, in; limits as data, out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sparekey import guard
from sparekey.guard import Allowance, Asked
from sparekey.guard.model import Cap, CapClass, InFlight, Limit, Rate, Silence
from sparekey.guard.rules import countries, networks, prefixes, sends, tests, typed
from sparekey.guard.service import RULES
from tests.world import policy

NOBODY = Asked(brand_id=1, allowance=Allowance.STRANGER)
BOB = replace(
    NOBODY,
    networks=(b"/64", b"/48"),
    typed_key=b"typed",
    account_key=b"account",
    address_key=b"address",
    prefix_key=b"prefix",
    country="GB",
    allowed_countries=frozenset({"GB"}),
)


def test_every_rule_is_a_file():
    assert set(RULES.all()) >= {"countries", "networks", "prefixes", "sends", "tests", "typed"}


def test_of_nobody_there_is_nothing_to_limit():
    for rule in RULES.all().values():
        assert list(rule.limits(NOBODY)) == []


@pytest.mark.parametrize(
    ("country", "allowed", "is_silenced"),
    [
        ("GB", frozenset({"GB"}), False),
        ("NO", frozenset({"GB"}), True),
        ("GB", frozenset[str](), True),
        ("NO", None, False),
        (None, frozenset({"GB"}), False),
    ],
)
def test_only_listed_countries_are_texted(
    country: str | None, allowed: frozenset[str] | None, *, is_silenced: bool
):
    asked = replace(NOBODY, country=country, allowed_countries=allowed)

    assert [Silence("country")] * is_silenced == list(countries.limits(asked))
    assert guard.limits(asked).is_silenced == is_silenced


def test_a_wider_network_may_ask_four_times_as_often():
    narrow, wide = networks.limits(BOB)

    assert narrow == Rate(b"/64", timedelta(seconds=10), 60)
    assert wide == Rate(b"/48", timedelta(seconds=2.5), 240)


def test_strangers_share_what_an_address_and_an_account_may_be_sent():
    account, address = sends.limits(BOB)

    assert account == Cap(b"account", 1, ((1, 60), (3, 600), (5, 86_400)))
    assert address == Cap(b"address", 1, ((1, 60), (3, 600), (5, 86_400)))


@pytest.mark.parametrize(
    ("door", "rules"),
    [
        (Allowance.KNOWN_BROWSER, ((3, 86_400),)),
        (Allowance.TEXT, ((3, 86_400), (12, 30 * 86_400))),
        (Allowance.AGENT, ((3, 86_400),)),
    ],
)
def test_the_owners_doors_have_allowances_that_strangers_cannot_spend(
    door: Allowance, rules: tuple[tuple[int, int], ...]
):
    asked = replace(BOB, allowance=door)

    assert list(sends.limits(asked)) == [Cap(b"account", door, rules)]
    assert list(typed.limits(asked)) == []


def test_words_use_up_no_codes_and_strangers_words_not_the_owners():
    def of_words(door: Allowance) -> list[Limit]:
        return list(sends.limits(replace(BOB, allowance=door, is_words=True)))

    def twice(cap_class: CapClass) -> list[Limit]:
        rules = ((3, 600), (5, 86_400))
        return [Cap(b"account", cap_class, rules), Cap(b"address", cap_class, rules)]

    assert of_words(Allowance.STRANGER) == twice(CapClass.WORDS)
    assert of_words(Allowance.KNOWN_BROWSER) == twice(CapClass.WORDS_KNOWN)
    assert of_words(Allowance.TEXT) == twice(CapClass.WORDS_BY_TEXT)


def test_a_prefix_counts_only_where_sql_finds_the_number_unproven():
    assert list(prefixes.limits(BOB)) == [InFlight(b"prefix", ((20, 86_400),))]


def test_caps_are_locked_in_one_order_for_all():
    first = replace(BOB, account_key=b"z", address_key=b"a")
    second = replace(BOB, account_key=b"a", address_key=b"z")

    assert guard.limits(first).cap_keys == guard.limits(second).cap_keys == [b"a", b"z"]


@pytest.mark.parametrize(
    ("accounts", "digits"),
    [(0, 8), (1_200_000, 8), (1_200_001, 9), (12_000_000, 9), (12_000_001, 10), (10**8, 10)],
)
def test_more_accounts_have_longer_codes(accounts: int, digits: int):
    assert guard.base_length(accounts) == digits


@pytest.mark.parametrize("accounts", [1, 1_200_000, 1_200_001, 12_000_000, 12_000_001])
def test_codes_begin_and_grow_as_the_model_of_the_budget_says(accounts: int):
    base = guard.base_length(accounts)
    heavy = guard.ladder(is_light=False, alphabet="digits", is_stranger=True, base=base)
    light = guard.ladder(is_light=True, alphabet="digits", is_stranger=True, base=base)

    assert tuple(10**length for length in heavy.lengths) == policy.ladder("recovery", accounts)
    assert tuple(10**length for length in light.lengths) == policy.ladder("second_factor", accounts)


def test_prices_are_rounded_against_the_guesser():
    heavy = guard.ladder(is_light=False, alphabet="digits", is_stranger=True)
    light = guard.ladder(is_light=True, alphabet="digits", is_stranger=True)
    letters = guard.ladder(is_light=False, alphabet="base32", is_stranger=True)

    assert (heavy.lengths, heavy.costs) == ((8, 10, 12), (10**7, 10**5, 10**3))
    assert (light.lengths, light.costs) == ((6, 8, 10), (10**7, 10**5, 10**3))
    assert letters.costs == (-(-(10**15) // 32**8),) * 3


@pytest.mark.parametrize(("at_least", "lengths"), [
    (0, (8, 10, 12)), (6, (8, 10, 12)), (9, (9, 10, 12)), (11, (11, 11, 12)), (12, (12, 12, 12)),
])  # fmt: skip
def test_a_wish_can_only_lengthen_a_code(at_least: int, lengths: tuple[int, ...]):
    made = guard.ladder(is_light=False, alphabet="digits", is_stranger=True, at_least=at_least)

    assert made.lengths == lengths


def test_strangers_meet_the_deployments_limits_before_owners_do():
    stranger = guard.ladder(is_light=False, alphabet="digits", is_stranger=True)
    owner = guard.ladder(is_light=False, alphabet="digits", is_stranger=False)

    assert all(
        mine < theirs or mine == theirs == max(owner.budget_room)
        for mine, theirs in zip(stranger.budget_room, owner.budget_room, strict=True)
    )
    assert stranger.room == owner.room


def test_a_brand_sends_ten_tests_at_once_and_then_one_in_five_minutes():
    asked = replace(NOBODY, test_key=b"tests")

    assert list(tests.limits(asked)) == [Rate(b"tests", timedelta(minutes=5), 10)]
