"""Are two samples of durations equivalent? An interval has to lie inside a margin.

Too little data cannot pass: an interval that is wider than the margin lies outside of it. The area
under the ROC curve (AUC) is what one measurement tells of the class it came from: 0.5 is nothing.
Its interval is that of DeLong, DeLong and Clarke-Pearson (Biometrics 44, 1988), from midranks
(Sun and Xu, IEEE Signal Processing Letters 21, 2014).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from random import Random
from statistics import NormalDist, median, variance

#: Milliseconds of noise between a server and an attacker in the same region.
JITTER = 0.25
AUC_MARGIN = 0.025
PERCENTILES = (5, 25, 50, 75)
_LEAST_SHIFT = 0.1
_FEWEST = 100


@dataclass(frozen=True, slots=True)
class Interval:
    """What a value is, as far as the samples tell."""

    low: float
    high: float

    def is_within(self, low: float, high: float) -> bool:
        return low <= self.low and self.high <= high

    def __str__(self) -> str:
        return f"{self.low:.4f}…{self.high:.4f}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What two samples come to: every failed demand by name; empty when they are equivalent."""

    sizes: tuple[int, int]
    medians: tuple[float, float]
    auc: Interval
    shifts: dict[int, Interval]
    complaints: tuple[str, ...]

    def __str__(self) -> str:
        shifts = ", ".join(f"p{percent} {shift}" for percent, shift in self.shifts.items())
        return (
            f"n {self.sizes[0]}/{self.sizes[1]}, medians {self.medians[0]:.3f}/"
            f"{self.medians[1]:.3f} ms, AUC {self.auc}, shifts in ms: {shifts}"
            + "".join(f"; FAILED: {complaint}" for complaint in self.complaints)
        )


def compare(
    first: Sequence[float],
    second: Sequence[float],
    *,
    random: Random,
    confidence: float = 0.99,
    auc_margin: float = AUC_MARGIN,
    percentiles: Sequence[int] = PERCENTILES,
) -> Verdict:
    """Hold two samples (milliseconds) against the margins; ValueError without enough of both."""
    if min(len(first), len(second)) < _FEWEST:
        raise ValueError("too few measurements to say anything")
    medians = (median(first), median(second))
    auc = auc_interval(_jittered(first, random), _jittered(second, random), confidence)
    shifts = {
        percent: shift_interval(first, second, percent / 100, random) for percent in percentiles
    }
    most = max(_LEAST_SHIFT, max(medians) / 100)
    complaints = [
        f"p{percent} may be shifted by more than {most:.3f} ms"
        for percent, shift in shifts.items()
        if not shift.is_within(-most, most)
    ]
    if not auc.is_within(0.5 - auc_margin, 0.5 + auc_margin):
        complaints.insert(0, f"the AUC may be further from 0.5 than {auc_margin}")
    return Verdict((len(first), len(second)), medians, auc, shifts, tuple(complaints))


def auc_interval(first: Sequence[float], second: Sequence[float], confidence: float) -> Interval:
    """The probability that a value of `second` exceeds one of `first`, ties counting half."""
    m, n = len(first), len(second)
    together = midranks([*first, *second])
    own_first, own_second = midranks(first), midranks(second)
    below = [(together[i] - own_first[i]) / n for i in range(m)]
    above = [(together[m + j] - own_second[j]) / m for j in range(n)]
    auc = sum(above) / n
    error = sqrt(variance(below) / m + variance(above) / n)
    reach = NormalDist().inv_cdf(0.5 + confidence / 2) * error
    return Interval(auc - reach, auc + reach)


def midranks(values: Sequence[float]) -> list[float]:
    """The rank of each value from 1; equal values share the middle of their ranks."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        for position in range(start, end):
            ranks[order[position]] = (start + 1 + end) / 2
        start = end
    return ranks


def shift_interval(
    first: Sequence[float],
    second: Sequence[float],
    share: float,
    random: Random,
    confidence: float = 0.99,
    draws: int = 4000,
) -> Interval:
    """The bootstrap interval of the difference (second - first) at one quantile.

    A resample's quantile is the order statistic at a Beta-distributed place, so it is drawn
    directly instead of by drawing and sorting whole resamples.
    """
    ordered = sorted(first), sorted(second)
    drawn = sorted(
        _resampled(ordered[1], share, random) - _resampled(ordered[0], share, random)
        for _ in range(draws)
    )
    tail = (1 - confidence) / 2
    return Interval(drawn[int(tail * draws)], drawn[ceil((1 - tail) * draws) - 1])


def _resampled(ordered: Sequence[float], share: float, random: Random) -> float:
    size = len(ordered)
    rank = max(1, min(size, round(share * size)))
    place = random.betavariate(rank, size + 1 - rank)
    return ordered[min(size - 1, int(place * size))]


def _jittered(values: Sequence[float], random: Random) -> list[float]:
    return [value + random.gauss(0, JITTER) for value in values]
