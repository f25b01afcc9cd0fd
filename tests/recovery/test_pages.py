"""Getting back in without script, in every language: by text, by a link, by a code in an email."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.recovery.steps import NEW_PASSWORD, OLD_PASSWORD, at_brand, enrol, sign_in
from tests.world.browser import Browser, browsing
from tests.world.cast import Person
from tests.world.simulated import Simulation

#: What the first and the last page say.
WORDS = {
    "en": ("Get back into your account", "You’re back in"),
    "de": ("Zurück in Ihr Konto", "Sie haben wieder Zugang"),
    "fr": ("Retrouvez l’accès à votre compte", "Vous avez de nouveau accès"),
    "es": ("Vuelva a entrar en su cuenta", "Vuelve a tener acceso"),
    "ar": ("استعد حسابك", "عاد إليك حسابك"),
}


async def ask(browser: Browser, simulation: Simulation, who: object, channel: str = "sms") -> None:
    """Say who it is, and where to send it."""
    await browser.open(f"/{simulation.brand.slug}/forgot")
    await browser.send(identifier=str(who))
    await browser.send(channel=channel)
    await simulation.deliver()


@pytest.mark.parametrize("language", WORDS)
async def test_by_text(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person, language: str
):
    async with browsing(app_client, language=language) as browser:
        first = await browser.open(f"/{app_client.brand.slug}/forgot")
        await browser.send(identifier=alice.phone.address)
        await browser.send(channel="sms")
        await app_client.deliver()
        await browser.send(code=alice.phone.inbox[-1].code)
        last = await browser.send(form=1, password=NEW_PASSWORD)

    assert (first.heading, last.heading) == WORDS[language]
    assert {answer.status_code for answer in browser.answers} == {200, 303}
    assert (await sign_in(api, alice.phone, NEW_PASSWORD))["outcome"] == "ok"
    assert (await sign_in(api, alice.phone, OLD_PASSWORD))["outcome"] == "wrong"


@pytest.mark.parametrize("language", WORDS)
async def test_by_the_link_of_an_email(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person, language: str
):
    async with browsing(app_client) as computer:
        await ask(computer, app_client, alice.email, "email")
    async with browsing(app_client, language=language) as phone:
        await phone.open(alice.email.inbox[-1].link)
        last = await phone.send(form=1, password=NEW_PASSWORD)

    assert last.heading == WORDS[language][1]
    assert (await sign_in(api, alice.email, NEW_PASSWORD))["outcome"] == "ok"


async def test_by_a_code_in_an_email(app_client: Simulation, api: httpx.AsyncClient):
    await at_brand(app_client, email_proof="code")
    alice = app_client.person("alice")
    await enrol(api, alice)
    async with browsing(app_client) as browser:
        await ask(browser, app_client, alice.email, "email")
        code = alice.email.inbox[-1].code
        await browser.send(code=f" {code[:4]} - {code[4:]} ".lower())
        last = await browser.send(form=1, password=NEW_PASSWORD)

    assert last.heading == "You’re back in"


async def test_the_four_words_that_are_offered_can_be_taken(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    async with browsing(app_client) as browser:
        await ask(browser, app_client, alice.phone)
        page = await browser.send(code=alice.phone.inbox[-1].code)
        words = page.forms[0].fields["words"]
        last = await browser.send(form=0, button="use")

    assert last.heading == "You’re back in"
    assert len(words.split()) == 4
    assert (await sign_in(api, alice.phone, words))["outcome"] == "ok"


async def test_each_offer_is_another(app_client: Simulation, alice: Person):
    async with browsing(app_client) as browser:
        await ask(browser, app_client, alice.phone)
        first = await browser.send(code=alice.phone.inbox[-1].code)
        again = await browser.open(f"/{app_client.brand.slug}/password")

    assert first.forms[0].fields["words"] != again.forms[0].fields["words"]


async def test_a_brand_with_one_channel_asks_for_none(
    app_client: Simulation, api: httpx.AsyncClient
):
    await at_brand(app_client, channel_order=("sms",))
    alice = app_client.person("alice")
    await enrol(api, alice)
    async with browsing(app_client) as browser:
        await browser.open(f"/{app_client.brand.slug}/forgot")
        page = await browser.send(identifier=alice.phone.address)
        await app_client.deliver()

    assert page.heading == "Enter the code"
    assert "Use another way" not in page.text
    assert len(alice.phone.inbox) == 1


async def test_the_channels_are_the_brands_whoever_asks(app_client: Simulation):
    await at_brand(app_client, channel_order=("email", "voice", "sms"))
    bob = app_client.person("bob")
    await enrol(app_client.client, bob, reach="phone")
    async with browsing(app_client) as browser:
        await browser.open(f"/{app_client.brand.slug}/forgot")
        page = await browser.send(identifier=bob.phone.address)

    assert page.text.index("channel-email") < page.text.index("channel-sms")
    assert page.forms[0].fields == {"channel": "email"}
    assert "voice" not in page.text


async def test_a_browser_that_came_back_once_is_known_the_next_time(
    app_client: Simulation, alice: Person
):
    async with browsing(app_client) as browser:
        await ask(browser, app_client, alice.phone)
        await browser.send(code=alice.phone.inbox[-1].code)
        await browser.send(form=1, password=NEW_PASSWORD)
        await app_client.deliver()
        for n in range(8):  # strangers use their allowance up
            body = {
                "identifier": f"{alice.phone}{' ' * n}",
                "client": {"ip": f"198.51.100.{n + 1}"},
            }
            await app_client.client.post("/v1/recoveries", json=body)
            await app_client.deliver()
        app_client.clock.advance(timedelta(minutes=2))
        before = len(alice.phone.inbox)
        await ask(browser, app_client, alice.phone)

    assert len(alice.phone.inbox) == before + 1


async def test_the_last_page_leads_where_the_brand_allows_and_nowhere_else(
    app_client: Simulation, api: httpx.AsyncClient
):
    allowed = ("https://acme.example/in", "https://acme.example/app")
    await at_brand(app_client, return_urls=allowed)
    found: dict[str, Any] = {}
    for asked in (*allowed, "https://evil.example/", "javascript:alert(1)"):
        alice = app_client.person("alice")
        await enrol(api, alice)
        async with browsing(app_client) as browser:
            page = await browser.open(f"/{app_client.brand.slug}/forgot?return_url={asked}")
            assert ("Sign in" in page.text) is (asked in allowed)
            await browser.send(identifier=alice.phone.address)
            await browser.send(channel="sms")
            await app_client.deliver()
            await browser.send(code=alice.phone.inbox[-1].code)
            last = await browser.send(form=1, password=NEW_PASSWORD)
            found[asked] = [link for link in last.links if "://" in link or "javascript" in link]

    assert found == {
        allowed[0]: [allowed[0]],
        allowed[1]: [allowed[1]],
        "https://evil.example/": [],
        "javascript:alert(1)": [],
    }


async def test_the_page_has_what_browsers_and_password_managers_look_for(
    app_client: Simulation, alice: Person
):
    async with browsing(app_client) as browser:
        await ask(browser, app_client, alice.phone)
        code = browser.page.text
        password = (await browser.send(code=alice.phone.inbox[-1].code)).text

    for part in ('autocomplete="one-time-code"', 'inputmode="numeric"', "pattern=", 'dir="ltr"'):
        assert part in code
    for part in (
        'autocomplete="new-password"',
        'passwordrules="minlength: 15; maxlength: 128; allowed: unicode;"',
        f'value="{alice.phone}" autocomplete="username"',
    ):
        assert part in password


async def test_where_a_second_factor_follows_a_shorter_password_will_do(
    app_client: Simulation, api: httpx.AsyncClient
):
    alice = app_client.person("alice")
    await enrol(api, alice, second_factor=True)
    async with browsing(app_client) as browser:
        await ask(browser, app_client, alice.phone)
        page = await browser.send(code=alice.phone.inbox[-1].code)
        last = await browser.send(form=1, password="moor-owl-9")

    assert "minlength: 8; maxlength" in page.text
    assert last.heading == "You’re back in"
