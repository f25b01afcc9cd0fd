"""From whom a message comes: the closest rule, never a name where carriers drop it."""

from uuid import UUID

import pytest

from sparekey.gateways.senders import From, SenderRule, choose_sender, unusable

_ONE, _TWO = UUID(int=1), UUID(int=2)
_RULES = [
    SenderRule(None, "sms", "*", "ACME", can_reply=False),
    SenderRule(None, "sms", "GB", "+447400000001", can_reply=True),
    SenderRule(_ONE, "sms", "GB", "60777", can_reply=True),
    SenderRule(_ONE, "sms", "*", "AcmeOne", can_reply=False),
]
_OTHERWISE = From("+447400999999", can_reply=True)


@pytest.mark.parametrize(
    ("gateway", "country", "sender"),
    [
        (_ONE, "GB", From("60777", can_reply=True)),
        (_TWO, "GB", From("+447400000001", can_reply=True)),
        (_ONE, "FR", From("AcmeOne")),
        (_TWO, "FR", From("ACME")),
        (_ONE, "US", _OTHERWISE),
    ],
)
def test_the_closest_rule_is_taken(gateway: UUID, country: str, sender: From):
    found = choose_sender(_RULES, _OTHERWISE, gateway=gateway, channel="sms", country=country)

    assert found == sender


def test_rules_of_another_channel_do_not_count():
    found = choose_sender(_RULES, _OTHERWISE, gateway=_ONE, channel="voice", country="GB")

    assert found == _OTHERWISE


def test_a_country_that_takes_no_names_gets_nothing_from_a_brand_with_names_only():
    found = choose_sender(_RULES, From("ACME"), gateway=_ONE, channel="sms", country="US")

    assert found is None


@pytest.mark.parametrize(
    ("country", "sender", "can_reply", "says"),
    [
        ("*", "60777", True, "own country"),
        ("GB", "ACME", True, "reply to a name"),
        ("US", "ACME", False, "deliver no text from a name"),
        ("GB", "A name that is long", False, "1 to 11"),
        ("GB", "Акме", False, "GSM alphabet"),
        ("GB", " ", False, "1 to 11"),
    ],
)
def test_what_cannot_be_a_sender_is_refused(country: str, sender: str, can_reply: bool, says: str):
    why = unusable("sms", country, sender, can_reply=can_reply)

    assert why is not None
    assert says in why


@pytest.mark.parametrize("sender", ["60777", "+447400123456", "ACME"])
def test_numbers_short_codes_and_names_are_senders(sender: str):
    assert unusable("sms", "GB", sender, can_reply=False) is None
