"""The look, the languages and the frame of customer pages; what stands on them is not said here.

Names are imported on first use: a worker shows no page and must not pay for it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sparekey.pages import theme
    from sparekey.pages.answering import Pages, redirect
    from sparekey.pages.assets import add_files, address_of
    from sparekey.pages.cookies import Cookie, forget, keep, kept
    from sparekey.pages.forms import fields, require_own_form
    from sparekey.pages.troubles import HANDLERS
    from sparekey.pages.visits import Visit, find_brand, language_of

__all__ = [
    "HANDLERS",
    "Cookie",
    "Pages",
    "Visit",
    "add_files",
    "address_of",
    "fields",
    "find_brand",
    "forget",
    "keep",
    "kept",
    "language_of",
    "redirect",
    "require_own_form",
    "theme",
]

_HOMES = {
    "answering": ("Pages", "redirect"),
    "assets": ("add_files", "address_of"),
    "cookies": ("Cookie", "forget", "keep", "kept"),
    "forms": ("fields", "require_own_form"),
    "troubles": ("HANDLERS",),
    "visits": ("Visit", "find_brand", "language_of"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"sparekey.pages has no {name}")
    value = getattr(import_module(f"sparekey.pages.{_HOME[name]}"), name)
    globals()[name] = value
    return value
