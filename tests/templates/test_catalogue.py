"""Every message we ship, read with its longest values from senders with and without replies."""

from itertools import product

import pytest

from sparekey import templates
from sparekey.kit import gsm7
from sparekey.templates import Channel, registry

SHIPPED: list[tuple[str, str, Channel]] = [
    (name, locale, channel)
    for name, template in registry.all().items()
    for locale, channel in product(template.locales, template.channels)
]
WITH_A_LINK_TO_ACT_ON = {"recovery_link", "password_changed", "address_changed"}


@pytest.mark.parametrize(("name", "locale", "channel"), SHIPPED)
def test_a_shipped_message_has_no_error(name: str, locale: str, channel: Channel) -> None:
    findings = templates.lint(templates.find(name), locale, channel)

    assert [finding for finding in findings if finding.severity == "error"] == []


@pytest.mark.parametrize(("name", "locale", "channel"), SHIPPED)
def test_a_shipped_message_is_calm(name: str, locale: str, channel: Channel) -> None:
    said = rendered(name, locale, channel)
    words = f"{said.subject} {said.text}".lower()

    for hard in ("please", "urgent", "immediately", "at once", "!", "invalid", "oops", "dear"):
        assert hard not in words


@pytest.mark.parametrize(
    ("name", "locale"),
    [(name, locale) for name, locale, channel in SHIPPED if channel == "sms"],
)
def test_a_text_fits_one_segment_unless_it_needs_a_link(name: str, locale: str) -> None:
    text = rendered(name, locale, "sms").text

    assert gsm7.segments(text).count <= (2 if name in WITH_A_LINK_TO_ACT_ON else 1)


@pytest.mark.parametrize("channel", ["sms", "email"])
def test_each_purpose_begins_differently(channel: Channel) -> None:
    beginnings = {
        templates.find(name).purpose: " ".join(
            said.text.removeprefix("1234 5678 9012 ").split()[:2]
        )
        for name, locale, on in SHIPPED
        if on == channel
        for said in [rendered(name, locale, channel)]
        if name != "recovery_link"  # the same purpose as its code, in other words
    }

    assert len(set(beginnings.values())) == len(beginnings), beginnings


def test_the_messages_of_today_are_there() -> None:
    assert registry.names() == (
        "account_deleted",
        "address_changed",
        "approve_code",
        "caller_check_code",
        "password_changed",
        "password_changed_no_link",
        "recovery_code",
        "recovery_denied",
        "recovery_link",
        "second_factor_code",
        "sign_in_code",
        "too_many_tries",
        "verify_address_code",
    )


def rendered(name: str, locale: str, channel: Channel) -> templates.Rendered:
    """With the longest values and without a greeting."""
    longest = {each.name: each.sample for each in templates.find(name).variables}
    return templates.render(
        name, channel=channel, locale=locale, variables=longest | {"name": ""}, can_reply=True
    )
