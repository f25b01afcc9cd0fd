"""A brand's colours from its one colour, so that everything stays readable in light and dark.

Buttons keep the colour itself, with black or white words on it. Words in the colour (links, focus,
what is chosen) are darkened or lightened until they can be read: one shade for both would turn a
bright yellow into mud. Contrast is that of WCAG 2.2.
"""

from dataclasses import dataclass

Rgb = tuple[float, float, float]

_WHITE: Rgb = (255, 255, 255)
_BLACK: Rgb = (0, 0, 0)
#: The ground that words stand on: the darker of the two in light, the panel in dark.
LIGHT_GROUND, DARK_GROUND = "#f6f6f3", "#17191f"
LEAST_LIGHT, LEAST_DARK = 4.5, 5.5
#: A fill nearer to its ground than this gets an edge, or nobody would see a white button.
_LEAST_FILL = 1.25
_EDGE_LIGHT, _EDGE_DARK = "#8b8d86", "#6d7380"


@dataclass(frozen=True, slots=True)
class Theme:
    """What a page takes of a brand's colour."""

    fill: str
    ink: str
    text_light: str
    text_dark: str
    soft_light: str
    soft_dark: str
    edge_light: str
    edge_dark: str

    @property
    def css(self) -> str:
        """The tokens that it replaces."""
        return (
            "@layer tokens{:root{"
            f"--accent:{self.fill};--accent-ink:{self.ink};"
            f"--accent-text:light-dark({self.text_light},{self.text_dark});"
            f"--accent-soft:light-dark({self.soft_light},{self.soft_dark});"
            f"--accent-edge:light-dark({self.edge_light},{self.edge_dark})"
            "}}"
        )


def theme(colour: str) -> Theme:
    """The theme of a colour such as `#2b50d8`."""
    fill = _read(colour)
    return Theme(
        fill=colour,
        ink="#ffffff" if contrast("#ffffff", colour) >= LEAST_LIGHT else "#000000",
        text_light=_readable(fill, towards=_BLACK, on=LIGHT_GROUND, least=LEAST_LIGHT),
        text_dark=_readable(fill, towards=_WHITE, on=DARK_GROUND, least=LEAST_DARK),
        soft_light=_shown(_mixed(_WHITE, fill, 0.09)),
        soft_dark=_shown(_mixed(_read(DARK_GROUND), fill, 0.16)),
        edge_light=colour if contrast(colour, LIGHT_GROUND) >= _LEAST_FILL else _EDGE_LIGHT,
        edge_dark=colour if contrast(colour, DARK_GROUND) >= _LEAST_FILL else _EDGE_DARK,
    )


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21."""
    light, dark = sorted((_luminance(_read(one)), _luminance(_read(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _readable(colour: Rgb, *, towards: Rgb, on: str, least: float) -> str:
    """The nearest shade, in steps of a fiftieth, that can be read on its ground."""
    shades = (_shown(_mixed(colour, towards, step / 50)) for step in range(51))
    return next(shade for shade in shades if contrast(shade, on) >= least)


def _mixed(one: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (a + (b - a) * share for a, b in zip(one, other, strict=True))
    return red, green, blue


def _luminance(colour: Rgb) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _read(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _shown(colour: Rgb) -> str:
    return "#" + "".join(f"{round(part):02x}" for part in colour)
