"""Everybody reads their own language, and no language lacks a word."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from sparekey.pages.languages import choose, direction, languages
from tests.structure.tree import SOURCE

FOLDERS = sorted(path.parent for path in SOURCE.rglob("languages/de.po"))
TRANSLATED = sorted(set(languages()) - {"en"})
_PLACE = re.compile(r"%\(\w+\)s")


def said(folder: Path) -> dict[str, Any]:
    """Every text of the pages beside a folder of languages, by its (singular) English."""
    found: dict[str, Any] = {}
    keywords: Any = {"_": None, "gettext": None, "ngettext": (1, 2)}
    for _, _, message, _, _ in extract_from_dir(
        folder.parent / "html", method_map=[("**.html", "jinja2")], keywords=keywords
    ):
        found[message if isinstance(message, str) else message[0]] = message
    return found


def catalogue(folder: Path, language: str) -> Catalog:
    """The words of a language."""
    with (folder / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def lacking(folder: Path, language: str) -> Iterator[str]:
    """What a language lacks, has too much, or says with other places."""
    messages = {
        message.id if isinstance(message.id, str) else message.id[0]: message
        for message in catalogue(folder, language)
        if message.id
    }
    wanted = said(folder)
    yield from (f"has {extra!r}, which no page says" for extra in messages.keys() - wanted.keys())
    for english in wanted:
        message = messages.get(english)
        if message is None or message.fuzzy or not all(_forms(message.string)):
            yield f"lacks {english!r}"
            continue
        places = set(_PLACE.findall(english))
        yield from (
            f"{form!r} has other places than {english!r}"
            for form in _forms(message.string)
            if not _has(form, places, is_plural=bool(message.pluralizable))
        )


def _has(form: str, places: set[str], *, is_plural: bool) -> bool:
    """The same places; one of several forms may say its number in words."""
    found = set(_PLACE.findall(form))
    return found <= places if is_plural else found == places


def _forms(text: Any) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_no_language_lacks_a_word(folder: Path, language: str):
    assert list(lacking(folder, language)) == []


def test_the_five_languages_are_there_under_their_own_names():
    assert languages() == {
        "en": "English",
        "ar": "العربية",
        "de": "Deutsch",
        "es": "Español",
        "fr": "Français",
    }
    assert [code for code in languages() if direction(code) == "rtl"] == ["ar"]


@pytest.mark.parametrize("language", [*TRANSLATED])
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_no_text_begs_or_blames(folder: Path, language: str):
    stiff = re.compile(r"\b(oops|invalid|successful|bitte|veuillez|ungültig|invalide)", re.I)

    texts = [text for message in catalogue(folder, language) for text in _forms(message.string)]

    assert [text for text in texts if stiff.search(text)] == []
    assert [english for english in said(folder) if stiff.search(english)] == []


@pytest.mark.parametrize(
    ("wished", "accepted", "otherwise", "chosen"),
    [
        (None, None, "en", "en"),
        (None, None, "de-AT", "de"),
        (None, None, "ja", "en"),
        (None, "fr-CA,fr;q=0.9,en;q=0.8", "de", "fr"),
        (None, "ja,de;q=0.1,es;q=0.2", "en", "es"),
        (None, "fr;q=0,ja", "de", "de"),
        (None, "*;q=0.5, ar-EG;q=1.0", "en", "ar"),
        (None, "de;q=x,,;;,fr", "en", "fr"),
        (None, "\x00" * 5000, "en", "en"),
        ("es", "fr", "de", "es"),
        ("xx", "fr", "de", "fr"),
        ("../../etc", None, "de", "de"),
    ],
)
def test_the_choice_comes_first_then_the_browser_then_the_brand(
    wished: str | None, accepted: str | None, otherwise: str, chosen: str
):
    assert choose(wished=wished, accepted=accepted, otherwise=otherwise) == chosen
