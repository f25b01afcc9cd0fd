"""The page behind a link: scanners may open it at will, the owner's button uses it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.attacks.register import covers
from tests.recovery.steps import NEW_PASSWORD, browser, forgot, prove, sign_in
from tests.world.cast import Person, Received
from tests.world.simulated import Simulation

FORM = {"password": NEW_PASSWORD}


@pytest.fixture
async def page(app_client: Simulation) -> AsyncIterator[httpx.AsyncClient]:
    """Alice's browser."""
    async with browser(app_client) as made:
        yield made


@pytest.fixture
async def received(app_client: Simulation, api: httpx.AsyncClient, alice: Person) -> Received:
    """The email with the link."""
    await forgot(api, alice.email, channel="email")
    await app_client.deliver()
    return alice.email.inbox[-1]


async def test_a_link_is_opened_and_a_password_set(
    page: httpx.AsyncClient, api: httpx.AsyncClient, alice: Person, received: Received
):
    opened = await page.get(received.link)
    form = await page.get(opened.headers["location"])
    done = await page.post("/l", data=FORM, follow_redirects=True)
    again = await page.post("/l", data=FORM)

    assert (opened.status_code, opened.headers["location"]) == (303, "/l")
    assert "New password" in form.text
    assert (done.status_code, again.status_code) == (200, 404)
    assert "Sign in to Acme with it now" in done.text
    assert (await sign_in(api, alice.email, NEW_PASSWORD))["outcome"] == "ok"


@covers("T-24", "T-25")
async def test_a_scanner_that_opens_the_link_forty_times_uses_nothing_up(
    app_client: Simulation, page: httpx.AsyncClient, received: Received
):
    async with browser(app_client) as scanner:
        for n in range(20):
            await scanner.get(received.link, headers={"Purpose": "prefetch"} if n % 2 else None)
            await scanner.head(received.link)
            await scanner.get("/l")
    await page.get(received.link)
    done = await page.post("/l", data=FORM)

    assert done.headers["location"].endswith("/done")


async def test_the_token_leaves_the_address_and_no_script_can_read_it(
    page: httpx.AsyncClient, received: Received
):
    opened = await page.get(received.link)
    form = await page.get("/l")
    cookie = opened.headers["set-cookie"]

    assert cookie.startswith("__Host-sparekey-link=")
    assert all(part in cookie for part in ("HttpOnly", "Secure", "Path=/", "SameSite=Lax"))
    assert received.link_token not in form.text + opened.text
    for answer in (opened, form):
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


async def test_a_password_that_will_not_do_may_be_corrected(
    page: httpx.AsyncClient, received: Received
):
    await page.get(received.link)
    weak = await page.post("/l", data={"password": "xylophone"}, follow_redirects=True)
    weaker = await page.post("/l", data={}, follow_redirects=True)
    done = await page.post("/l", data=FORM)

    for told in (weak, weaker):
        assert (told.status_code, told.url.path) == (200, "/l")
        assert 'role="alert"' in told.text
    assert "xylophone" not in weak.text
    assert done.headers["location"].endswith("/done")


async def test_the_link_is_used_up_by_whoever_presses_the_button(
    app_client: Simulation, page: httpx.AsyncClient, received: Received
):
    await page.get(received.link)
    await page.post("/l", data={"password": "short"})
    async with browser(app_client) as later:
        await later.get(received.link)
        other = await later.post("/l", data=FORM)
    done = await page.post("/l", data=FORM)

    assert (other.status_code, done.status_code) == (410, 303)
    assert done.headers["location"].endswith("/done")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_form_of_another_site_is_refused(
    page: httpx.AsyncClient, received: Received, site: str
):
    await page.get(received.link)
    foreign = await page.post("/l", data=FORM, headers={"Sec-Fetch-Site": site})
    own = await page.post("/l", data=FORM, headers={"Sec-Fetch-Site": "same-origin"})

    assert (foreign.status_code, own.status_code) == (403, 303)
    assert own.headers["location"].endswith("/done")


@pytest.mark.parametrize("token", ["x", "%00", "a" * 43, "A" * 42, "…", "%2e%2e%2freadyz"])
async def test_what_is_no_link_of_ours_leads_to_a_page_that_says_so(
    page: httpx.AsyncClient, token: str
):
    opened = await page.get(f"/l/{token}")

    assert opened.status_code == 404
    assert not page.cookies


async def test_without_having_opened_a_link_there_is_no_form(page: httpx.AsyncClient):
    assert (await page.get("/l")).status_code == 404
    assert (await page.post("/l", data=FORM)).status_code == 404


@covers("T-38")
async def test_opening_the_link_lets_nobody_else_go_on(
    app_client: Simulation, api: httpx.AsyncClient, page: httpx.AsyncClient, alice: Person
):
    recovery = await forgot(api, alice.email, channel="email")
    await app_client.deliver()
    await page.get(alice.email.inbox[-1].link)
    await page.post("/l", data={"password": "short"})
    computer = await prove(api, recovery, link_token=alice.email.inbox[-1].link_token)

    assert computer.status_code == 422
