"""Each rule finds the message it was written for, and only the error it is about."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from sparekey import templates
from sparekey.templates import Template
from sparekey.templates.layout import paragraph
from sparekey.templates.model import Email, Words
from sparekey.templates.variables import LOGIN

GOOD = "{{ code }} signs you in at {{ brand }}. Valid for {{ valid_for }}. "
NOT_ME = "Not you? {% if can_reply %}Reply NO.{% else %}{{ not_me_url }}{% endif %}"


def errors(words: Words, **changes: Any) -> set[str]:
    template = replace(templates.find("sign_in_code"), locales={"en": words}, **changes)
    channel = "sms" if words.sms else "email"
    return rules(template, channel)


def rules(
    template: Template, channel: templates.Channel, severity: str = "error", locale: str = "en"
) -> set[str]:
    findings = templates.lint(template, locale, channel)
    return {finding.rule for finding in findings if finding.severity == severity}


def test_a_good_text_has_no_error() -> None:
    assert errors(Words(sms=GOOD + NOT_ME)) == set()


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("brand", "{{ code }} signs you in. Valid for {{ valid_for }}. " + NOT_ME),
        ("purpose", "{{ code }} for {{ brand }}. Valid for {{ valid_for }}. " + NOT_ME),
        ("validity", "{{ code }} signs you in at {{ brand }}. " + NOT_ME),
        ("not_me", GOOD),
        ("not_me", GOOD + "Not you? Too bad."),
        ("one_proof", "It signs you in at {{ brand }}. Valid for {{ valid_for }}. " + NOT_ME),
        ("one_proof", GOOD + "{{ code }} " + NOT_ME),
        ("code_first", "Code: " + GOOD + NOT_ME),
        ("link_host", GOOD + "https://evil.example/x " + NOT_ME),
        ("link_host", GOOD + "evil.example/x " + NOT_ME),
        ("shortener", GOOD + "https://bit.ly/x " + NOT_ME),
        ("segments", GOOD + NOT_ME + " It is a long story." * 10),
        ("segments", GOOD + NOT_ME + " ж"),
        ("length", GOOD + NOT_ME + " It is a long story." * 12),
        ("placeholder", GOOD + NOT_ME + " [COMPANY NAME]"),
        ("carrier_words", GOOD + NOT_ME + " STOP"),
        ("carrier_words", GOOD + NOT_ME + " {% if can_reply %}Reply with yes.{% endif %}"),
        ("no_reply", GOOD + "Not you? Reply NO or open {{ not_me_url }}"),
        ("variables", GOOD + NOT_ME + " {{ surprise }}"),
        ("renders", GOOD + NOT_ME + " {% for x in y %}"),
        ("renders", GOOD + NOT_ME + " { { code } } {{ '{{' }}"),
        ("conditions", GOOD + NOT_ME + " {% if brand == 'Acme' %}Buy now{% endif %}"),
        ("conditions", GOOD + NOT_ME + " {% unless brand contains 'A' %}Buy now{% endunless %}"),
        ("one_action", GOOD + NOT_ME + " {{ page_url }} {{ page_url }}/other"),
        ("secrets", GOOD + NOT_ME + " Tell us the code."),
        ("secrets", GOOD + NOT_ME + " Reply with your new password."),
        ("secrets", GOOD + NOT_ME + " Your password is swordfish."),
        ("private", GOOD + NOT_ME + " Ask bob@company.example."),
        ("private", GOOD + NOT_ME + " Ask +44 7400 123456."),
        ("private", GOOD + NOT_ME + " From 192.0.2.17."),
        ("private", GOOD + NOT_ME + " See msg_01JD2K9ZQ4."),
        ("tone", GOOD + NOT_ME + " Act now."),
        ("tone", GOOD + NOT_ME + " Your account will be closed."),
        ("tone", GOOD + NOT_ME + " Special offer inside."),
        ("own_script", GOOD.replace("signs you in at", "رمز تسجيل الدخول إلى حسابك لدى") + NOT_ME),
    ],
)
def test_a_bad_text_is_found(rule: str, words: str) -> None:
    assert rule in errors(Words(sms=words))


def test_the_carriers_own_sentence_may_say_stop() -> None:
    words = "{{ code }} signs you in at {{ brand }} for {{ valid_for }}. "
    words += (
        "Not you? {{ not_me_url }} {% if can_reply %}Reply STOP to stop these messages.{% endif %}"
    )

    assert errors(Words(sms=words)) == set()


def test_a_text_that_binds_nothing_is_found() -> None:
    bound = templates.find("sign_in_code")
    words = {"en": Words(sms=GOOD + NOT_ME + "\n@account.company.example #123456789012")}

    assert rules(replace(bound, is_origin_bound=False, locales=words), "sms") >= {"renders"}


def email(**changes: str) -> Words:
    parts = {
        "subject": "Your code to sign in at {{ brand }}",
        "text": GOOD + "Not you? {{ not_me_url }}",
        "mjml": paragraph(GOOD + 'Not you? <a href="{{ not_me_url }}">{{ not_me_url }}</a>'),
    }
    return Words(email=Email(**(parts | changes)))


def test_a_good_email_has_no_error() -> None:
    assert errors(email()) == set()


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("subject_code", {"subject": "{{ code }} signs you in at {{ brand }}"}),
        ("variables", {"subject": "Hello {{ surprise }}"}),
        ("not_me", {"text": GOOD}),
        ("not_me", {"mjml": paragraph(GOOD)}),
        ("one_proof", {"mjml": paragraph("signs you in at {{ brand }} {{ valid_for }}")}),
        ("link_text", {"mjml": paragraph(GOOD + 'Not you? <a href="{{ not_me_url }}">Here</a>')}),
        (
            "link_text",
            {"mjml": paragraph(GOOD + 'Not you? <a href="{{ not_me_url }}">acme.com</a>')},
        ),
        ("renders", {"mjml": '<mj-image src="https://account.company.example/logo.png" />'}),
        ("renders", {"mjml": "{% if host %}" + paragraph(GOOD) + "{% endif %}"}),
        ("own_script", {"subject": "رمز تسجيل الدخول"}),
        ("tone", {"subject": "Urgent: sign in at {{ brand }}"}),
        ("whole_text", {"mjml": paragraph(GOOD + "Not you? {{ not_me_url }} {{ page_url }}")}),
        (
            "one_action",
            {
                "text": GOOD + "{{ page_url }} {{ page_url }}?a Not you? {{ not_me_url }}",
            },
        ),
    ],
)
def test_a_bad_email_is_found(rule: str, changes: Mapping[str, str]) -> None:
    assert rule in errors(email(**changes))


def test_an_email_that_goes_on_and_on_is_warned_about() -> None:
    template = replace(
        templates.find("sign_in_code"),
        locales={"en": email(text=GOOD + "Not you? {{ not_me_url }}" + "\nMore.\nMore." * 3)},
    )

    assert {finding.rule for finding in templates.lint(template, "en", "email")} == {"length"}


def test_a_link_in_a_text_costs_a_second_segment_and_a_warning() -> None:
    findings = templates.lint(templates.find("recovery_link"), "en", "sms")

    assert {(finding.rule, finding.severity) for finding in findings} == {("segments", "warning")}


@pytest.mark.parametrize(
    ("words", "instead"),
    [
        ("Please type it.", ""),
        ("It is invalid after that.", "wrong"),
        ("Use your credentials.", "password"),
        ("Well done!", "."),
    ],
)
def test_a_stiff_word_is_warned_about_and_a_plainer_one_offered(words: str, instead: str) -> None:
    template = replace(
        templates.find("sign_in_code"), locales={"en": Words(sms=GOOD + NOT_ME + " " + words)}
    )
    toned = [one for one in templates.lint(template, "en", "sms") if one.rule == "tone"]

    assert {(one.severity, one.place, one.instead) for one in toned} == {
        ("warning", "sms", instead)
    }


@pytest.mark.parametrize(
    ("locale", "phrase"),
    [
        ("de", "Handeln Sie sofort."),
        ("fr", "Agissez immédiatement."),
        ("es", "Es urgente."),
        ("ar", "افعل ذلك فورًا."),
    ],
)
def test_a_threat_is_found_in_every_language(locale: str, phrase: str) -> None:
    ours = templates.find("sign_in_code")
    words = ours.locales[locale]
    hurried = replace(ours, locales={locale: replace(words, sms=f"{words.sms} {phrase}")})

    assert rules(hurried, "sms", locale=locale) == {"tone"}


@pytest.mark.parametrize(
    ("locale", "phrase"),
    [
        ("de", "Senden Sie uns Ihren Code."),
        ("fr", "Envoyez-nous votre mot de passe."),
        ("es", "Envíenos su contraseña."),
        ("ar", "أرسل كلمة المرور."),
    ],
)
def test_asking_for_a_secret_is_found_in_every_language(locale: str, phrase: str) -> None:
    ours = templates.find("sign_in_code")
    words = ours.locales[locale]
    asking = replace(ours, locales={locale: replace(words, sms=f"{words.sms} {phrase}")})

    assert "secrets" in rules(asking, "sms", locale=locale)


def test_a_letter_that_doubles_the_price_is_named() -> None:
    ours = templates.find("caller_check_code")
    words = f"{ours.locales['es'].sms} Código."
    costs = templates.lint(replace(ours, locales={"es": Words(sms=words)}), "es", "sms")

    assert costs
    assert all(one.message.endswith(", because of ó") for one in costs)


def test_a_username_beside_a_code_is_found() -> None:
    ours = templates.find("sign_in_code")
    words = Words(sms=GOOD + "For {{ login }}. " + NOT_ME)
    both = replace(ours, variables=(*ours.variables, LOGIN), locales={"en": words})

    assert rules(both, "sms") == {"login_with_code"}


def test_long_winding_words_are_warned_about() -> None:
    winding = (
        "Notwithstanding considerable organisational responsibilities, representatives "
        "continuously administer extraordinarily sophisticated authorisation infrastructure."
    )
    template = replace(
        templates.find("sign_in_code"), locales={"en": Words(sms=GOOD + NOT_ME + " " + winding)}
    )

    assert "ease" in rules(template, "sms", "warning")


def test_a_brand_is_judged_by_its_own_values() -> None:
    ours = templates.find("sign_in_code")
    values = {"host": "id.acme.example", "support_phone": ""}
    for name in ("Å" * 40, "متجر أكمي"):  # in the alphabet of texts, and not
        found = templates.lint(ours, "en", "sms", values={**values, "brand": name})

        assert {(one.rule, one.severity) for one in found} == {("segments", "warning")}


def test_a_language_without_words_is_an_error() -> None:
    findings = templates.lint(templates.find("recovery_code"), "tlh", "sms")

    assert [finding.rule for finding in findings] == ["words"]
