"""The reference model of the takeover budget against its adversaries: over every window of 365
days all guesses evaluated at one account stay within 1e-6 of a takeover and those at the
deployment within 1e-2, and the owner's right code is taken. Broken models fail the same checks.
"""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from tests.world.adversaries import (
    ADVERSARIES,
    ALICE,
    EIGHT_DIGITS,
    HOUR,
    ONE_IN_A_MILLION,
    TEN_DIGITS,
    TWELVE_DIGITS,
    Actor,
    Adversary,
    Arena,
    after_the_owners_success,
    end_of_the_window,
    forger_of_texts,
    give_back_farming,
    guessing_beside_the_owner,
    parallel_handles,
    play,
    purpose_hopping,
    resent_handles,
    spray,
    sprayer,
    staggered_handles,
    the_owner,
    two_accounts_share_an_address,
    two_live_codes,
    worst_year,
)
from tests.world.policy import (
    CROCKFORD,
    DAY,
    MINUTE,
    SECOND,
    YEAR,
    Books,
    Challenge,
    Ledger,
    Policy,
    Start,
    cost,
    ladder,
)

FEW_SHARDS = Policy(deployment_burst=4 * 10**9, deployment_per_year=36 * 10**9, deployment_shards=4)
OF_FEW_SHARDS = 40 * 10**9


def attacked(books: Books, adversary: Adversary, *, owner_every: int) -> Arena:
    arena, random = Arena(books), Random(1)
    play(arena, adversary(arena, random), the_owner(arena, random, every=owner_every))
    return arena


def worst_of_all(arena: Arena) -> int:
    names = {name for _, _, challenge in arena.guesses for name in challenge.start.ledgers}
    return max(arena.worst_year(name) for name in names)


@pytest.mark.parametrize("adversary", ADVERSARIES, ids=lambda adversary: adversary.__name__)
@pytest.mark.parametrize("owner_every", [DAY, 7 * DAY], ids=["daily", "weekly"])
def test_no_adversary_gets_more_than_one_in_a_million(
    adversary: Adversary, owner_every: int
) -> None:
    arena = attacked(Books(), adversary, owner_every=owner_every)

    assert worst_of_all(arena) <= ONE_IN_A_MILLION
    assert arena.owner_refused == 0


def test_the_best_adversary_comes_within_a_thousandth_of_the_bound() -> None:
    arena = attacked(Books(), end_of_the_window, owner_every=3 * YEAR)

    assert worst_of_all(arena) > ONE_IN_A_MILLION * 999 // 1000


class ClearsOnSuccess(Books):
    def _approve(self, challenge: Challenge, at: int) -> None:
        super()._approve(challenge, at)
        for ledger in self.books_of(challenge.start):
            ledger.charged_until = 0


class LedgerPerPurpose(Books):
    def books_of(self, start: Start) -> list[Ledger]:
        names = tuple(f"{name} for {start.purpose}" for name in start.ledgers)
        return super().books_of(replace(start, ledgers=names))


class ForgetsTheAddress(Books):
    def books_of(self, start: Start) -> list[Ledger]:
        return super().books_of(replace(start, ledgers=start.ledgers[:1]))


class HoldsNothing(Books):
    def _hold(self, challenge: Challenge, units: int) -> None:
        pass


class ReturnsHoldsEarly(Books):
    def _size(self, start: Start, at: int, *, linger: int) -> int | None:
        return super()._size(start, at, linger=linger - 5 * MINUTE)


class ForgetsToMoveTheHold(Books):
    def _move_hold(self, challenge: Challenge, expires_at: int) -> None:
        challenge.expires_at = expires_at


class FallsBackWithoutAHold(Books):
    def fall_back(self, challenge: Challenge, at: int) -> bool:
        challenge.earlier_until = at + self.policy.overlap
        return True


def gives_everything_back() -> Books:
    return Books(Policy(give_back=10**15))


@pytest.mark.parametrize(
    ("broken", "adversary"),
    [
        (ClearsOnSuccess, after_the_owners_success),
        (LedgerPerPurpose, purpose_hopping),
        (ForgetsTheAddress, two_accounts_share_an_address),
        (HoldsNothing, parallel_handles),
        (ReturnsHoldsEarly, staggered_handles),
        (ForgetsToMoveTheHold, resent_handles),
        (FallsBackWithoutAHold, two_live_codes),
        (gives_everything_back, give_back_farming),
    ],
)
def test_a_broken_model_breaks_the_bound(broken: Callable[[], Books], adversary: Adversary) -> None:
    arena = attacked(broken(), adversary, owner_every=DAY)

    assert worst_of_all(arena) > ONE_IN_A_MILLION


def test_a_challenge_must_name_the_account_and_the_address_it_opens() -> None:
    arena = Arena(Books())
    for at in (0, YEAR):
        for name in ALICE.ledgers:
            arena.drain(at, replace(ALICE, ledgers=(name,)))

    at_alice = worst_year([(at, units) for at, units, _ in arena.guesses])
    assert worst_of_all(arena) <= ONE_IN_A_MILLION < at_alice


