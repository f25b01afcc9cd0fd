"""Whatever a brand's colour is, everything on its pages can be read, in light and dark."""

from hypothesis import given
from hypothesis import strategies as st

from sparekey.pages.theme import DARK_GROUND, LIGHT_GROUND, contrast, theme

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(COLOURS)
def test_every_colour_makes_a_readable_theme(colour: str):
    made = theme(colour)

    assert made.fill == colour
    assert made.ink in {"#000000", "#ffffff"}
    assert contrast(made.ink, made.fill) >= 4.5
    assert contrast(made.text_light, "#ffffff") >= 4.5
    assert contrast(made.text_light, LIGHT_GROUND) >= 4.5
    assert contrast(made.text_dark, DARK_GROUND) >= 5.5


@given(COLOURS)
def test_what_is_chosen_and_what_is_filled_shows_on_its_ground(colour: str):
    made = theme(colour)

    assert contrast(made.edge_light, LIGHT_GROUND) >= 1.25
    assert contrast(made.edge_dark, DARK_GROUND) >= 1.25
    assert contrast("#16181d", made.soft_light) >= 4.5
    assert contrast("#f1f2f4", made.soft_dark) >= 4.5


def test_a_colour_that_can_be_read_stays_as_it_is():
    blue, yellow = theme("#2b50d8"), theme("#ffb400")

    assert (blue.text_light, blue.ink) == ("#2b50d8", "#ffffff")
    assert (yellow.text_dark, yellow.ink) == ("#ffb400", "#000000")
    assert yellow.text_light != yellow.fill


def test_contrast_is_that_of_wcag():
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48
