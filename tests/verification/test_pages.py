"""Confirming an address on a page: what the handle and the link open, and to whom."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from sparekey import verification
from sparekey.app import build
from sparekey.kit.ids import parse, show
from tests.world.cast import Handset, Person
from tests.world.deployment import BASE_URL, make_brand
from tests.world.simulated import Simulation


@pytest.fixture
def alice(app_client: Simulation) -> Person:
    return app_client.person("alice")


@pytest.fixture
async def browser(app_client: Simulation) -> AsyncIterator[httpx.AsyncClient]:
    """A customer's browser: it has no key, keeps its cookies and follows where it is sent."""
    transport = httpx.ASGITransport(build(app_client.house))
    async with httpx.AsyncClient(
        transport=transport, base_url=BASE_URL, follow_redirects=True
    ) as client:
        yield client


async def begin(app: Simulation, to: Handset, **more: str) -> str:
    """The company asks for an address to be proven; the id of the verification."""
    body = {"to": str(to), "purpose": "verify_address", **more}
    answer = await app.post("/v1/verifications", body)
    assert answer.status_code == 201, answer.text
    await app.deliver()
    return answer.json()["id"]


async def page_of(app: Simulation, id: str) -> str:
    return (await app.post(f"/v1/verifications/{id}/page")).json()["url"]


async def status_of(app: Simulation, id: str) -> str:
    return (await app.client.get(f"/v1/verifications/{id}")).json()["status"]


async def test_the_handle_leaves_the_address_and_opens_the_form(
    app_client: Simulation, browser: httpx.AsyncClient, alice: Person
):
    shown = await begin(app_client, alice.phone)
    url = await page_of(app_client, shown)

    page = await browser.get(url)

    assert url.startswith(f"{BASE_URL}/{app_client.brand.slug}/verify?h=")
    assert str(page.url) == f"{BASE_URL}/{app_client.brand.slug}/verify"
    assert 'name="code"' in page.text
    assert await status_of(app_client, shown) == "pending"


async def test_three_wrong_codes_end_it_as_by_the_api(
    app_client: Simulation, browser: httpx.AsyncClient, alice: Person
):
    shown = await begin(app_client, alice.phone)
    here = (await browser.get(await page_of(app_client, shown))).url
    code = alice.phone.inbox[-1].code
    wrong = f"{code[:-1]}{(int(code[-1]) + 1) % 10}"

    pages = [await browser.post(here, data={"code": wrong}) for _ in range(3)]
    late = await browser.post(here, data={"code": code})

    assert ["2 tries left" in pages[0].text, "1 try left" in pages[1].text] == [True, True]
    assert "This has run out" in late.text
    assert await status_of(app_client, shown) == "exhausted"


async def test_what_cannot_be_a_code_costs_no_try(
    app_client: Simulation, browser: httpx.AsyncClient, alice: Person
):
    shown = await begin(app_client, alice.phone)
    here = (await browser.get(await page_of(app_client, shown))).url

    for nonsense in ("", "12", "hello", "1" * 200):
        page = await browser.post(here, data={"code": nonsense})
        assert 'id="code-wrong"' in page.text
    page = await browser.post(here, data={"code": alice.phone.inbox[-1].code})

    assert "It’s confirmed" in page.text


async def test_another_code_is_sent_after_a_minute(
    app_client: Simulation, browser: httpx.AsyncClient, alice: Person
):
    shown = await begin(app_client, alice.phone)
    here = (await browser.get(await page_of(app_client, shown))).url

    early = await browser.post(f"{here}/resend")
    await app_client.wait(timedelta(seconds=61))
    again = await browser.post(f"{here}/resend")
    await app_client.deliver()
    page = await browser.post(here, data={"code": alice.phone.inbox[-1].code})

    assert "less than a minute ago" in early.text
    assert "We sent it again" in again.text
    assert len(alice.phone.inbox) == 2
    assert "It’s confirmed" in page.text


