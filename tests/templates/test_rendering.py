"""What a customer receives: the right words, and nothing that a stranger put there."""

from collections.abc import Mapping
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparekey import templates
from sparekey.templates import CannotRender, Channel, Rendered, origin_bound

ACME = {
    "brand": "Acme",
    "code": "12345678",
    "valid_for": "10",
    "host": "id.acme.example",
    "link": "https://id.acme.example/l/kR7",
    "not_me_url": "https://id.acme.example/acme/not-me?m=x&n=y",
    "happened_at": "2026-11-22T17:23:00+00:00",
}


def said(
    template: str,
    channel: Channel,
    values: Mapping[str, str] = MappingProxyType({}),
    *,
    locale: str = "en",
    can_reply: bool = True,
) -> Rendered:
    variables = {**ACME, **values}
    return templates.render(
        template, channel=channel, locale=locale, variables=variables, can_reply=can_reply
    )


def test_a_text_has_the_code_first_and_bound_to_the_site_last() -> None:
    sms = said("recovery_code", "sms")

    assert sms.text == (
        "1234 5678 sets a new password at Acme. Valid for 10 min. Not you? Reply NO.\n"
        "@id.acme.example #12345678"
    )
    assert sms.subject is None
    assert sms.html is None


def test_a_sender_that_cannot_receive_asks_for_no_reply() -> None:
    sms = said("recovery_code", "sms", can_reply=False)

    assert "reply" not in sms.text.lower()
    assert ACME["not_me_url"] in sms.text


def test_an_email_says_the_same_in_text_and_html() -> None:
    email = said("recovery_link", "email", {"name": "Alice"})

    assert email.subject == "Set a new password at Acme"
    assert email.text.startswith(
        "Hello Alice,\n\nSet a new password at Acme with this link. "
        "It works once, for 10 minutes.\n\nhttps://id.acme.example/l/kR7\n"
    )
    assert email.html is not None
    assert 'href="https://id.acme.example/l/kR7"' in email.html
    assert "m=x&amp;n=y" in email.html


def test_a_port_is_left_out_of_the_line_for_browsers() -> None:
    assert said("sign_in_code", "sms", {"host": "127.0.0.1:8000"}).text.endswith(
        "@127.0.0.1 #12345678"
    )


def test_without_a_host_there_is_no_line_for_browsers() -> None:
    assert origin_bound.parse(said("sign_in_code", "sms", {"host": ""}).text) is None


@pytest.mark.parametrize("locale", ["en", "en-GB", "en_US", "tlh", ""])
def test_an_unknown_locale_falls_back_to_english(locale: str) -> None:
    assert "signs you in" in said("sign_in_code", "sms", locale=locale).text


@pytest.mark.parametrize(
    ("code", "grouped"),
    [
        ("123456", "123 456"),
        ("12345678", "1234 5678"),
        ("123456789", "123 456 789"),
        ("1234567890", "123 456 7890"),
        ("123456789012", "1234 5678 9012"),
        ("7KQ2M9XR", "7KQ2 M9XR"),
    ],
)
def test_codes_are_shown_in_groups(code: str, grouped: str) -> None:
    assert templates.group(code) == grouped
    assert said("sign_in_code", "sms", {"code": code}).text.startswith(f"{grouped} signs you in")
    assert said("sign_in_code", "email", {"code": code}).text.startswith(f"{grouped}\n")


@given(st.text(max_size=80))
def test_no_name_can_forge_a_line_a_link_or_markup(name: str) -> None:
    email = said("recovery_link", "email", {"name": name})
    greeting = email.text.partition("Set a new")[0].removeprefix("Hello ").strip()

    assert not set(greeting) & set("@#/.:<>{}\n\r\u2028")
    assert len(greeting.strip(",").strip("\u2068\u2069")) <= 30
    assert email.html is not None
    assert email.html.count("<a ") == 3


