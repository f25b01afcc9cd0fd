"""How easily words are read, in each language's own measure."""

import pytest

from sparekey.templates import languages
from sparekey.templates.reading_ease import measure


@pytest.mark.parametrize(
    ("locale", "easy", "hard"),
    [
        (
            "en",
            "This code signs you in. Type it on the page and tell it to nobody.",
            "Authentication necessitates immediate utilisation of aforementioned credentials.",
        ),
        (
            "de",
            "Mit diesem Code melden Sie sich an. Sagen Sie ihn niemandem.",
            "Die Authentifizierungsinformationen erfordern unverzügliche Berücksichtigung "
            "datenschutzrechtlicher Verarbeitungsbestimmungen.",
        ),
        (
            "fr",
            "Ce code vous connecte. Ne le donnez à personne.",
            "L'authentification nécessite l'utilisation immédiate des identifiants "
            "précédemment communiqués conformément aux conditions générales.",
        ),
        (
            "es",
            "Este código sirve para entrar. No se lo diga a nadie.",
            "La autenticación necesita inmediatamente la utilización de credenciales "
            "anteriormente comunicadas electrónicamente.",
        ),
        (
            "ar",
            "هذا الرمز لتسجيل الدخول. لا تخبر به أحدًا.",
            "نود إعلامكم بأن عملية المصادقة الإلكترونية تستوجب استخدام بيانات الاعتماد المرسلة "
            "إليكم سابقًا وفقًا للشروط والأحكام العامة المعمول بها لدينا",
        ),
    ],
)
def test_plain_words_are_easy_and_office_words_are_hard(locale: str, easy: str, hard: str) -> None:
    by = languages.get(locale).ease
    read, stumbled = measure(easy, by), measure(hard, by)

    assert read
    assert stumbled
    assert (read.is_hard, stumbled.is_hard) == (False, True)


@pytest.mark.parametrize("words", ["", "1234 5678", "Set a new password", "👍 … —"])
def test_a_label_has_no_measure(words: str) -> None:
    assert measure(words, languages.get("en").ease) is None


@pytest.mark.parametrize(
    ("word", "score"),
    [("cat", 206.835 - 1.015 * 6 - 84.6), ("hate", 206.835 - 1.015 * 6 - 84.6)],
)
def test_an_ending_that_nobody_speaks_is_no_syllable(word: str, score: float) -> None:
    measured = measure(" ".join([word] * 6), languages.get("en").ease)

    assert measured
    assert measured.said == f"ease {score:.0f}"
