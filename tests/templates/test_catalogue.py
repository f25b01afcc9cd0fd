"""Every message we ship, in every language, read with its longest values from senders with and
without replies."""

import re
from itertools import product

import pytest

from sparekey import templates
from sparekey.kit import gsm7
from sparekey.templates import Channel, registry

LOCALES = ("ar", "de", "en", "es", "fr")
SHIPPED: list[tuple[str, str, Channel]] = [
    (name, locale, channel)
    for name, template in registry.all().items()
    for locale, channel in product(LOCALES, template.channels)
]
TEXTS = [(name, locale) for name, locale, channel in SHIPPED if channel == "sms"]
WITH_A_LINK_TO_ACT_ON = {"recovery_link", "password_changed", "address_changed"}


@pytest.mark.parametrize(("name", "locale", "channel"), SHIPPED)
def test_a_shipped_message_has_no_error_and_is_calm_and_plain(
    name: str, locale: str, channel: Channel
) -> None:
    findings = templates.lint(templates.find(name), locale, channel)

    assert [one for one in findings if one.severity == "error"] == []
    assert {one.rule for one in findings} <= {"segments", "not_me"}


@pytest.mark.parametrize(("name", "locale"), TEXTS)
def test_a_text_fits_one_segment_unless_it_needs_a_link(name: str, locale: str) -> None:
    """Where replies arrive. Arabic is sent in UCS-2, whose segments hold less than half."""
    cost = gsm7.segments(rendered(name, locale, "sms").text)
    needs_link = name in WITH_A_LINK_TO_ACT_ON

    assert cost.encoding == ("ucs2" if locale == "ar" else "gsm7")
    assert cost.count <= (1 if locale != "ar" else 2) + needs_link


@pytest.mark.parametrize("locale", LOCALES)
def test_texts_of_different_purposes_begin_differently(locale: str) -> None:
    beginnings = {
        templates.find(name).purpose: " ".join(re.sub(r"^[\d\s]+", "", said.text).split()[:2])
        for name, spoken in TEXTS
        for said in [rendered(name, spoken, "sms")]
        if spoken == locale and name != "recovery_link"  # its code's purpose, in other words
    }

    assert len(set(beginnings.values())) == len(beginnings), beginnings


@pytest.mark.parametrize("locale", LOCALES)
def test_emails_of_different_purposes_have_different_subjects(locale: str) -> None:
    subjects = {
        templates.find(name).purpose: rendered(name, locale, "email").subject
        for name in registry.names()
        if "email" in templates.find(name).channels
    }

    assert len(set(subjects.values())) == len(subjects), subjects


@pytest.mark.parametrize(("name", "locale", "channel"), SHIPPED)
def test_no_language_is_left_out_or_said_in_another(
    name: str, locale: str, channel: Channel
) -> None:
    said = rendered(name, locale, channel)

    if locale != "en":
        assert said.text != rendered(name, "en", channel).text
    assert "{" not in said.text


@pytest.mark.parametrize("name", [name for name in registry.names() if name.endswith("_code")])
@pytest.mark.parametrize("locale", LOCALES)
def test_the_line_for_browsers_is_the_last_in_every_language(name: str, locale: str) -> None:
    text = rendered(name, locale, "sms").text
    is_bound = templates.find(name).is_origin_bound

    assert text.endswith("\n@account.company.example #123456789012") is is_bound


def test_a_link_says_that_it_is_valid_for_30_minutes() -> None:
    said = {
        locale: templates.render(
            "recovery_link",
            channel="email",
            locale=locale,
            variables=longest("recovery_link") | {"valid_for": "30"},
            can_reply=False,
        ).text
        for locale in LOCALES
    }

    for locale, duration in {
        "en": "30 minutes",
        "de": "30 Minuten",
        "fr": "30 minutes",
        "es": "30 minutos",
        "ar": "30 دقيقة",
    }.items():
        assert duration in said[locale]


def test_the_messages_of_today_are_there() -> None:
    assert registry.names() == (
        "account_deleted",
        "address_changed",
        "approve_code",
        "caller_check_code",
        "help",
        "how_was_it",
        "may_we_text",
        "one_time_password",
        "password_changed",
        "password_changed_no_link",
        "password_expiring",
        "recovery_asked",
        "recovery_asked_named",
        "recovery_code",
        "recovery_code_button",
        "recovery_denied",
        "recovery_link",
        "second_factor_code",
        "sign_in_code",
        "text_asked",
        "texts_allowed",
        "texts_stopped",
        "too_many_tries",
        "unusual_activity",
        "username_reminder",
        "verify_address_code",
        "verify_address_link",
    )


def longest(name: str) -> dict[str, str]:
    """The longest values, without a greeting."""
    return templates.samples(templates.find(name)) | {"name": ""}


def rendered(name: str, locale: str, channel: Channel) -> templates.Rendered:
    """With the longest values and without a greeting."""
    return templates.render(
        name, channel=channel, locale=locale, variables=longest(name), can_reply=True
    )
