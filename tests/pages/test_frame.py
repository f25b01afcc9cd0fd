"""The frame of every page: its headers, its languages, and what it says when something is wrong."""

import httpx
import pytest

from sparekey.db import Db
from sparekey.kit.keyring import Keyring
from tests.recovery.steps import at_brand
from tests.world.basics import MovableClock
from tests.world.browser import Page, browsing
from tests.world.deployment import Deployment
from tests.world.simulated import Simulation, opened, simulating

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def policy(answer: httpx.Response) -> dict[str, str]:
    parts = answer.headers["content-security-policy"].split("; ")
    return dict(part.split(" ", 1) for part in parts)


def guards(answer: httpx.Response) -> dict[str, str]:
    """The headers of an answer that say nothing of this one request."""
    own = {"x-request-id", "content-length", "allow", "set-cookie"}
    return {name: value for name, value in answer.headers.items() if name not in own}


async def test_a_page_runs_and_loads_only_what_is_ours_and_is_kept_by_nobody(
    app_client: Simulation,
):
    async with browsing(app_client) as browser:
        page = await browser.open(f"/{app_client.brand.slug}/forgot")

    assert policy(page.answer) == POLICY
    assert page.answer.headers["cache-control"] == "no-store"
    assert page.answer.headers["referrer-policy"] == "no-referrer"
    assert page.answer.headers["x-frame-options"] == "DENY"


async def test_a_language_is_picked_without_script_and_kept(app_client: Simulation):
    slug = app_client.brand.slug
    async with browsing(app_client, language="fr") as browser:
        first = await browser.open(f"/{slug}/forgot")
        arabic = next(link for link in first.links if "lang=ar" in link)
        chosen = await browser.open(f"/{slug}/forgot{arabic}")
        cookie = chosen.answer.headers["set-cookie"]
        later = await browser.open(f"/{slug}/help")

    assert (first.language, first.direction) == ("fr", "ltr")
    assert (chosen.language, chosen.direction) == ("ar", "rtl")
    assert (later.language, later.answer.headers["content-language"]) == ("ar", "ar")
    assert cookie.startswith("__Host-sparekey-lang=ar;")


async def test_picking_a_language_keeps_the_rest_of_the_address(app_client: Simulation):
    async with browsing(app_client) as browser:
        page = await browser.open(f"/{app_client.brand.slug}/not-me?m=abc%22%3E%3Cb%3E")

    assert "?lang=de&m=abc%22%3E%3Cb%3E" in page.links


async def test_without_a_wish_a_page_speaks_the_brands_language(app_client: Simulation):
    await at_brand(app_client, locale="es-MX")
    async with browsing(app_client) as browser:
        page = await browser.open(f"/{app_client.brand.slug}/forgot")

    assert page.language == "es"


async def test_a_brand_without_anything_has_its_initial_and_no_empty_links(
    app_client: Simulation,
):
    async with browsing(app_client) as browser:
        page = await browser.open(f"/{app_client.brand.slug}/help")

    assert '<span class="mark" aria-hidden="true">A</span>' in page.text
    assert "Privacy" not in page.text
    assert "<dl" not in page.text
    assert all(link for link in page.links)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nobody/forgot", 404),
        ("GET", "/Not%20A%20Slug/forgot", 404),
        ("POST", "/nobody/code", 404),
        ("GET", "/l/…", 404),
    ],
)
async def test_whatever_is_not_there_is_said_on_a_page(
    app_client: Simulation, method: str, path: str, status: int
):
    async with browsing(app_client) as browser:
        answer = await browser.client.request(method, path.format(slug=app_client.brand.slug))

    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/{slug}/forgot", "GET, POST"),
        ("PUT", "/{slug}/forgot/", "GET, POST"),
        ("OPTIONS", "/{slug}/code", "GET, POST"),
        ("PURGE", "/{slug}/code", "GET, POST"),
        ("POST", "/{slug}/help", "GET"),
        ("POST", "/l/made-up", "GET"),
        ("GET", "/{slug}/verify/resend", "POST"),
        ("PATCH", "/nobody/forgot", "GET, POST"),
    ],
)
async def test_a_method_that_a_page_does_not_take_is_refused_on_a_page(
    app_client: Simulation, method: str, path: str, allow: str
):
    slug = app_client.brand.slug
    async with browsing(app_client, language="de") as browser:
        usual = await browser.open(f"/{slug}/help")
        answer = await browser.client.request(method, path.format(slug=slug))
    page = Page(answer)

    assert (answer.status_code, answer.headers["allow"]) == (405, allow)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert (page.language, page.heading) == ("de", "Hier ist keine Seite")
    assert ("Acme" in page.text) == ("{slug}" in path)
    assert guards(answer) == guards(usual.answer)


@pytest.mark.parametrize("method", ["DELETE", "HEAD", "OPTIONS", "PURGE"])
async def test_a_server_refuses_it_on_a_page_too(deployment: Deployment, method: str):
    path = f"/{deployment.brand.slug}/forgot"
    async with deployment.client(deployment.servers[0]) as client:
        usual = await client.get(path)
        answer = await client.request(method, path)
        later = await client.get(path)  # over the same connection: nothing was left in it

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
    assert policy(answer) == policy(usual) == POLICY
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert ("There is no page here" in answer.text) == (method != "HEAD")
    assert later.status_code == 200


@pytest.mark.parametrize("method", ["DELETE", "PURGE"])
@pytest.mark.parametrize(
    ("path", "allow"),
    [
        ("/v1/recoveries", "POST"),
        ("/v1/sign-ins", "POST"),
        ("/healthz", "GET"),
        ("/assets/a/b.css", "GET"),
    ],
)
async def test_a_method_that_the_api_does_not_take_is_refused_by_a_problem(
    app_client: Simulation, method: str, path: str, allow: str
):
    answer = await app_client.client.request(method, path)

    assert (answer.status_code, answer.headers["allow"]) == (405, allow)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "request.method_not_allowed"


async def test_without_the_database_the_page_still_looks_like_its_brand(
    database_url: str, db: Db, keyring: Keyring, clock: MovableClock
):
    own = await Db.connect(database_url, size=2)
    async with simulating(opened(database_url, own, keyring, clock), clock) as simulation:
        slug = simulation.brand.slug
        async with browsing(simulation, language="de") as browser:
            await browser.open(f"/{slug}/forgot")
            await browser.send(identifier="alice@mail.example")
            await own.close()
            away = await browser.send(channel="sms")
            unknown = await browser.open("/nobody/forgot")

    assert (away.status, away.heading) == (503, "Gleich wieder da")
    assert "Acme" in away.text
    assert (unknown.status, "Acme" in unknown.text) == (503, False)
    assert away.answer.headers["retry-after"] == "5"


async def test_a_network_that_sends_too_much_is_told_until_when(app_client: Simulation):
    await at_brand(app_client, time_zone="Europe/Berlin")
    async with browsing(app_client) as browser:
        path = f"/{app_client.brand.slug}/undo"
        answers = [await browser.client.post(path, data={"m": "x"}) for _ in range(61)]

    answer = answers[-1]
    assert {one.status_code for one in answers[:-1]} == {404}
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "10"
    assert '<time datetime="2026-03-04T12:01:00Z" dir="ltr">13:01 CET</time>' in answer.text
