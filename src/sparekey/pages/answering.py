"""Showing a page: a package's HTML inside our frame, in the visitor's language."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sparekey import brands, http
from sparekey.http import Answer, Request
from sparekey.pages import assets
from sparekey.pages.languages import direction, languages, translations
from sparekey.pages.visits import Visit, visit

_FRAME = Path(__file__).parent / "html"


class Pages:
    """The pages of one package: its HTML in `folder`, its words in `folder`/../languages."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folders = [_FRAME] if folder is None else [folder, _FRAME]
        self._words = [] if folder is None else [folder.parent / "languages"]
        self._environment = cache(self._made)

    def show(
        self,
        request: Request,
        brand: brands.Brand | None,
        name: str,
        *,
        status: int = 200,
        **values: Any,
    ) -> Answer:
        """The page called `name`, with the headers that every page has."""
        seen = visit(request, brand)
        page = self._environment(seen.language).get_template(f"{name}.html")
        http.add_headers(request, http.page_headers())
        http.add_headers(request, {"Content-Language": seen.language})
        text = page.render(**_frame(seen), **values)
        return Answer(text, status_code=status, media_type="text/html")

    def _made(self, language: str) -> Environment:
        made = Environment(
            loader=FileSystemLoader(self._folders),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
            auto_reload=False,
        )
        words: Any = made
        words.install_gettext_translations(translations(language, self._words), newstyle=True)
        return made


def redirect(request: Request, to: str, *, headers: Mapping[str, str] | None = None) -> Answer:
    """Go on at `to` with a GET, so that Back and reload repeat nothing."""
    http.add_headers(request, {**http.page_headers(), "Location": to, **(headers or {})})
    return Answer("", status_code=303, media_type="text/plain")


def _frame(seen: Visit) -> dict[str, Any]:
    brand = seen.brand
    return {
        "brand": brand,
        "language": seen.language,
        "direction": direction(seen.language),
        "language_name": languages()[seen.language],
        "language_links": seen.language_links,
        "asset": assets.address_of,
        "theme": assets.theme_of(brand.colour).address if brand and brand.colour else None,
        "logo": f"/assets/{brand.logo}/logo" if brand and brand.logo else None,
        "moment": _Moments(brand.time_zone if brand else "UTC"),
    }


class _Moments:
    """Says a time of day; a script says it again in the reader's own zone."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)

    def __call__(self, at: datetime) -> Markup:
        there = at.astimezone(self._zone)
        return Markup('<time datetime="{}" dir="ltr">{}</time>').format(
            f"{at:%Y-%m-%dT%H:%M:%SZ}", f"{there:%H:%M %Z}"
        )
