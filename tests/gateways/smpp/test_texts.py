"""Numbers, names and the life of a code, as an SMSC is told them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparekey.gateways import Misconfigured, Refused, Unreachable
from sparekey.gateways.wires.smpp import texts
from sparekey.gateways.wires.smpp.pdu import Address
from tests.gateways.smpp.texting import AT, message, settings


@pytest.mark.parametrize(
    ("sender", "told", "address"),
    [
        ("Acme", {}, Address(5, 0, "Acme")),
        ("Acme Bank 1", {}, Address(5, 0, "Acme Bank 1")),
        ("+4930123456", {}, Address(1, 1, "4930123456")),
        ("12345", {}, Address(3, 0, "12345")),
        ("12345", {"short_code_ton": "6", "short_code_npi": "1"}, Address(6, 1, "12345")),
        ("Acme", {"sender": "12345"}, Address(3, 0, "12345")),
    ],
)
def test_a_sender_is_of_its_type(sender: str, told: dict[str, str], address: Address) -> None:
    (submit,) = texts.submits(message(sender=sender), settings(**told), 0)

    assert submit.source == address


@pytest.mark.parametrize("sender", ["", "Acme Corporation", "Ацме", "+12", "123456789", "Ac\nme"])
def test_a_sender_that_no_text_can_have_is_for_somebody_to_mend(sender: str) -> None:
    with pytest.raises(Misconfigured):
        texts.submits(message(sender=sender), settings(), 0)


def test_a_recipient_is_written_without_its_plus() -> None:
    (submit,) = texts.submits(message(), settings(), 0)

    assert submit.destination == Address(1, 1, "4915112345678")


@pytest.mark.parametrize(
    "to", ["", "12345", "+", "alice@mail.example", "+491511234567890123", "+٣"]
)
def test_a_recipient_that_is_no_number_is_refused(to: str) -> None:
    with pytest.raises(Refused):
        texts.submits(message(to=to), settings(), 0)


def test_half_a_character_is_refused() -> None:
    with pytest.raises(Refused):
        texts.submits(message(text="\ud83d"), settings(), 0)


def test_a_receipt_is_asked_for_the_last_part_only() -> None:
    submits = texts.submits(message(text="a" * 400), settings(), 0)

    assert [submit.registered_delivery for submit in submits] == [0, 0, 1]


@pytest.mark.parametrize(
    ("left", "waited", "shown"),
    [
        (timedelta(minutes=10), 0.0, "000000001000000R"),
        (timedelta(minutes=10), 0.4, "000000000959000R"),
        (timedelta(minutes=10), 61.0, "000000000859000R"),
        (timedelta(hours=24), 0.0, "000001000000000R"),
        (timedelta(hours=23, minutes=59, seconds=59), 0.0, "000000235959000R"),
        (timedelta(seconds=1), 0.0, "000000000001000R"),
    ],
)
def test_the_smsc_gives_up_before_the_code_dies(left: timedelta, waited: float, shown: str) -> None:
    one = message(expires_at=AT + left)

    assert texts.validity(one, "relative", timedelta(seconds=waited)) == shown


def test_a_time_may_be_told_in_utc_or_not_at_all() -> None:
    assert texts.validity(message(), "absolute", timedelta(0)) == "260304121000000+"
    assert texts.validity(message(), "none", timedelta(0)) == ""


@given(st.floats(0, 10**6))
def test_a_time_is_sixteen_characters_or_it_is_over(waited: float) -> None:
    try:
        shown = texts.validity(message(), "relative", timedelta(seconds=waited))
    except Unreachable:
        assert waited > 598
        return
    assert len(shown) == 16
