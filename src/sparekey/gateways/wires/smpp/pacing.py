"""How fast we may go: a token bucket, and a pause whenever the SMSC says that it is too much."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Pace:
    """Time is a number of seconds passed in. `per_second` tokens arrive, a tenth of them at once.

    A pause begins with `first_pause` and doubles to `last_pause` until something is taken that was
    sent after it.
    """

    per_second: int
    first_pause: float
    last_pause: float
    _next_at: float = field(default=0.0, init=False)
    _resumes_at: float = field(default=0.0, init=False)
    _pause: float = field(default=0.0, init=False)

    def wait(self, now: float) -> float:
        """How long whoever asks now would wait for a token."""
        return max(self.paused(now), self._next_at - self._ahead - now, 0.0)

    def take(self, now: float) -> float:
        """Take the next token; how long until it is there."""
        seconds = self.wait(now)
        self._next_at = max(self._next_at, now + seconds) + 1 / self.per_second
        return seconds

    def paused(self, now: float) -> float:
        """How much is left of a pause, also for whoever holds a token."""
        return max(self._resumes_at - now, 0.0)

    def too_fast(self, *, sent_at: float, now: float) -> float:
        """The SMSC took nothing: pause. What was sent before a pause prolongs none.

        How long from now until the pause ends.
        """
        if sent_at >= self._resumes_at:
            self._pause = min(max(self._pause * 2, self.first_pause), self.last_pause)
            self._resumes_at = now + self._pause
        return max(self._resumes_at - now, self.first_pause)

    def taken(self, *, sent_at: float) -> None:
        """The SMSC took what was sent then: it has recovered from the last pause."""
        if sent_at >= self._resumes_at:
            self._pause = 0.0

    @property
    def _ahead(self) -> float:
        """How far the bucket lets us run ahead of its rate."""
        return max(self.per_second // 10 - 1, 0) / self.per_second
