"""A token bucket never gives more than it has, and a throttled wire slows down by itself."""

from hypothesis import given
from hypothesis import strategies as st

from sparekey.gateways.wires.smpp.pacing import Pace


def times(pace: Pace, asked: list[float]) -> list[float]:
    """When each of those who asked at these times may go."""
    return [now + pace.take(now) for now in asked]


@given(
    st.integers(1, 500),
    st.lists(st.floats(0, 20), min_size=1, max_size=200).map(sorted),
)
def test_no_second_has_more_than_its_tokens(per_second: int, asked: list[float]) -> None:
    going = times(Pace(per_second, 1, 60), asked)

    for start in going:
        within = [at for at in going if start <= at < start + 1 - 1e-6]
        assert len(within) <= per_second + max(per_second // 10, 1)


def test_those_who_ask_at_once_go_one_after_the_other() -> None:
    going = times(Pace(10, 1, 60), [0.0] * 4)

    assert [round(at, 6) for at in going] == [0.0, 0.1, 0.2, 0.3]


def test_waiting_is_told_without_taking() -> None:
    pace = Pace(1, 1, 60)
    pace.take(0)

    assert [pace.wait(0), pace.wait(0), pace.wait(0.5)] == [1.0, 1.0, 0.5]


def test_a_pause_doubles_until_something_is_taken_that_was_sent_after_it() -> None:
    pace = Pace(100, 1, 8)
    pauses: list[float] = []
    now = 0.0
    for _ in range(5):
        pauses.append(pace.too_fast(sent_at=now, now=now))
        now += pauses[-1]
    pace.taken(sent_at=now - 0.1)
    longest = pace.too_fast(sent_at=now, now=now)
    now += longest
    pace.taken(sent_at=now)

    assert pauses == [1, 2, 4, 8, 8]
    assert longest == 8
    assert pace.too_fast(sent_at=now, now=now) == 1


def test_what_was_sent_before_a_pause_prolongs_none() -> None:
    pace = Pace(100, 1, 60)
    pace.too_fast(sent_at=0.0, now=0.5)
    again = [pace.too_fast(sent_at=sent_at, now=0.7) for sent_at in (0.1, 0.2, 0.3)]

    assert again == [1.0] * 3  # never sooner than the shortest pause
    assert round(pace.paused(0.7), 6) == 0.8


def test_nobody_goes_within_a_pause() -> None:
    pace = Pace(10, 1, 60)
    pace.too_fast(sent_at=0, now=0)

    assert times(pace, [0.2, 0.3]) == [1.0, 1.1]
