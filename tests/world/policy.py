"""The rules about guessing, in exact integers: what a wrong guess costs, what a challenge holds
before it is sent, what comes back, and who may cause a send. A reference model, without database,
clock or product code: `docs/decisions/0007-takeover-budget.md` has the proof of its bounds.

Times are microseconds, units are 1e-15 of a takeover, rounding always goes against the guesser.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from zlib import crc32

SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 24 * 60 * MINUTE
YEAR = 365 * DAY

HUNDREDTHS = {  # how much of a takeover a right code is, in percent
    "recovery": 100,
    "sign_in": 100,
    "approve": 100,
    "caller_check": 100,
    "second_factor": 1,
    "verify_address": 1,
}
CROCKFORD = 32**8
OWNERS_DOORS = ("known_browser", "text", "agent")
ALLOWANCES = {  # at most so many sends in any so long
    "stranger": ((1, MINUTE), (3, 10 * MINUTE), (5, DAY)),
    "light": ((1, MINUTE), (3, 10 * MINUTE), (5, DAY)),  # a stranger's, where a guess weighs less
    "reserve": ((1, DAY),),  # a stranger's last send of a day: a link
    "known_browser": ((3, DAY),),
    "text": ((3, DAY),),
    "agent": ((3, DAY),),
}


@dataclass(frozen=True, slots=True)
class Policy:
    """The numbers. `give_back` is a burst and a yearly refill, like the ledger's own."""

    burst: int = 450_000_000
    per_year: int = 450_000_000
    give_back: int = 50_000_000
    steps: tuple[int, int, int] = (50, 90, 100)
    text_percent: int = 10
    deployment_burst: int = 10**12
    deployment_per_year: int = 9 * 10**12
    deployment_shards: int = 64
    strangers_steps: tuple[int, int, int] = (50, 90, 100)
    owners_steps: tuple[int, int, int] = (90, 99, 100)
    accounts: int = 1
    most_ledgers: int = 8
    linger: int = 6 * MINUTE  # how long after expiry a hold may still be counted
    overlap: int = 2 * MINUTE  # how long the earlier code lives beside its fallback


