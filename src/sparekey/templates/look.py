"""How a brand's colour shows in its emails; readable, whatever colour that is."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from sparekey.pages.theme import theme
from sparekey.templates.layout import COLOURS


@lru_cache(maxsize=256)
def look(colour: str | None) -> Mapping[str, str]:
    """The values of a message that are colours."""
    if colour is None:
        return MappingProxyType(COLOURS)
    shades = theme(colour)
    return MappingProxyType(
        {
            "button_fill": shades.fill,
            "button_ink": shades.ink,
            "button_edge": shades.edge_light,
            "link_colour": shades.text_light,
        }
    )