@given(st.text(max_size=80).map(lambda text: f"{text}\n@evil.example #666666"))
def test_no_company_name_can_forge_the_line_for_browsers(brand: str) -> None:
    bound = origin_bound.parse(said("recovery_code", "sms", {"brand": brand}).text)

    assert bound == origin_bound.OriginBound("id.acme.example", "12345678")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("code", "12345678 or evil.example"),
        ("code", "١٢٣٤٥٦٧٨"),
        ("code", ""),
        ("valid_for", "0"),
        ("valid_for", "10 min"),
        ("not_me_url", "javascript:alert(1)"),
        ("not_me_url", "http://id.acme.example/"),
        ("not_me_url", "https://id.acme.example@evil.example/"),
        ("not_me_url", "https://id.acme.example/\n@evil.example #1"),
        ("not_me_url", 'https://id.acme.example/"onclick="'),
        ("not_me_url", "https://id.acme.example/{{code}}"),
    ],
)
def test_a_value_that_is_not_what_it_claims_is_refused(variable: str, value: str) -> None:
    with pytest.raises(CannotRender, match=f"the variable {variable} is"):
        said("recovery_code", "email", {variable: value})


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("host", "evil.example #1"),
        ("host", "user@evil.example"),
        ("host", "evil.example\n"),
        ("page_url", "javascript:alert(1)"),
        ("support_phone", "call evil.example"),
        ("support_email", "x@y"),
        ("support_email", "a b@evil.example"),
    ],
)
def test_a_mistyped_extra_is_left_out_and_the_code_still_goes(variable: str, value: str) -> None:
    sms = said("recovery_code", "sms", {variable: value})
    email = said("recovery_code", "email", {variable: value})

    assert sms.text.startswith("1234 5678 sets a new password at Acme.")
    assert email.text.startswith("1234 5678\n")
    assert value not in sms.text + email.text + (email.html or "")


def test_a_repr_does_not_tell_the_code() -> None:
    assert "1234" not in repr(said("recovery_code", "email"))


def test_a_moment_is_told_with_its_zone() -> None:
    at = "2026-03-01T09:05:00+05:30"

    assert (
        "on 1 Mar at 09:05 UTC+5:30." in said("password_changed", "sms", {"happened_at": at}).text
    )
    with pytest.raises(CannotRender, match="happened_at"):
        said("password_changed", "sms", {"happened_at": "2026-03-01T09:05:00"})


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [("1", "1 minute"), ("90", "90 minutes"), ("60", "1 hour"), ("1440", "24 hours"),
     ("4320", "3 days")],
)  # fmt: skip
def test_a_validity_is_told_in_the_unit_people_use(minutes: str, shown: str) -> None:
    assert f"once, for {shown}." in said("sign_in_code", "email", {"valid_for": minutes}).text


@pytest.mark.parametrize("name", ["", "'-'", "@#\n", "123"])
def test_who_has_no_name_is_not_greeted(name: str) -> None:
    email = said("recovery_link", "email", {"name": name})

    assert email.text.startswith("Set a new password")
    assert "Hello" not in (email.html or "")


@pytest.mark.parametrize(
    ("locale", "said_so"),
    [
        ("de", "meldet Sie bei Acme an. 10 Min. gültig. Nicht angefordert? Antworten Sie NO."),
        ("fr", "vous connecte à Acme. Valable 10 min. Pas vous ? Répondez NO."),
        ("es-MX", "para entrar en Acme. Vale 10 min. ¿No lo ha pedido? Responda NO."),
        ("ar", "لتسجيل الدخول إلى Acme. صالح 10 دقائق. لم تطلب ذلك؟ أرسل NO."),
    ],
)
def test_a_customer_reads_their_own_language(locale: str, said_so: str) -> None:
    assert said_so in said("sign_in_code", "sms", locale=locale).text


def test_from_right_to_left_no_group_of_digits_changes_its_place() -> None:
    values = {"support_phone": "+44 20 7946 0000"}
    code = said("sign_in_code", "sms", locale="ar").text
    phone = said("account_deleted", "sms", values, locale="ar").text

    assert code.startswith("1234\u00a05678 ")
    assert "\u200e+44 20 7946 0000" in phone


