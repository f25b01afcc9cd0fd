"""When a gateway is left alone for a while: a circuit breaker, and tokens that keep its pace.

Both are values of one process, moved by the clock that is passed in. The states are drawn in
`circuit.mermaid` beside this file.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from sparekey.gateways.model import Misconfigured, Unreachable, Unsure, WireFailure

_FAILURES = 5
_FIRST_REST = timedelta(seconds=10)
_LONGEST_REST = timedelta(minutes=5)
#: A probe that nobody heard of again does not keep the next one away for ever.
_PROBE = timedelta(seconds=60)
#: No message is so old while it is handed over: the clock was set back.
_SET_BACK = timedelta(seconds=60)
#: The part of a gateway's pace that only urgent messages may use.
_RESERVED = 0.3


class CircuitState(StrEnum):
    """Whether messages go through a gateway."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class Circuit:
    """Opens after five failures in a row, or one that a person has to mend; then it lets a single
    message through from time to time, each time later, until one is taken."""

    state: CircuitState = CircuitState.CLOSED
    failures: int = 0
    rest: timedelta = _FIRST_REST
    until: datetime | None = None

    def wait(self, at: datetime) -> timedelta:
        """How long until a message may go through; zero: now. Nothing rests longer than it was told
        to because the clock was set back meanwhile."""
        left = timedelta(0) if self.until is None else self.until - at
        return left if timedelta(0) < left <= max(self.rest, _PROBE) else timedelta(0)

    def taken(self, at: datetime) -> Self:
        """A message goes through; of an open circuit it is the probe that the others wait for."""
        if self.state is CircuitState.CLOSED:
            return self
        return replace(self, state=CircuitState.HALF_OPEN, until=at + _PROBE)

    def spared(self, at: datetime) -> Self:
        """The probe never reached the gateway: the next message may be it."""
        if self.state is not CircuitState.HALF_OPEN:
            return self
        return replace(self, state=CircuitState.OPEN, until=at)

    def told(self, failure: WireFailure | None, at: datetime) -> Self:
        """What came of a message. A gateway that refuses or throttles one is there."""
        if not isinstance(failure, Unreachable | Unsure | Misconfigured):
            return type(self)()
        failures = self.failures + 1
        if self.state is CircuitState.CLOSED:
            if failures < _FAILURES and not isinstance(failure, Misconfigured):
                return replace(self, failures=failures)
            return replace(self, state=CircuitState.OPEN, failures=failures, until=at + self.rest)
        if self.state is CircuitState.OPEN:  # one that was under way when it opened
            return self
        rest = min(self.rest * 2, _LONGEST_REST)
        return replace(self, state=CircuitState.OPEN, failures=failures, rest=rest, until=at + rest)


@dataclass(frozen=True, slots=True)
class Tokens:
    """A second's worth of messages at most at once; the last three tenths are for urgent ones."""

    per_second: int
    left: float
    at: datetime

    @classmethod
    def full(cls, per_second: int, at: datetime) -> Self:
        """A bucket that nobody has taken from."""
        return cls(per_second, per_second, at)

    def wait(self, at: datetime, *, is_urgent: bool) -> timedelta:
        """How long until a message of this lane may go; zero: now."""
        missing = self._needed(is_urgent) - self._now(at)
        if missing <= 0:
            return timedelta(0)
        return timedelta(seconds=missing / self.per_second) + timedelta(microseconds=1)

    def taken(self, at: datetime) -> Self:
        """One less."""
        return replace(self, left=self._now(at) - 1, at=max(at, self.at))

    def _needed(self, is_urgent: bool) -> float:
        """A pace of one or two a second has nothing to keep back: bulk would never go."""
        if is_urgent:
            return 1
        return min(1 + self.per_second * _RESERVED, float(self.per_second))

    def _now(self, at: datetime) -> float:
        passed = max((at - self.at).total_seconds(), 0)
        return min(self.left + passed * self.per_second, self.per_second)


@dataclass(slots=True)
class Gate:
    """What one process knows of one gateway."""

    circuit: Circuit = Circuit()
    tokens: Tokens | None = None

    def paced(self, per_second: int | None, at: datetime) -> None:
        """Keep this pace from now on; None is as fast as it goes."""
        if per_second is None:
            self.tokens = None
        elif self.tokens is not None and at < self.tokens.at - _SET_BACK:
            self.tokens = Tokens(per_second, min(self.tokens.left, per_second), at)
        elif self.tokens is None or self.tokens.per_second != per_second:
            self.tokens = Tokens.full(per_second, at)

    def wait(self, at: datetime, *, is_urgent: bool) -> timedelta:
        """How long until a message of this lane may go; zero: now."""
        wait = self.circuit.wait(at)
        return wait if self.tokens is None else max(wait, self.tokens.wait(at, is_urgent=is_urgent))

    def take(self, at: datetime, *, is_urgent: bool) -> bool:
        """Let one message through; False when none may go any more."""
        if self.wait(at, is_urgent=is_urgent):
            return False
        self.circuit = self.circuit.taken(at)
        if self.tokens is not None:
            self.tokens = self.tokens.taken(at)
        return True

    def spared(self, at: datetime) -> None:
        """It was let through, and nothing of it reached the gateway."""
        self.circuit = self.circuit.spared(at)

    def told(self, failure: WireFailure | None, at: datetime) -> None:
        """What came of it."""
        self.circuit = self.circuit.told(failure, at)
