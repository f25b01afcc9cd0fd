"""What a browser keeps is ours: nobody reads, changes, lends or makes it up."""

from datetime import timedelta

import httpx
import pytest

from sparekey.db import Db
from sparekey.kit.keyring import Keyring
from tests.recovery.steps import at_brand, enrol
from tests.world.basics import MovableClock
from tests.world.browser import browsing
from tests.world.cast import Person
from tests.world.simulated import Simulation, opened, simulating


@pytest.fixture
async def alice(app_client: Simulation) -> Person:
    alice = app_client.person("alice")
    await enrol(app_client.client, alice)
    return alice


def cookies(answers: list[httpx.Response]) -> dict[str, str]:
    """Every cookie that was set, whole, by its name."""
    lines = [line for answer in answers for line in answer.headers.get_list("set-cookie")]
    return {line.partition("=")[0]: line for line in lines}


async def test_every_cookie_is_for_us_alone(app_client: Simulation, alice: Person):
    slug = app_client.brand.slug
    async with browsing(app_client) as browser:
        await browser.open(f"/{slug}/forgot?lang=en")
        await browser.send(identifier=alice.phone.address)
        await browser.send(channel="sms")
        await app_client.deliver()
        await browser.send(code=alice.phone.inbox[-1].code)
        await browser.send(form=1, password="nine loud kettles on the moor")

    found = cookies(browser.answers)
    assert {name.removeprefix("__Host-sparekey-") for name in found} == {
        "lang", "trail", "grant", "link", "device", "done",
    }  # fmt: skip
    for line in found.values():
        assert line.startswith("__Host-sparekey-")
        assert all(part in line for part in ("; Path=/", "; HttpOnly", "; Secure", "; SameSite="))
        assert "Domain" not in line
    assert "SameSite=Strict" in found["__Host-sparekey-grant"]
    assert alice.phone.address.lstrip("+") not in "".join(found.values())


@pytest.mark.parametrize("change", ["flip", "cut", "empty", "rubbish", "other name"])
async def test_a_cookie_that_was_changed_is_no_cookie(
    app_client: Simulation, alice: Person, change: str
):
    slug = app_client.brand.slug
    async with browsing(app_client) as browser:
        await browser.open(f"/{slug}/forgot")
        await browser.send(identifier=alice.phone.address)
        await browser.send(channel="sms")
        kept = dict(browser.client.cookies)["__Host-sparekey-trail"]
        changed = {
            "flip": kept[:40] + ("A" if kept[40] != "A" else "B") + kept[41:],
            "cut": kept[:-4],
            "empty": "",
            "rubbish": "!!!",
            "other name": kept,
        }[change]
        browser.client.cookies.clear()
        name = "grant" if change == "other name" else "trail"
        browser.client.cookies.set(f"__Host-sparekey-{name}", changed)
        page = await browser.open(f"/{slug}/code")

    assert page.heading == "Go back to where you started"


async def test_the_trail_of_one_brand_is_none_at_another(app_client: Simulation, alice: Person):
    async with browsing(app_client) as browser:
        await browser.open(f"/{app_client.brand.slug}/forgot")
        await browser.send(identifier=alice.phone.address)
        await browser.send(channel="sms")
        await at_brand(app_client)
        page = await browser.open(f"/{app_client.brand.slug}/code")

    assert page.heading == "Go back to where you started"


async def test_a_trail_ends_with_its_recovery_whatever_the_browser_keeps(
    app_client: Simulation, alice: Person
):
    slug = app_client.brand.slug
    async with browsing(app_client) as browser:
        await browser.open(f"/{slug}/forgot")
        await browser.send(identifier=alice.phone.address)
        await browser.send(channel="sms")
        await app_client.wait(timedelta(hours=24))
        page = await browser.open(f"/{slug}/code")

    assert page.heading == "Go back to where you started"


async def test_on_plain_http_which_is_loopback_cookies_go_without_their_prefix(
    database_url: str, db: Db, keyring: Keyring, clock: MovableClock
):
    house = opened(database_url, db, keyring, clock, SPAREKEY_BASE_URL="http://127.0.0.1:8000")
    async with simulating(house, clock) as simulation, browsing(simulation) as browser:
        page = await browser.open(f"/{simulation.brand.slug}/forgot?lang=de")

    assert page.answer.headers["set-cookie"].startswith("sparekey-lang=de;")
    assert "Secure" not in page.answer.headers["set-cookie"]
