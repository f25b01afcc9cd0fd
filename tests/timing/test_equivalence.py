"""The judge of timings is judged: it finds a shift, passes none, and lets no lack of data pass."""

from random import Random
from statistics import mean

import pytest

from tests.timing.equivalence import auc_interval, compare, midranks, shift_interval


def latencies(random: Random, size: int, *, shift: float = 0.0) -> list[float]:
    """As of a service of about a millisecond, two of a hundred requests being slow."""
    return [
        random.lognormvariate(0, 0.1) + shift + (random.expovariate(0.2) * (random.random() < 0.02))
        for _ in range(size)
    ]


def share_of_passes(shift: float, size: int, *, runs: int = 5) -> float:
    return mean(
        not compare(
            latencies(random := Random(run), size),
            latencies(random, size, shift=shift),
            random=random,
        ).complaints
        for run in range(runs)
    )


def test_equal_samples_pass():
    assert share_of_passes(0.0, 7500) == 1


@pytest.mark.parametrize("shift", [0.05, -0.05, 0.15])
def test_a_shift_fails(shift: float):
    assert share_of_passes(shift, 7500) == 0


def test_too_little_data_fails():
    assert share_of_passes(0.0, 1000) == 0
    with pytest.raises(ValueError, match="too few"):
        compare([1.0] * 99, [1.0] * 7500, random=Random(1))


def test_a_shift_of_the_slow_half_alone_fails():
    random = Random(7)
    first, second = latencies(random, 7500), latencies(random, 7500)
    slower = [value + 0.3 if value > 1.05 else value for value in second]

    found = compare(first, slower, random=random)

    assert any(complaint.startswith("p75") for complaint in found.complaints)


def test_ranks_share_what_is_equal():
    assert midranks([10.0, 20.0, 20.0, 5.0]) == [2.0, 3.5, 3.5, 1.0]


def test_the_auc_is_the_share_of_pairs_in_order():
    random = Random(3)
    first = [random.gauss(0, 1) for _ in range(150)]
    second = [round(random.gauss(0.5, 1), 1) for _ in range(170)]
    pairs = [(y > x) + (y == x) / 2 for x in first for y in second]

    found = auc_interval(first, second, 0.99)

    assert (found.low + found.high) / 2 == pytest.approx(mean(pairs))


def test_intervals_hold_what_they_promise():
    random, runs = Random(11), 400
    auc = shift = 0
    for _ in range(runs):
        first = [random.gauss(0, 1) for _ in range(100)]
        second = [random.gauss(0, 1) for _ in range(100)]
        found = auc_interval(first, second, 0.95)
        auc += found.low <= 0.5 <= found.high
        found = shift_interval(first, second, 0.5, random, confidence=0.95, draws=400)
        shift += found.low <= 0 <= found.high

    assert 0.93 <= auc / runs <= 0.97
    assert shift / runs >= 0.93