async def test_an_id_opens_nothing_and_a_handle_only_its_own_brand(
    app_client: Simulation, browser: httpx.AsyncClient, alice: Person
):
    shown = await begin(app_client, alice.phone)
    url = await page_of(app_client, shown)
    other, _ = await make_brand(app_client.db, app_client.clock())
    at_other = url.replace(app_client.brand.slug, other.slug)

    for address in (at_other, url.partition("?")[0] + f"?h={shown}", url[:-2] + "AA"):
        page = await browser.get(address)
        assert 'name="code"' not in page.text
        assert (await browser.post(page.url, data={"code": "123456"})).status_code == 200
    assert await status_of(app_client, shown) == "pending"


async def test_a_recovery_cannot_be_answered_here(
    app_client: Simulation, browser: httpx.AsyncClient
):
    answer = await app_client.post("/v1/recoveries", {"identifier": "nobody"})
    about = parse("rec", answer.json()["id"])
    assert about is not None
    refused = await app_client.post(f"/v1/verifications/{show('ver', about)}/page")
    handle = verification.write_handle(app_client.keyring, app_client.brand.id, about).reveal()
    page = await browser.get(f"/{app_client.brand.slug}/verify?h={handle}")

    assert refused.status_code == 404
    assert 'name="code"' not in page.text


async def test_a_link_is_used_by_its_button_once(
    app_client: Simulation, browser: httpx.AsyncClient, alice: Person
):
    shown = await begin(app_client, alice.email, template="verify_address_link")
    [link] = {url for url in alice.email.inbox[-1].urls if "/verify?l=" in url}

    here = {(await browser.get(link)).url for _ in range(3)}.pop()
    looked = await status_of(app_client, shown)
    done = await browser.post(here)
    twice = await browser.post(here)
    browser.cookies.clear()
    late = await browser.post((await browser.get(link)).url)

    assert (looked, await status_of(app_client, shown)) == ("pending", "approved")
    assert "It’s confirmed" in done.text
    assert "It’s confirmed" in twice.text
    assert "This has run out" in late.text


async def test_a_link_with_another_secret_confirms_nothing_and_tells_nothing(
    app_client: Simulation, browser: httpx.AsyncClient, alice: Person
):
    shown = await begin(app_client, alice.email, template="verify_address_link")
    about = parse("ver", shown)
    assert about is not None
    forged = verification.link_token(about, b"0" * 16)

    page = await browser.get(f"/{app_client.brand.slug}/verify?l={forged}")
    done = await browser.post(page.url)

    assert "This has run out" in done.text
    assert await status_of(app_client, shown) == "pending"


@pytest.mark.parametrize(
    ("to", "purpose", "template"),
    [
        ("phone", "verify_address", "verify_address_link"),
        ("email", "sign_in", "verify_address_link"),
        ("email", "recovery", "recovery_link"),
    ],
)
async def test_a_link_confirms_email_addresses_and_nothing_else(
    app_client: Simulation, alice: Person, to: str, purpose: str, template: str
):
    handset: Handset = getattr(alice, to)
    body = {"to": str(handset), "purpose": purpose, "template": template}

    answer = await app_client.post("/v1/verifications", body)

    assert (answer.status_code, answer.json()["field"]) == (400, "template")


async def test_words_are_chosen_for_a_channel_that_has_some(app_client: Simulation, alice: Person):
    body = {"purpose": "recovery", "template": "recovery_code_button"}

    by_text = await app_client.post("/v1/verifications", {**body, "to": str(alice.phone)})
    by_email = await app_client.post("/v1/verifications", {**body, "to": str(alice.email)})

    assert (by_text.status_code, by_text.json()["field"]) == (400, "template")
    assert by_email.status_code == 201


async def test_a_form_of_another_site_confirms_nothing(
    app_client: Simulation, browser: httpx.AsyncClient, alice: Person
):
    shown = await begin(app_client, alice.email, template="verify_address_link")
    page = await browser.get(next(url for url in alice.email.inbox[-1].urls if "/verify?" in url))

    refused = await browser.post(page.url, headers={"Sec-Fetch-Site": "cross-site"})

    assert refused.status_code == 403
    assert await status_of(app_client, shown) == "pending"
