"""Amounts add up to the last digit; price tables are read whole or not at all."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparekey.gateways.money import (
    Budget,
    Pot,
    UnreadableMoney,
    micros,
    pots,
    read_amount,
    read_prices,
    shown,
)


def test_a_price_table_is_read():
    text = "\ufeffprefix,price\n44, 0.04\n+447,0.0375\n,0.5\n\n"

    assert read_prices(text) == {"44": 40_000, "447": 37_500, "": 500_000}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no prices"),
        ("44", "line 1"),
        ("44,0.04\nGB,0.1", "line 2"),
        ("44,free", "line 1: an amount"),
        ("44,-1", "from 0"),
        ("44,NaN", "from 0"),
        ("44,Infinity", "from 0"),
        ("44,1\n+44,2", "line 2: +44 has a price already"),
        ("1234567890123456,1", "line 1"),
        ("44,1,2", "line 1"),
    ],
)
def test_what_is_no_price_table_is_refused_with_its_line(text: str, says: str):
    with pytest.raises(UnreadableMoney) as refusal:
        read_prices(text)

    assert says in str(refusal.value)


@given(st.integers(0, 10**15))
def test_an_amount_reads_back_as_it_is_shown(amount: int):
    assert read_amount(shown(amount)) == amount


def test_amounts_are_shown_with_two_places_at_least_and_rounded_up():
    assert (shown(40_000), shown(37_500), shown(1_000_000)) == ("0.04", "0.0375", "1.00")
    assert micros(Decimal("0.0000001")) == 1


@given(st.text())
def test_no_text_breaks_the_reader(text: str):
    try:
        read_prices(text)
    except UnreadableMoney:
        return


def test_a_message_is_charged_to_its_country_and_to_all_together():
    budgets = {"*": Budget("*", 100, 30), "GB": Budget("GB", 50, 10)}

    assert pots(budgets, "GB", is_own_door=False) == (Pot("*", 70), Pot("GB", 40))
    assert pots(budgets, "US", is_own_door=True) == (Pot("*", 100),)
    assert pots(budgets, None, is_own_door=False) == ()
