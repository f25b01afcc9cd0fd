"""A gateway that fails is left alone, then tried with one message; a pace keeps room for codes."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparekey import gateways
from sparekey.gateways.circuit import Circuit, CircuitState, Gate, Tokens
from tests.world.basics import START

_DOWN = gateways.Unreachable()
_OK = None
_SECOND = timedelta(seconds=1)


def told(circuit: Circuit, *failures: gateways.WireFailure | None) -> Circuit:
    """After these, all at once."""
    for failure in failures:
        circuit = circuit.told(failure, START)
    return circuit


def test_five_failures_in_a_row_open_it_and_four_do_not():
    four = told(Circuit(), *[_DOWN] * 4)
    mixed = told(Circuit(), _DOWN, _DOWN, _DOWN, _DOWN, _OK, _DOWN)
    five = told(four, _DOWN)

    assert (four.state, mixed.state, five.state) == (
        CircuitState.CLOSED,
        CircuitState.CLOSED,
        CircuitState.OPEN,
    )
    assert not four.wait(START)
    assert five.wait(START) == timedelta(seconds=10)


@pytest.mark.parametrize("failure", [gateways.Refused(), gateways.Throttled(_SECOND)])
def test_a_gateway_that_answers_is_there(failure: gateways.WireFailure):
    assert told(Circuit(), *[_DOWN] * 4, failure, _DOWN).state is CircuitState.CLOSED


def test_what_a_person_has_to_mend_opens_it_at_once():
    assert told(Circuit(), gateways.Misconfigured()).state is CircuitState.OPEN


def test_an_open_one_lets_one_message_through_and_closes_when_that_is_taken():
    gate = Gate(told(Circuit(), *[_DOWN] * 5))
    at = START + 10 * _SECOND
    lets = [gate.take(at - _SECOND, is_urgent=True)]
    lets += [gate.take(at, is_urgent=True), gate.take(at, is_urgent=True)]
    probing = gate.circuit.state
    gate.told(None, at)
    lets += [gate.take(at, is_urgent=True), gate.take(at, is_urgent=True)]

    assert lets == [False, True, False, True, True]
    assert (probing, gate.circuit.state) == (CircuitState.HALF_OPEN, CircuitState.CLOSED)


def test_each_failed_probe_is_followed_by_a_longer_rest_up_to_five_minutes():
    gate, at, rests = Gate(told(Circuit(), *[_DOWN] * 5)), START, list[float]()
    for _ in range(7):
        at += gate.wait(at, is_urgent=True)
        assert gate.take(at, is_urgent=True)
        gate.told(_DOWN, at)
        rests.append(gate.wait(at, is_urgent=True).total_seconds())

    assert rests == [20, 40, 80, 160, 300, 300, 300]


def test_a_probe_that_nobody_hears_of_keeps_the_next_away_for_a_minute_only():
    gate = Gate(told(Circuit(), *[_DOWN] * 5))
    at = START + 10 * _SECOND
    gate.take(at, is_urgent=True)

    assert gate.wait(at, is_urgent=True) == timedelta(seconds=60)
    assert gate.take(at + timedelta(seconds=60), is_urgent=True)


def test_a_probe_that_never_reached_the_gateway_is_the_next_messages():
    gate = Gate(told(Circuit(), *[_DOWN] * 5))
    at = START + 10 * _SECOND
    gate.take(at, is_urgent=True)
    gate.spared(at)
    lets = [gate.take(at, is_urgent=True), gate.take(at, is_urgent=True)]
    gate.told(_DOWN, at)

    assert lets == [True, False]
    assert gate.wait(at, is_urgent=True) == 20 * _SECOND


def test_what_never_reached_a_gateway_says_nothing_of_it():
    circuit = told(Circuit(), *[_DOWN] * 4).spared(START)

    assert told(circuit, _DOWN).state is CircuitState.OPEN


def test_a_clock_that_is_set_back_makes_no_rest_longer():
    gate = Gate(told(Circuit(), *[_DOWN] * 5))
    before = START - timedelta(hours=1)
    rests = gate.wait(before, is_urgent=True)
    lets = [gate.take(before, is_urgent=True), gate.take(before, is_urgent=True)]

    assert not rests
    assert lets == [True, False]
    assert gate.wait(before, is_urgent=True) == timedelta(seconds=60)


def test_a_clock_that_is_set_back_ends_no_pace():
    gate = Gate(tokens=Tokens.full(10, START))
    first = sum(gate.take(START, is_urgent=True) for _ in range(20))
    counts = list[int]()
    for second in range(3):
        at = START - timedelta(hours=1) + second * _SECOND
        gate.paced(10, at)
        counts.append(sum(gate.take(at, is_urgent=True) for _ in range(20)))

    assert first == 10
    assert counts == [0, 10, 10]


def test_a_pace_keeps_three_tenths_for_urgent_messages():
    gate = Gate(tokens=Tokens.full(10, START))
    bulk = sum(gate.take(START, is_urgent=False) for _ in range(20))
    urgent = sum(gate.take(START, is_urgent=True) for _ in range(20))

    assert (bulk, urgent) == (7, 3)


@pytest.mark.parametrize("is_urgent", [True, False])
@given(per_second=st.integers(1, 50), gaps=st.lists(st.integers(0, 400), max_size=60))
def test_a_pace_is_kept_but_for_the_first_second_and_waiting_helps(
    is_urgent: bool, per_second: int, gaps: list[int]
):
    gate, at, taken = Gate(tokens=Tokens.full(per_second, START)), START, 0
    for gap in gaps:
        at += timedelta(milliseconds=gap)
        taken += gate.take(at, is_urgent=is_urgent)
    seconds = (at - START).total_seconds()
    wait = gate.wait(at, is_urgent=is_urgent)

    assert taken <= per_second * (seconds + 1)
    assert gate.take(at + wait, is_urgent=is_urgent)
