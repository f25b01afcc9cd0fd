"""Languages of pages: one file of words each, and how a visitor's is chosen.

English stands in the pages themselves. Every other language is a `.po` file here, and one of the
same name beside the pages of a package that has words of its own.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

_HERE = Path(__file__).parent
_ENGLISH = "en"
_LONGEST_HEADER = 300


@cache
def languages() -> dict[str, str]:
    """Every language there is a file for, with the name that its speakers give it."""
    codes = [_ENGLISH, *sorted(path.stem for path in _HERE.glob("*.po"))]
    return {code: _named(code) for code in codes}


def _named(code: str) -> str:
    name = Locale.parse(code).display_name or code
    return name[:1].upper() + name[1:]


@cache
def direction(language: str) -> str:
    """`ltr` or `rtl`."""
    return Locale.parse(language).text_direction


def spoken(tag: str | None) -> str | None:
    """The language of ours that a tag such as `de-AT` asks for; None when there is none."""
    base = (tag or "").replace("_", "-").partition("-")[0].strip().lower()
    return base if base in languages() else None


def choose(*, wished: str | None, accepted: str | None, otherwise: str) -> str:
    """What the visitor chose, else the first of `Accept-Language` that we have, else the brand's,
    else English."""
    return (
        spoken(wished)
        or next(filter(None, map(spoken, _by_weight(accepted or ""))), None)
        or spoken(otherwise)
        or _ENGLISH
    )


def _by_weight(header: str) -> Iterator[str]:
    """The tags of an Accept-Language header (RFC 9110, 12.5.4), most wanted first."""
    weighed: list[tuple[float, str]] = []
    for part in header[:_LONGEST_HEADER].split(","):
        tag, _, weight = part.partition(";")
        try:
            weighed.append((float(weight.strip().removeprefix("q=") or 1), tag.strip()))
        except ValueError:
            continue
    yield from (tag for weight, tag in sorted(weighed, key=lambda one: -one[0]) if weight > 0)


def translations(language: str, folders: Sequence[Path]) -> NullTranslations:
    """The words of a language: the frame's own, and those of `folders`."""
    merged: NullTranslations = NullTranslations()
    for folder in (_HERE, *folders):
        path = folder / f"{language}.po"
        if path.exists():
            found = _read(path)
            merged = found.merge(merged) if isinstance(merged, Translations) else found
    return merged


def _read(path: Path) -> Translations:
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=path.stem))
    compiled.seek(0)
    return Translations(compiled)