class RefusesAtCheck(HoldsNothing):
    def check(self, challenge: Challenge, at: int, *, right: bool) -> str:
        price = cost(challenge.start.purpose, challenge.size or 10**12)
        for ledger in self.books_of(challenge.start):
            if ledger.used(at) + price > ledger.burst:
                return "refused"
        return super().check(challenge, at, right=right)


def test_money_decided_at_check_keeps_the_bound_and_fails_the_owner() -> None:
    arena = attacked(RefusesAtCheck(), guessing_beside_the_owner, owner_every=DAY)

    assert worst_of_all(arena) <= ONE_IN_A_MILLION
    assert arena.owner_refused > 0


def busy_strangers(arena: Arena, random: Random) -> Actor:
    """All that anybody may start for one account, guessed at to the last attempt."""
    for at in range(0, 3 * YEAR, DAY):
        for n in range(5):
            yield at + n * 4 * MINUTE
            arena.burn(at + n * 4 * MINUTE, replace(ALICE, door="stranger"), cheapest=0)


def test_strangers_cannot_start_so_often_that_the_owner_gets_no_code() -> None:
    arena = attacked(Books(), busy_strangers, owner_every=DAY)

    assert worst_of_all(arena) <= ONE_IN_A_MILLION
    assert (arena.owner_refused, arena.owner_without_code) == (0, 0)


@pytest.mark.parametrize("adversary", [sprayer, forger_of_texts])
def test_the_deployment_keeps_its_own_bound(adversary: Adversary) -> None:
    arena = attacked(Books(FEW_SHARDS), adversary, owner_every=DAY)

    assert OF_FEW_SHARDS // 2 < arena.worst_year_of_the_deployment() <= OF_FEW_SHARDS
    assert arena.owner_refused == 0


class NoDeploymentBudget(Books):
    def books_of(self, start: Start) -> list[Ledger]:
        return [*super().books_of(start)[:-1], Ledger(10**18, 10**18, give_back=None)]


class ReturnsGuessesByText(Books):
    def _approve(self, challenge: Challenge, at: int) -> None:
        super()._approve(challenge, at)
        self.books_of(challenge.start)[-1].return_wrong_guesses(challenge.wrong, at)


def many_victims(arena: Arena, random: Random) -> Actor:
    yield 0
    for n in range(2000):
        arena.burn(0, Start(f"victim {n}", (f"victim {n}",)))


@pytest.mark.parametrize(
    ("broken", "adversary"),
    [(NoDeploymentBudget, many_victims), (ReturnsGuessesByText, forger_of_texts)],
)
def test_a_broken_deployment_breaks_its_bound(
    broken: Callable[[Policy], Books], adversary: Adversary
) -> None:
    arena = attacked(broken(FEW_SHARDS), adversary, owner_every=DAY)

    assert arena.worst_year_of_the_deployment() > OF_FEW_SHARDS


