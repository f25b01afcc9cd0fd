"""What every page must be, whoever looks: axe finds nothing, and the geometry holds.

With SPAREKEY_SHOTS set, every look also leaves pictures in `tests/journeys/shots`.
"""

import os
import re
from importlib.resources import files
from pathlib import Path

from playwright.async_api import Page

_HERE = Path(__file__).parent
_SHOTS = _HERE / "shots"
_AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
_GEOMETRY = (_HERE / "geometry.js").read_text()
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """async (rules) => {
    const found = await axe.run(document, {
        runOnly: rules, resultTypes: ["violations"], iframes: false,
    });
    return found.violations.map(({ id, nodes }) =>
        `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`);
}"""
#: An old phone, the usual one, a desk.
WIDTHS = {320: 640, 390: 844, 1440: 900}
SCHEMES = ("light", "dark")
#: Where axe looks too: contrast differs by scheme, the rest by width.
_AXE_LOOKS = {(390, "light"), (390, "dark"), (1440, "light")}


async def look(page: Page, name: str) -> None:
    """Look at a page at every width, in light and dark; AssertionError names what is wrong."""
    await page.evaluate(_AXE)
    found: list[str] = []
    await page.keyboard.press("Tab")  # from here on focus is a keyboard's
    for width, height in WIDTHS.items():
        await page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            complaints: list[str] = await page.evaluate(_GEOMETRY)
            if (width, scheme) in _AXE_LOOKS:
                complaints += await page.evaluate(_RUN, _RULES)
            found += [f"{width} px, {scheme}: {complaint}" for complaint in complaints]
            await _picture(page, f"{name}-{width}-{scheme}")
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.emulate_media(color_scheme="light", reduced_motion="reduce")

    assert not found, f"{name}:\n" + "\n".join(found)


async def _picture(page: Page, name: str) -> None:
    if "SPAREKEY_SHOTS" in os.environ:
        _SHOTS.mkdir(exist_ok=True)
        await page.screenshot(path=_SHOTS / f"{re.sub('[^a-z0-9]+', '-', name)}.png")
