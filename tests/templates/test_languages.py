"""How each language says how long and when."""

from datetime import date, datetime

import pytest

from sparekey.kit import gsm7
from sparekey.templates import languages

AT = datetime.fromisoformat("2026-02-01T09:05:00+05:30")


@pytest.mark.parametrize(
    ("locale", "minutes", "whole", "brief"),
    [
        ("en", 1, "1 minute", "1 min"),
        ("en", 90, "90 minutes", "90 min"),
        ("en", 60, "1 hour", "1 hour"),
        ("en", 1440, "24 hours", "24 hours"),
        ("en", 4320, "3 days", "3 days"),
        ("de", 1, "1 Minute", "1 Min."),
        ("de", 60, "1 Stunde", "1 Std."),
        ("de", 4320, "3 Tage", "3 Tage"),
        ("fr", 10, "10 minutes", "10 min"),
        ("fr", 120, "2 heures", "2 h"),
        ("fr", 4320, "3 jours", "3 jours"),
        ("es", 10, "10 minutos", "10 min"),
        ("es", 60, "1 hora", "1 h"),
        ("es", 4320, "3 días", "72 h"),
        ("ar", 1, "دقيقة واحدة", "دقيقة واحدة"),
        ("ar", 2, "دقيقتين", "دقيقتين"),
        ("ar", 10, "10 دقائق", "10 دقائق"),
        ("ar", 30, "30 دقيقة", "30 دقيقة"),
        ("ar", 103, "103 دقائق", "103 دقائق"),
        ("ar", 120, "ساعتين", "ساعتين"),
        ("ar", 4320, "3 أيام", "3 أيام"),
        ("ar", 20160, "14 يومًا", "14 يومًا"),
    ],
)
def test_a_time_span_is_said_in_the_unit_people_use(
    locale: str, minutes: int, whole: str, brief: str
) -> None:
    language = languages.get(locale)

    assert (language.duration(minutes), language.brief_duration(minutes)) == (whole, brief)


@pytest.mark.parametrize(
    ("locale", "whole", "brief"),
    [
        ("en", "1 Feb 2026 at 09:05 UTC+5:30", "1 Feb at 09:05 UTC+5:30"),
        ("de", "1. Februar 2026 um 09:05 Uhr (UTC+5:30)", "1.2. um 09:05 (UTC+5:30)"),
        ("fr", "1er février 2026 à 09:05 (UTC+5:30)", "1er févr. à 09:05 (UTC+5:30)"),
        ("es", "1 de febrero de 2026 a las 09:05 (UTC+5:30)", "1 feb a las 09:05 (UTC+5:30)"),
        ("ar", "1 فبراير 2026 الساعة 09:05 (UTC+5:30)", "1 فبراير 09:05 (UTC+5:30)"),
    ],
)
def test_a_moment_is_said_with_its_zone(locale: str, whole: str, brief: str) -> None:
    language = languages.get(locale)

    assert (language.moment(AT), language.brief_moment(AT)) == (whole, brief)


@pytest.mark.parametrize(
    ("locale", "whole", "brief"),
    [
        ("en", "1 Aug 2026", "1 Aug"),
        ("de", "1. August 2026", "1.8."),
        ("fr", "1er août 2026", "1er aout"),
        ("es", "1 de agosto de 2026", "1 de agosto"),
        ("ar", "1 أغسطس 2026", "1 أغسطس"),
    ],
)
def test_a_day_is_said_as_people_say_it(locale: str, whole: str, brief: str) -> None:
    language, day = languages.get(locale), date(2026, 8, 1)

    assert (language.day(day), language.brief_day(day)) == (whole, brief)


@pytest.mark.parametrize("locale", ["en", "de", "fr", "es"])
def test_a_day_of_any_month_costs_a_text_no_other_alphabet(locale: str) -> None:
    said = [languages.get(locale).brief_day(date(2026, month, 28)) for month in range(1, 13)]

    assert {gsm7.segments(one).encoding for one in said} == {"gsm7"}
    assert len(set(said)) == 12


@pytest.mark.parametrize("locale", languages.names())
def test_every_purpose_has_words_in_every_language(locale: str) -> None:
    english = languages.get("en").purpose_words

    assert languages.get(locale).purpose_words.keys() == english.keys()