@pytest.mark.parametrize(
    ("owners_steps", "keeps_codes"), [((100, 100, 100), False), ((90, 99, 100), True)]
)
def test_owners_doors_must_lengthen_too_or_own_accounts_empty_the_deployment(
    owners_steps: tuple[int, int, int], keeps_codes: bool
) -> None:
    arena = Arena(Books(replace(FEW_SHARDS, owners_steps=owners_steps)))
    spray(arena, 0, cheapest=TEN_DIGITS)
    spray(arena, 0, cheapest=EIGHT_DIGITS, door="known_browser")
    spray(arena, 0, cheapest=TEN_DIGITS, door="known_browser")

    shards = arena.books.shards.values()
    left = min((shard.burst - shard.used(0)) // (3 * TWELVE_DIGITS) for shard in shards)
    assert left > 3_000 if keeps_codes else left < 100


def test_costs_are_exact_and_round_up() -> None:
    assert [cost("recovery", 10**n) for n in (8, 9, 10, 12)] == [10**7, 10**6, 10**5, 1000]
    assert [cost("second_factor", 10**n) for n in (6, 8, 10)] == [10**7, 10**5, 1000]
    assert (cost("recovery", CROCKFORD), cost("verify_address", CROCKFORD)) == (910, 10)


def test_large_deployments_begin_with_longer_codes() -> None:
    firsts = [ladder("recovery", n)[0] for n in (1_200_000, 1_200_001, 12_000_001)]

    assert firsts == [10**8, 10**9, 10**10]
    assert ladder("second_factor", 12_000_001)[0] == 10**6


def test_a_unit_drains_in_70_080_microseconds_and_all_in_a_year() -> None:
    ledger = Ledger(450_000_000, 450_000_000, give_back=50_000_000)
    ledger.charge(450_000_000, 0)

    assert [ledger.used(at) for at in (0, 70_079, 70_080)] == [450_000_000] * 2 + [449_999_999]
    assert (ledger.used(YEAR - 1), ledger.used(YEAR)) == (1, 0)


def test_holds_lengthen_codes_before_anything_was_guessed() -> None:
    books = Books()

    sizes = [books.start(ALICE, 0).size for _ in range(8)]

    assert sizes == [10**8] * 7 + [10**10]


def test_a_hold_stays_until_expiry_and_may_linger_six_minutes() -> None:
    books = Books()
    for _ in range(7):
        books.start(ALICE, 0)
    times = (10 * MINUTE - 1, 10 * MINUTE, 16 * MINUTE - 1, 16 * MINUTE)

    choices = [books.sizes(ALICE, at) for at in times]

    assert choices == [[10**10] * 2, [10**8, 10**10], [10**8, 10**10], [10**8] * 2]


def test_the_right_code_returns_the_hold_and_its_own_wrong_guesses() -> None:
    books = Books()
    first, other = books.start(ALICE, 0), books.start(ALICE, 0)

    answers = [books.check(first, SECOND, right=right) for right in (False, False, True)]

    ledger = books.ledgers["alice"]
    assert answers == ["wrong_code", "wrong_code", "approved"]
    assert (ledger.used(SECOND), ledger.held(SECOND)) == (0, other.held)
    assert books.check(first, SECOND, right=True) == "approved"  # says only what it is by now
    assert books.check(other, SECOND, right=True) == "cancelled"


def test_only_so_much_is_given_back() -> None:
    books = Books()
    for _ in range(4):
        challenge = books.start(ALICE, 0)
        for right in (False, False, True):
            books.check(challenge, 0, right=right)

    assert books.ledgers["alice"].used(0) == 30_000_000


def test_the_fourth_guess_is_not_looked_at_even_if_right() -> None:
    books = Books()
    challenge = books.start(ALICE, 0)
    for _ in range(3):
        books.check(challenge, 0, right=False)

    assert books.check(challenge, 0, right=True) == "exhausted"


def test_a_resend_keeps_the_counters_and_moves_the_hold() -> None:
    books = Books()
    challenge = books.start(ALICE, 0)
    books.check(challenge, 0, right=False)

    assert books.resend(challenge, 9 * MINUTE)
    assert (challenge.checks_left, challenge.expires_at) == (2, 19 * MINUTE)
    assert books.ledgers["alice"].held(19 * MINUTE - 1) == 20_000_000


def test_a_resend_may_lengthen_the_code_and_then_holds_less() -> None:
    books = Books()
    challenge = books.start(ALICE, 0)
    books.check(challenge, 0, right=False)
    books.resend(challenge, 0, size=10**10)
    books.check(challenge, 0, right=False)

    ledger = books.ledgers["alice"]
    assert (ledger.used(0), ledger.held(0)) == (10_100_000, 100_000)
    assert books.check(challenge, 0, right=True) == "approved"
    assert (ledger.used(0), ledger.held(0)) == (0, 0)


def test_guesses_cost_double_while_two_codes_live() -> None:
    books = Books()
    challenge = books.start(ALICE, 0)
    books.fall_back(challenge, 0)
    books.check(challenge, 2 * MINUTE - 1, right=False)
    books.check(challenge, 2 * MINUTE, right=False)

    assert challenge.wrong == 30_000_000


def test_guesses_by_text_hold_a_tenth_at_most() -> None:
    books = Books()

    starts = [books.start(replace(ALICE, by_text=True), 0) for _ in range(3000)]

    assert sum(start.held for start in starts) <= 45_000_000
    assert [starts[0].size, starts[1].size] == [10**8, 10**10]


def test_a_password_change_ends_every_challenge_of_the_account() -> None:
    books = Books()
    challenges = [books.start(replace(ALICE, purpose=p), 0) for p in ("recovery", "sign_in")]
    books.change_password("alice")
    later = books.start(ALICE, 0)

    assert [books.check(c, 0, right=True) for c in challenges] == ["cancelled"] * 2
    assert books.check(later, 0, right=True) == "approved"


def test_a_decoy_is_counted_never_right_and_never_charged() -> None:
    books = Books()
    stranger = replace(ALICE, door="stranger")
    books.start(stranger, 0)
    decoy = books.start(stranger, 59 * SECOND)

    answers = [books.check(decoy, MINUTE, right=right) for right in (True, False, True, True)]
    assert answers == ["wrong_code"] * 3 + ["exhausted"]
    assert (decoy.size, books.ledgers["alice"].used(MINUTE)) == (10**8, 0)


def test_more_ledgers_than_can_be_locked_carry_no_code() -> None:
    names = tuple(f"account {n}" for n in range(9))

    assert Books().start(Start("account 0", names), 0).size is None


def test_send_allowances_are_exact_and_apart_from_each_other() -> None:
    books = Books()

    def sends(*times: int, door: str) -> list[bool]:
        return [books.may_send("alice", door, at) for at in times]

    assert sends(0, MINUTE - 1, MINUTE, 2 * MINUTE, 10 * MINUTE - 1, door="stranger") == [
        *(True, False, True, True, False),
    ]
    assert sends(10 * MINUTE, HOUR, 2 * HOUR, DAY - 1, DAY, door="stranger") == [
        *(True, True, False, False, True),
    ]
    assert sends(0, 0, 0, 0, DAY, door="known_browser") == [True, True, True, False, True]
