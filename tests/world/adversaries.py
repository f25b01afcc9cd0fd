"""An arena that keeps count of every evaluated guess, and the adversaries who play in it against
the reference model of the takeover budget. Each actor yields the time at which it next acts.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from heapq import heapify, heapreplace
from random import Random
from typing import Any

from tests.world.policy import (
    DAY,
    HUNDREDTHS,
    MINUTE,
    SECOND,
    YEAR,
    Books,
    Challenge,
    Start,
    cost,
)

ONE_IN_A_MILLION = 10**9  # units of 1e-15
EIGHT_DIGITS, TEN_DIGITS, TWELVE_DIGITS = 10_000_000, 100_000, 1_000  # one guess each
HOUR = 60 * MINUTE
ALICE = Start("alice", ("alice", "alice's phone"))
Actor = Iterator[int]


class Arena:
    """Books being attacked, and an account of every guess that they evaluated."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.guesses: list[tuple[int, int, Challenge]] = []
        self.owner_refused = 0
        self.owner_without_code = 0

    def start(self, at: int, start: Start = ALICE, **changes: Any) -> Challenge:
        return self.books.start(replace(start, **changes), at)

    def guess(self, challenge: Challenge, at: int) -> bool:
        """Guess wrong; true as long as it was looked at."""
        live = challenge.live_codes(at)
        if self.books.check(challenge, at, right=False) != "wrong_code":
            return False
        if challenge.size is not None and not challenge.is_decoy:
            parts = HUNDREDTHS[challenge.start.purpose] * 10**13 * live
            self.guesses.append((at, -(-parts // challenge.size), challenge))
        return True

    def burn(self, at: int, start: Start = ALICE, *, cheapest: int = TEN_DIGITS) -> bool:
        """Use up one challenge, unless its guesses would be too cheap to be worth the time."""
        size = self.books.sizes(start, at)[0]
        if size is None or cost(start.purpose, size) < cheapest:
            return False
        challenge = self.start(at, start)
        while self.guess(challenge, at):
            pass
        return True

    def drain(self, at: int, start: Start = ALICE, *, cheapest: int = TEN_DIGITS) -> None:
        while self.burn(at, start, cheapest=cheapest):
            pass

    def owner_types(self, challenge: Challenge, at: int, *, typos: int) -> None:
        for _ in range(typos):
            self.guess(challenge, at)
        self.owner_without_code += challenge.size is None
        self.owner_refused += self.books.check(challenge, at + 1, right=True) != "approved"

    def worst_year(self, ledger: str) -> int:
        return worst_year([(at, u) for at, u, c in self.guesses if ledger in c.start.ledgers])

    def worst_year_of_the_deployment(self) -> int:
        """Whoever typed the right code by a page was no guesser; by text anybody may have typed."""
        return worst_year(
            [(at, u) for at, u, c in self.guesses if c.state != "approved" or c.start.by_text]
        )


def worst_year(guesses: list[tuple[int, int]]) -> int:
    """The largest sum of units in any closed window of 365 days."""
    guesses = sorted(guesses)
    worst = total = first = 0
    for at, units in guesses:
        total += units
        while guesses[first][0] < at - YEAR:
            total -= guesses[first][1]
            first += 1
        worst = max(worst, total)
    return worst


def play(arena: Arena, *actors: Actor) -> None:
    """Let each actor act whenever it said it would, in order of time."""
    queue = [(next(actor), n, actor) for n, actor in enumerate(actors)]
    heapify(queue)
    while queue[0][0] < 3 * YEAR:
        _, n, actor = queue[0]
        heapreplace(queue, (next(actor, 3 * YEAR), n, actor))


def the_owner(arena: Arena, random: Random, *, every: int, most_typos: int = 2) -> Actor:
    """Comes back again and again by a known browser, mistypes and then types the right code."""
    for at in range(HOUR, 2 * YEAR + DAY, every):
        yield at
        challenge = arena.start(at, door="known_browser")
        yield at + MINUTE
        arena.owner_types(challenge, at + MINUTE, typos=random.randint(0, most_typos))


def steady_drip(arena: Arena, random: Random) -> Actor:
    for at in range(0, 2 * YEAR, 5 * HOUR):
        yield at
        arena.burn(at)


def burst_then_wait(arena: Arena, random: Random) -> Actor:
    for at in range(0, 2 * YEAR, 73 * DAY):
        yield at
        arena.drain(at)


def purpose_hopping(arena: Arena, random: Random) -> Actor:
    for at in range(0, 2 * YEAR, 30 * DAY):
        for purpose in HUNDREDTHS:
            yield at
            arena.drain(at, replace(ALICE, purpose=purpose))


def parallel_handles(arena: Arena, random: Random) -> Actor:
    """Collects handles while the books look empty, then guesses at all of them at the last tick."""
    for at in range(0, 2 * YEAR, 60 * DAY):
        yield at
        handles: list[Challenge] = []
        while len(handles) < 800 and (handle := arena.start(at)).size in (10**8, 10**10):
            handles.append(handle)
        yield at + 10 * MINUTE - 1
        for handle in handles * 3:
            arena.guess(handle, at + 10 * MINUTE - 1)


def staggered_handles(arena: Arena, random: Random) -> Actor:
    """Collects handles in the last minutes of older ones, hoping that holds return too early."""
    yield 0
    arena.drain(0)
    handles: list[Challenge] = []
    for at in (YEAR - 10 * MINUTE, YEAR - 4 * MINUTE, YEAR - MINUTE):
        yield at
        while (handle := arena.start(at)).size in (10**8, 10**10):
            handles.append(handle)
    yield YEAR - 1
    for handle in handles * 3:
        arena.guess(handle, YEAR - 1)


def resent_handles(arena: Arena, random: Random) -> Actor:
    """Keeps handles alive by resending, past the first expiry, and collects more beside them."""
    yield 0
    arena.drain(0)
    handles: list[Challenge] = []
    for at in (YEAR - 18 * MINUTE, YEAR - 9 * MINUTE, YEAR - 7 * MINUTE):
        yield at
        for handle in handles:
            arena.books.resend(handle, at)
        while (handle := arena.start(at)).size in (10**8, 10**10):
            handles.append(handle)
    yield YEAR
    for handle in handles * 3:
        arena.guess(handle, YEAR)


def after_the_owners_success(arena: Arena, random: Random) -> Actor:
    for at in range(HOUR + 2 * MINUTE, 2 * YEAR, DAY):
        yield at
        arena.drain(at, cheapest=EIGHT_DIGITS)


def resend_loops(arena: Arena, random: Random) -> Actor:
    for at in range(0, 2 * YEAR, 7 * HOUR):
        yield at
        handle = arena.start(at)
        for n in range(12):
            arena.guess(handle, at + n * 9 * MINUTE)
            arena.books.resend(handle, at + n * 9 * MINUTE)


def two_live_codes(arena: Arena, random: Random) -> Actor:
    """Lets everything fall back to a second channel and guesses while both codes live."""
    for at in (0, YEAR, 2 * YEAR):
        if at != YEAR:
            yield at
            arena.drain(at)
            continue
        yield at
        handles = [arena.start(at) for _ in range(700)]
        for handle in handles:
            arena.books.fall_back(handle, at)
        for handle in handles * 3:
            arena.guess(handle, at)


def two_accounts_share_an_address(arena: Arena, random: Random) -> Actor:
    bob = Start("bob", ("bob", "alice's phone"))
    alone = Start("alice", ("alice",))
    for at in range(0, 2 * YEAR, 10 * DAY):
        for start in random.sample([ALICE, bob, alone], 3):
            yield at
            arena.drain(at, start)


def end_of_the_window(arena: Arena, random: Random) -> Actor:
    """Spends what may be given back first, then a year's refill, then all that is left at once."""
    for at in range(YEAR // 2, YEAR // 2 + YEAR, 5 * DAY):
        yield at
        if at == YEAR // 2:
            for _ in range(5):
                arena.owner_types(arena.start(at), at, typos=2)
        for _ in range(70):
            if arena.books.ledgers["alice"].used(at) > 410_000_000:
                break
            arena.owner_types(arena.start(at), at, typos=2)
        arena.drain(at)
    yield YEAR // 2 + YEAR
    arena.drain(YEAR // 2 + YEAR, cheapest=TWELVE_DIGITS)


def give_back_farming(arena: Arena, random: Random) -> Actor:
    """Mallory's own account shares the address: she mistypes twice and succeeds, all year."""
    mallory = Start("mallory", ("mallory", "alice's phone"))
    for at in range(0, 2 * YEAR, 6 * HOUR):
        yield at
        challenge = arena.start(at, mallory)
        for _ in range(2):
            arena.guess(challenge, at)
        arena.books.check(challenge, at, right=True)
        if at % YEAR > YEAR - DAY:
            arena.drain(at)


def text_exchange(arena: Arena, random: Random) -> Actor:
    """Sends texts from Alice's forged number into the exchange that Alice then completes."""
    for at in range(0, 2 * YEAR, 8 * HOUR):
        yield at
        challenge = arena.start(at, by_text=True)
        for _ in range(2):
            arena.guess(challenge, at)
        arena.books.check(challenge, at, right=True)


def guessing_beside_the_owner(arena: Arena, random: Random) -> Actor:
    """Keeps handles ready and guesses between the owner's start and the owner's right code."""
    for at in range(HOUR - MINUTE, 2 * YEAR, DAY):
        yield at
        handles = [arena.start(at) for _ in range(20)]
        yield at + MINUTE + 30 * SECOND
        for handle in handles * 3:
            arena.guess(handle, at + MINUTE + 30 * SECOND)


def anything(arena: Arena, random: Random) -> Actor:
    handles: list[Challenge] = []
    at = 0
    for _ in range(15_000):
        yield at
        at += random.choice((SECOND, MINUTE, 4 * MINUTE, HOUR, 12 * HOUR))
        start = replace(
            ALICE,
            purpose=random.choice(list(HUNDREDTHS)),
            door=random.choice((None, None, None, "stranger")),
            attempts=random.choice((1, 3, 5)),
            by_text=random.random() < 0.2,
        )
        handles = [*handles[-20:], arena.start(at, start)]
        handle = random.choice(handles)
        verb = random.choice((arena.books.resend, arena.books.fall_back, arena.books.cancel))
        verb(handle, at)
        for handle in random.choices(handles, k=6):
            arena.guess(handle, at)
        if random.random() < 0.1:
            arena.books.check(random.choice(handles), at, right=True)


def spray(arena: Arena, at: int, *, cheapest: int, **changes: Any) -> None:
    """Burn challenges of ever new accounts, until no shard gives a code that short."""
    misses = 0
    while misses < 50:
        name = f"account {len(arena.books.ledgers)}"
        is_burnt = arena.burn(at, Start(name, (name,), **changes), cheapest=cheapest)
        misses = 0 if is_burnt else misses + 1


def sprayer(arena: Arena, random: Random) -> Actor:
    for at in range(0, YEAR, 15 * DAY):
        yield at
        spray(arena, at, cheapest=EIGHT_DIGITS)
    yield YEAR
    spray(arena, YEAR, cheapest=TEN_DIGITS)


def forger_of_texts(arena: Arena, random: Random) -> Actor:
    """Guesses in the exchanges of many accounts' numbers, which their owners then complete."""
    for at in range(0, YEAR, 5 * DAY):
        yield at
        for n in range(250):
            name = f"forged {n}"
            challenge = arena.start(at, Start(name, (name,), by_text=True))
            arena.guess(challenge, at)
            arena.guess(challenge, at)
            arena.books.check(challenge, at, right=True)


Adversary = Callable[[Arena, Random], Actor]
ADVERSARIES: list[Adversary] = [
    steady_drip,
    burst_then_wait,
    purpose_hopping,
    parallel_handles,
    staggered_handles,
    resent_handles,
    after_the_owners_success,
    resend_loops,
    two_live_codes,
    two_accounts_share_an_address,
    end_of_the_window,
    give_back_farming,
    text_exchange,
    guessing_beside_the_owner,
    anything,
]