@pytest.mark.parametrize(
    ("locale", "name", "shown"),
    [
        ("en", "ليلى", "Hello \u2068ليلى\u2069,"),
        ("en", "Alice", "Hello Alice,"),
        ("ar", "Alice", "مرحبًا \u2068Alice\u2069،"),
        ("ar", "ليلى", "مرحبًا ليلى،"),
    ],
)
def test_a_name_that_runs_the_other_way_turns_nothing_else_around(
    locale: str, name: str, shown: str
) -> None:
    email = said("recovery_link", "email", {"name": name}, locale=locale)

    assert email.text.startswith(shown)
    assert shown in (email.html or "")


def test_an_arabic_email_runs_from_right_to_left_wherever_a_mail_program_looks() -> None:
    html = said("recovery_link", "email", locale="ar").html or ""

    assert '<html lang="ar" dir="rtl"' in html
    assert "text-align:right" in html
    assert "direction:ltr" not in html


def test_a_french_question_mark_is_not_left_alone_on_a_line() -> None:
    values = {"browser": "Why ?"}
    email = said("sign_in_code", "email", values, locale="fr")
    sms = said("sign_in_code", "sms", values, locale="fr")

    assert "Pas vous\u00a0?" in email.text
    assert "Pas vous\u00a0?" in (email.html or "")
    assert "Pas vous ?" in sms.text


@pytest.mark.parametrize("login", ["anna.mueller", "anna_1", "مريم", "a+b", "anna-maria"])
def test_a_username_is_told_as_it_is(login: str) -> None:
    assert f" is {login}." in said("username_reminder", "sms", {"login": login}).text


@pytest.mark.parametrize(
    "login",
    ["", "evil.com", "a.io", "a@mail.example", "a b", "a\n@evil.example #1", "https://x", "<b>"],
)
def test_a_username_that_leads_somewhere_is_not_told(login: str) -> None:
    with pytest.raises(CannotRender, match="the variable login is"):
        said("username_reminder", "sms", {"login": login})


def test_an_email_wears_the_colour_of_its_brand() -> None:
    ours = said("recovery_link", "email").html or ""
    yellow = said("recovery_link", "email", templates.look("#ffe14d")).html or ""

    assert "background:#1b4fd1" in ours
    assert "color:#ffffff" in ours
    assert "background:#ffe14d" in yellow
    assert "color:#000000" in yellow
    assert "a { color: #ffe14d }" not in yellow  # nobody could read it on white


@pytest.mark.parametrize(
    "colour", ["", "red", "#fff", "#12345g", "url(//evil.example)", "#1b4fd1;"]
)
def test_a_colour_that_is_none_is_ours(colour: str) -> None:
    html = said("recovery_link", "email", {"button_fill": colour}).html or ""

    assert "background:#1b4fd1" in html
    assert "evil.example" not in html


def test_a_test_says_so_first() -> None:
    variables = {**ACME, "code": "12345678"}
    for channel in ("sms", "email"):
        marked = templates.render(
            "sign_in_code",
            channel=channel,
            locale="en",
            variables=variables,
            can_reply=True,
            is_test=True,
        )
        assert marked.text.startswith("Test: 1234 5678")
        assert (marked.subject or "Test:").startswith("Test:")
        assert channel == "sms" or "<p>Test:</p>" in (marked.html or "")


def test_a_company_without_support_contact_still_says_what_to_do() -> None:
    denied = said("recovery_denied", "sms", {"forgot_url": "https://id.acme.example/acme/forgot"})
    tried = said("too_many_tries", "sms")

    assert denied.text.endswith("Was it you? Start again at https://id.acme.example/acme/forgot")
    assert tried.text.endswith("account. Ask for a new code. Not you? Reply NO.")


@pytest.mark.parametrize("day", ["2026-02-30", "30.9.2026", "2026-09-30T00:00:00+00:00", "soon"])
def test_what_is_no_day_is_left_out(day: str) -> None:
    assert "expires soon" in said("password_expiring", "sms", {"expires_on": day}).text