def cost(purpose: str, size: int) -> int:
    """Units of one wrong guess at one live code."""
    return -(-HUNDREDTHS[purpose] * 10**13 // size)


def ladder(purpose: str, accounts: int) -> tuple[int, int, int]:
    """Code sizes from the shortest: large deployments begin higher, weak purposes lower."""
    if HUNDREDTHS[purpose] == 1:
        return 10**6, 10**8, 10**10
    if accounts > 12_000_000:
        return 10**10, 10**12, 10**12
    return (10**9 if accounts > 1_200_000 else 10**8), 10**10, 10**12


@dataclass(slots=True)
class Ledger:
    """A bucket kept as one timestamp, the holds on it, and a bucket for what comes back."""

    burst: int
    per_year: int
    give_back: int | None  # None: a success returns all of its own wrong guesses
    charged_until: int = 0
    returned_until: int = 0
    holds: Counter[int] = field(default_factory=Counter[int])  # units by expiry
    text_holds: Counter[int] = field(default_factory=Counter[int])

    def used(self, at: int) -> int:
        return _units(self.charged_until - at, self.per_year)

    def held(self, at: int, linger: int = 0) -> int:
        return _total(self.holds, at - linger)

    def held_by_text(self, at: int, linger: int = 0) -> int:
        return _total(self.text_holds, at - linger)

    def hold(self, units: int, expires_at: int, *, by_text: bool) -> None:
        self.holds[expires_at] += units
        if by_text:
            self.text_holds[expires_at] += units

    def charge(self, units: int, at: int) -> None:
        self.charged_until = max(self.charged_until, at) + _span(units, self.per_year)

    def return_wrong_guesses(self, units: int, at: int) -> None:
        if self.give_back is not None:
            units = min(units, self.give_back - _units(self.returned_until - at, self.give_back))
            self.returned_until = max(self.returned_until, at) + _span(units, self.give_back)
        self.charged_until -= units * YEAR // self.per_year


@dataclass(frozen=True, slots=True)
class Start:
    """A request for a challenge. `ledgers` names every account and address a right code opens.

    `account` names the shard and the allowance; `opens` the accounts whose challenges a success
    closes, where they are others; `address` has an allowance of its own for strangers' sends.
    """

    account: str
    ledgers: tuple[str, ...]
    purpose: str = "recovery"
    door: str | None = None  # None: no send allowance counts (the bounds must not need one)
    by_text: bool = False
    attempts: int = 3
    ttl: int = 10 * MINUTE
    at_least: int = 1  # the caller may ask for a larger code, never for a smaller one
    opens: tuple[str, ...] = ()
    address: str | None = None

    @property
    def accounts(self) -> tuple[str, ...]:
        return self.opens or (self.account,)


@dataclass(slots=True)
class Challenge:
    start: Start
    size: int | None  # None: no code fits; a link, or the word to text
    expires_at: int
    checks_left: int
    closings: list[int]  # counts, not times: two clocks cannot disagree about what was earlier
    is_decoy: bool = False
    state: str = "pending"
    held: int = 0  # in each of its ledgers
    wrong: int = 0  # units charged for wrong guesses at this handle
    earlier_until: int = 0  # the code before the fallback lives until then

    def live_codes(self, at: int) -> int:
        return 0 if self.size is None else 1 + (at < self.earlier_until)


class Books:
    """All ledgers of a deployment, and the verbs that touch them."""

    def __init__(self, policy: Policy | None = None) -> None:
        self.policy = policy or Policy()
        self.ledgers: dict[str, Ledger] = {}
        self.shards: dict[int, Ledger] = {}
        self.sent: dict[tuple[str, str], list[int]] = {}
        self.closings: Counter[tuple[str, str]] = Counter()  # of an account, by purpose

    def sizes(self, start: Start, at: int) -> list[int | None]:
        """The code sizes an implementation may choose: how long holds linger is its own affair."""
        return [self._size(start, at, linger=0), self._size(start, at, linger=self.policy.linger)]

    def start(
        self, start: Start, at: int, *, size: int | None = 0, for_nobody: bool = False
    ) -> Challenge:
        """Decide the money once and for all; `size` follows an implementation's own choice."""
        admitted = self._send(start, at) and not for_nobody
        if size == 0:
            size = self._size(start, at, linger=0)
        challenge = Challenge(
            start,
            size,
            at + start.ttl,
            start.attempts,
            self._closings(start),
            not admitted,
        )
        if admitted and size is not None:
            self._hold(challenge, start.attempts * cost(start.purpose, size))
        return challenge

    def check(self, challenge: Challenge, at: int, *, right: bool) -> str:
        """Evaluate a guess. Nothing here asks what is left in a ledger."""
        state = self.state(challenge, at)
        if state != "pending":
            return state
        if right and not challenge.is_decoy:
            self._approve(challenge, at)
            return "approved"
        challenge.checks_left -= 1
        self._charge(challenge, at)
        if challenge.checks_left == 0:
            self._end(challenge, "exhausted")
        return "wrong_code"

    def state(self, challenge: Challenge, at: int) -> str:
        if challenge.state != "pending":
            return challenge.state
        if challenge.closings != self._closings(challenge.start):
            return "cancelled"
        return "pending" if at < challenge.expires_at else "expired"

    def resend(self, challenge: Challenge, at: int, *, size: int | None = None) -> bool:
        """A fresh code at the same handle: the counters stay, the holds move with the expiry.

        An implementation may choose a larger `size`, which can only hold less.
        """
        if self.state(challenge, at) != "pending" or not self._send(challenge.start, at):
            return False
        self._move_hold(challenge, at + challenge.start.ttl)
        challenge.earlier_until = at
        if size is not None and challenge.size is not None:
            challenge.size = max(size, challenge.size)
            if not challenge.is_decoy:
                price = cost(challenge.start.purpose, challenge.size)
                self._hold(challenge, challenge.checks_left * price - challenge.held)
        return True

    def fall_back(self, challenge: Challenge, at: int) -> bool:
        """A fresh code by another channel; the earlier one lives on if a second hold fits."""
        if not self.resend(challenge, at):
            return False
        if challenge.size is not None and not challenge.is_decoy:
            price = cost(challenge.start.purpose, challenge.size)
            more = max(0, 2 * challenge.checks_left * price - challenge.held)
            if self._fits(challenge.start, more, at, rung=2, linger=0):
                self._hold(challenge, more)
                challenge.earlier_until = at + self.policy.overlap
        return True

    def cancel(self, challenge: Challenge, at: int) -> None:
        if self.state(challenge, at) == "pending":
            self._end(challenge, "cancelled")

    def change_password(self, account: str) -> None:
        """By whatever door: every challenge issued before is dead."""
        for purpose in HUNDREDTHS:
            self.closings[account, purpose] += 1

    def may_send(self, account: str, door: str, at: int, *, address: str | None = None) -> bool:
        """Admit and remember a send, or neither: a refused one uses nothing up."""
        subjects = [account] if address is None or door in OWNERS_DOORS else [account, address]
        sent = [self.sent.setdefault((subject, door), []) for subject in subjects]
        for times in sent:
            for most, window in ALLOWANCES[door]:
                if sum(time > at - window for time in times) >= most:
                    return False
        for times in sent:
            times.append(at)
            del times[:-5]
        return True

    def shard_of(self, account: str) -> int:
        """Which part of the deployment's budget pays for an account."""
        return crc32(account.encode()) % self.policy.deployment_shards

    def books_of(self, start: Start) -> list[Ledger]:
        """The ledgers of accounts and addresses, and last the shard of the deployment."""
        policy, shards = self.policy, self.policy.deployment_shards
        for key in start.ledgers:
            if key not in self.ledgers:
                self.ledgers[key] = Ledger(policy.burst, policy.per_year, policy.give_back)
        shard = self.shard_of(start.account)
        if shard not in self.shards:
            burst, per_year = policy.deployment_burst, policy.deployment_per_year
            self.shards[shard] = Ledger(burst // shards, per_year // shards, give_back=None)
        return [*(self.ledgers[key] for key in start.ledgers), self.shards[shard]]

    def _size(self, start: Start, at: int, *, linger: int) -> int | None:
        if len(start.ledgers) > self.policy.most_ledgers:
            return None
        for rung, rung_size in enumerate(ladder(start.purpose, self.policy.accounts)):
            size = max(rung_size, start.at_least)
            units = start.attempts * cost(start.purpose, size)
            if self._fits(start, units, at, rung=rung, linger=linger):
                return size
        return None

    def _fits(self, start: Start, units: int, at: int, *, rung: int, linger: int) -> bool:
        policy = self.policy
        *own, shard = self.books_of(start)
        shard_steps = policy.owners_steps if start.door in OWNERS_DOORS else policy.strangers_steps
        limits = [(ledger, policy.steps[rung]) for ledger in own] + [(shard, shard_steps[rung])]
        return all(
            100 * (ledger.used(at) + ledger.held(at, linger) + units) <= percent * ledger.burst
            for ledger, percent in limits
        ) and not (start.by_text and self._is_too_much_text(own, units, at, linger))

    def _is_too_much_text(
        self, ledgers: Iterable[Ledger], units: int, at: int, linger: int
    ) -> bool:
        percent = self.policy.text_percent
        return any(
            100 * (ledger.held_by_text(at, linger) + units) > percent * ledger.burst
            for ledger in ledgers
        )

    def _hold(self, challenge: Challenge, units: int) -> None:
        challenge.held += units
        for ledger in self.books_of(challenge.start):
            ledger.hold(units, challenge.expires_at, by_text=challenge.start.by_text)

    def _move_hold(self, challenge: Challenge, expires_at: int) -> None:
        held = challenge.held
        self._hold(challenge, -held)
        challenge.expires_at = expires_at
        self._hold(challenge, held)

    def _charge(self, challenge: Challenge, at: int) -> None:
        if challenge.is_decoy or challenge.size is None:
            return
        units = cost(challenge.start.purpose, challenge.size) * challenge.live_codes(at)
        challenge.wrong += units
        self._hold(challenge, -units)
        for ledger in self.books_of(challenge.start):
            ledger.charge(units, at)

    def _approve(self, challenge: Challenge, at: int) -> None:
        self._end(challenge, "approved")
        for account in challenge.start.accounts:
            self.closings[account, challenge.start.purpose] += 1
        if not challenge.start.by_text:
            for ledger in self.books_of(challenge.start):
                ledger.return_wrong_guesses(challenge.wrong, at)

    def _end(self, challenge: Challenge, state: str) -> None:
        self._hold(challenge, -challenge.held)
        challenge.state = state

    def _send(self, start: Start, at: int) -> bool:
        return start.door is None or self.may_send(
            start.account, start.door, at, address=start.address
        )

    def _closings(self, start: Start) -> list[int]:
        return [self.closings[account, start.purpose] for account in start.accounts]


def _units(microseconds: int, per_year: int) -> int:
    return -(-max(0, microseconds) * per_year // YEAR)


def _span(units: int, per_year: int) -> int:
    return -(-units * YEAR // per_year)


def _total(holds: Counter[int], after: int) -> int:
    for expires_at in [e for e, units in holds.items() if not units or e <= after - DAY]:
        del holds[expires_at]
    return sum(units for expires_at, units in holds.items() if expires_at > after)
