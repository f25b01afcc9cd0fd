"""What pages load: kept for ever under its content's name, light, and harmless by itself."""

import re

import httpx
import pytest

from sparekey import brands
from tests.brands.test_logos import SVG, png
from tests.recovery.steps import at_brand
from tests.world.browser import Browser, browsing
from tests.world.simulated import Simulation

MAX_PAGE_BYTES = 30 * 1024
FOREVER = "public, max-age=31536000, immutable"


async def of_kind(browser: Browser, kind: str) -> httpx.Response:
    """The file of a kind that the page on screen loads."""
    address = next(one for one in browser.page.loaded if one.endswith(kind))
    return await browser.client.get(address)


async def furnished(simulation: Simulation, logo: bytes) -> str:
    """A brand with everything a page can show; its slug."""
    await at_brand(simulation, colour="#ffb400", privacy_url="https://acme.example/privacy")
    await brands.change_look(
        simulation.db, simulation.brand.slug, brands.LookWish(time_zone="Europe/Berlin"), logo=logo
    )
    return simulation.brand.slug


@pytest.mark.parametrize("kind", [".css", "theme-ffb400.css", ".js", "/logo"])
async def test_a_file_is_kept_for_ever_and_sent_compressed(app_client: Simulation, kind: str):
    slug = await furnished(app_client, SVG.format("").encode())
    async with browsing(app_client) as browser:
        await browser.open(f"/{slug}/forgot")
        found = await of_kind(browser, kind)
        plain = await browser.client.get(found.url, headers={"Accept-Encoding": "identity"})

    assert (found.status_code, found.headers["cache-control"]) == (200, FOREVER)
    assert found.headers["content-encoding"] == "gzip"
    assert found.headers["vary"] == "Accept-Encoding"
    assert found.headers["x-content-type-options"] == "nosniff"
    assert "content-encoding" not in plain.headers
    assert plain.content == found.content


@pytest.mark.parametrize("logo", [SVG.format("").encode(), png()], ids=["svg", "png"])
async def test_a_logo_by_itself_is_a_document_that_may_do_nothing(
    app_client: Simulation, logo: bytes
):
    slug = await furnished(app_client, logo)
    async with browsing(app_client) as browser:
        await browser.open(f"/{slug}/forgot")
        found = await of_kind(browser, "/logo")

    assert found.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert found.headers["content-type"] in {"image/svg+xml", "image/png"}


async def test_every_page_weighs_at_most_30_kilobytes_with_all_it_loads(app_client: Simulation):
    slug = await furnished(app_client, SVG.format("").encode())
    async with browsing(app_client, language="ar") as browser:
        await browser.open(f"/{slug}/forgot")
        weights = [await weight(browser)]
        await browser.send(identifier="nobody@mail.example")
        weights.append(await weight(browser))
        await browser.send(channel="sms")
        weights.append(await weight(browser))
        await browser.open(f"/{slug}/help")
        weights.append(await weight(browser))

    assert max(weights) <= MAX_PAGE_BYTES


async def weight(browser: Browser) -> int:
    """The page on screen and all that it loads, as sent, headers included."""
    sent = [browser.page.answer]
    sent += [await browser.client.get(address) for address in set(browser.page.loaded)]
    return sum(
        int(one.headers["content-length"]) + sum(len(n) + len(v) + 4 for n, v in one.headers.raw)
        for one in sent
    )


async def test_a_page_of_the_release_before_gets_the_file_but_does_not_keep_it(
    app_client: Simulation,
):
    async with browsing(app_client) as browser:
        old = await browser.client.get("/assets/0123456789abcdef/page.css")

    assert (old.status_code, old.headers["cache-control"]) == (200, "no-store")


@pytest.mark.parametrize(
    "path",
    [
        "/assets/x/page.py",
        "/assets/x/theme-xyz.css",
        "/assets/x/theme-ffb400ff.css",
        "/assets/x/..%2f__init__.py",
        "/assets/x/logo",
        "/assets/x",
    ],
)
async def test_nothing_else_is_a_file(app_client: Simulation, path: str):
    async with browsing(app_client) as browser:
        assert (await browser.client.get(path)).status_code == 404


async def test_a_page_loads_nothing_from_elsewhere_and_holds_no_style_or_script(
    app_client: Simulation,
):
    slug = await furnished(app_client, SVG.format("").encode())
    async with browsing(app_client) as browser:
        page = await browser.open(f"/{slug}/forgot")
        css = (await browser.client.get(page.loaded[0])).text

    assert all(re.fullmatch(r"/assets/[0-9a-f]{16}/[\w.-]+", one) for one in page.loaded)
    assert not re.search(r"<style|<script(?! type=\"module\" src=)| style=| on\w+=", page.text)
    assert not re.search(r"url\(|@import|https?:", css)
    assert not re.search(r"\b(margin|padding|border)-(left|right|top|bottom)\b|[^-]width:\d", css)
