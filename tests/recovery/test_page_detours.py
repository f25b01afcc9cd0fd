"""Two tabs, Back, reload, another device, a scanner, an old form: each ends somewhere sensible."""

from datetime import timedelta

import httpx
import pytest

from sparekey.brands import ClassicPolicy, Support
from tests.attacks.register import covers
from tests.attacks.requests import wrong
from tests.recovery.steps import NEW_PASSWORD, at_brand, enrol, sign_in
from tests.recovery.test_pages import ask
from tests.world.browser import browsing
from tests.world.cast import Person
from tests.world.simulated import Simulation

MINUTE = timedelta(minutes=1)


async def test_a_wrong_code_may_be_corrected_and_reloading_uses_no_try_up(
    app_client: Simulation, alice: Person
):
    async with browsing(app_client) as browser:
        await ask(browser, app_client, alice.phone)
        first = await browser.send(code=wrong(alice.phone.inbox[-1], 1))
        reloaded = [await browser.open(first.path) for _ in range(5)]
        second = await browser.send(code=wrong(alice.phone.inbox[-1], 2))
        last = await browser.send(code=alice.phone.inbox[-1].code)

    assert "You have 2 tries left." in first.text
    assert 'aria-invalid="true"' in first.text
    assert {page.text for page in reloaded} == {first.text}
    assert "You have 1 try left." in second.text
    assert last.heading == "Choose a new password"


async def test_three_wrong_codes_end_the_code_and_the_next_one_works(
    app_client: Simulation, api: httpx.AsyncClient
):
    await at_brand(app_client, support=Support(phone="+44 20 7946 0000", hours="9 to 5"))
    alice = app_client.person("alice")
    await enrol(api, alice)
    async with browsing(app_client) as browser:
        await ask(browser, app_client, alice.phone)
        dead = alice.phone.inbox[-1].code
        for n in range(3):
            await browser.send(code=wrong(alice.phone.inbox[-1], n + 1))
        over = browser.page
        late = await browser.client.post(f"/{app_client.brand.slug}/code", data={"code": dead})
        app_client.clock.advance(MINUTE)
        await browser.send()
        await app_client.deliver()
        last = await browser.send(code=alice.phone.inbox[-1].code)

    assert (over.heading, late.status_code) == ("Too many tries", 303)
    assert 'href="tel:+442079460000"' in over.text
    assert "9 to 5" in over.text
    assert last.heading == "Choose a new password"


@pytest.mark.parametrize("typed", ["", "123", "not a code at all", "1" * 13, "ü" * 8, "0x12345678"])
async def test_what_cannot_be_a_code_uses_no_try_up(
    app_client: Simulation, alice: Person, typed: str
):
    async with browsing(app_client) as browser:
        await ask(browser, app_client, alice.phone)
        for _ in range(4):
            await browser.send(code=typed)
        told = browser.page
        last = await browser.send(code=alice.phone.inbox[-1].code)

    assert "A code has 6 to 12 digits" in told.text
    assert last.heading == "Choose a new password"


async def test_a_form_that_is_sent_twice_does_what_it_does_once(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    async with browsing(app_client) as browser:
        await browser.open(f"/{app_client.brand.slug}/forgot")
        await browser.send(identifier=alice.phone.address)
        await browser.sent(channel="sms")
        await browser.send(channel="sms")
        await app_client.deliver()
        code = alice.phone.inbox[-1].code
        once, twice = await browser.sent(code=code), await browser.sent(code=code)
        await browser.open(twice.headers["location"])
        saved = await browser.sent(form=1, password=NEW_PASSWORD)
        last = await browser.send(form=1, password="another one altogether")

    assert len(alice.phone.inbox) == 1
    assert once.headers["location"] == twice.headers["location"]
    assert saved.headers["location"].endswith("/done")
    assert last.heading in {"Go back to where you started", "You’re back in"}
    assert (await sign_in(api, alice.phone, NEW_PASSWORD))["outcome"] == "ok"


async def test_back_and_reload_after_the_end_show_a_way_on(app_client: Simulation, alice: Person):
    slug = app_client.brand.slug
    async with browsing(app_client) as browser:
        await ask(browser, app_client, alice.phone)
        await browser.send(code=alice.phone.inbox[-1].code)
        done = await browser.send(form=1, password=NEW_PASSWORD)
        again = await browser.open(done.path)
        back = {path: await browser.open(f"/{slug}/{path}") for path in ("password", "code")}
        start = await browser.open(f"/{slug}/forgot/channel")

    assert again.text == done.text
    assert {page.heading for page in back.values()} == {"Go back to where you started"}
    assert start.heading == "Get back into your account"


async def test_the_code_works_where_it_was_asked_for_and_nowhere_else(
    app_client: Simulation, alice: Person
):
    slug = app_client.brand.slug
    async with browsing(app_client) as computer, browsing(app_client) as phone:
        await ask(computer, app_client, alice.phone)
        other = await phone.open(f"/{slug}/code")
        tried = await phone.client.post(f"/{slug}/code", data={"code": alice.phone.inbox[-1].code})
        last = await computer.send(code=alice.phone.inbox[-1].code)

    assert other.heading == "Go back to where you started"
    assert (tried.status_code, tried.headers["location"]) == (303, f"/{slug}/code")
    assert last.heading == "Choose a new password"


async def test_two_tabs_are_one_journey_the_later_one(app_client: Simulation, alice: Person):
    slug = app_client.brand.slug
    async with browsing(app_client) as browser:
        await ask(browser, app_client, "somebody.else@mail.example")
        await ask(browser, app_client, alice.phone)
        first_tab = await browser.open(f"/{slug}/code")
        last = await browser.send(code=alice.phone.inbox[-1].code)

    assert first_tab.heading == "Enter the code"
    assert last.heading == "Choose a new password"


async def test_sending_again_waits_a_minute_and_then_replaces_the_code(
    app_client: Simulation, alice: Person
):
    async with browsing(app_client) as browser:
        await ask(browser, app_client, alice.phone)
        soon = await browser.send(form=1)
        app_client.clock.advance(MINUTE)
        sent = await browser.send(form=1)
        await app_client.deliver()
        old = await browser.send(code=alice.phone.inbox[0].code)
        last = await browser.send(code=alice.phone.inbox[1].code)

    assert 'data-wait="60"' in soon.text
    assert "less than a minute ago" in soon.text
    assert "Only the newest one works" in sent.text
    assert "2 tries left" in old.text
    assert last.heading == "Choose a new password"


async def test_another_way_sends_by_it(app_client: Simulation, alice: Person):
    async with browsing(app_client) as browser:
        await ask(browser, app_client, alice.phone)
        other = next(link for link in browser.page.links if link.endswith("/forgot/channel"))
        app_client.clock.advance(MINUTE)
        await browser.open(other)
        page = await browser.send(channel="email")
        await app_client.deliver()
        await browser.open(alice.email.inbox[-1].link)
        last = await browser.send(form=1, password=NEW_PASSWORD)

    assert page.heading == "Check your email"
    assert last.heading == "You’re back in"


async def test_a_code_that_ran_out_says_so_and_a_new_one_is_a_press_away(
    app_client: Simulation, alice: Person
):
    async with browsing(app_client) as browser:
        await ask(browser, app_client, alice.phone)
        app_client.clock.advance(timedelta(minutes=10))
        over = await browser.open(f"/{app_client.brand.slug}/code")
        await browser.send()
        await app_client.deliver()
        last = await browser.send(code=alice.phone.inbox[-1].code)

    assert over.heading == "That code has run out"
    assert last.heading == "Choose a new password"


async def test_the_time_it_works_until_is_said_in_the_brands_zone(
    app_client: Simulation, api: httpx.AsyncClient
):
    await at_brand(app_client, time_zone="America/New_York")
    alice = app_client.person("alice")
    async with browsing(app_client) as browser:
        await ask(browser, app_client, alice.phone)

    said = '<time datetime="2026-03-04T12:10:00Z" dir="ltr">07:10 EST</time>'
    assert f"It works until {said}" in browser.page.text


@pytest.mark.parametrize("minutes", [15, 60 * 24])
async def test_a_grant_that_ran_out_leads_back(app_client: Simulation, alice: Person, minutes: int):
    async with browsing(app_client) as browser:
        await ask(browser, app_client, alice.phone)
        form = await browser.send(code=alice.phone.inbox[-1].code)
        await app_client.wait(timedelta(minutes=minutes))
        page = await browser.send(form=1, password=NEW_PASSWORD)

    assert form.heading == "Choose a new password"
    assert page.heading in {"That code has run out", "Go back to where you started"}


async def test_a_grant_that_the_company_overtook_says_that_it_ended(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    async with browsing(app_client) as browser:
        await ask(browser, app_client, alice.phone)
        await browser.send(code=alice.phone.inbox[-1].code)
        app_client.clock.advance(MINUTE)
        await api.patch(f"/v1/accounts/{alice.account}", json={"password": "five green boats now"})
        opened = await browser.open(f"/{app_client.brand.slug}/password")

    assert (opened.status, opened.heading) == (410, "This link has ended")


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("xylophone", "Too short. Use at least 15 characters"),
        ("x" * 129, "Too long. Use at most 128"),
        ("passwordpassword", "Many people use this one"),
        ("alicewintersalice", "little more than a name"),
        ("tab\tand more than fifteen", "Use only characters"),
        ("", "Too short"),
    ],
)
async def test_a_password_that_will_not_do_is_told_why_and_may_be_corrected(
    app_client: Simulation, alice: Person, password: str, said: str
):
    async with browsing(app_client) as browser:
        await ask(browser, app_client, alice.phone)
        await browser.send(code=alice.phone.inbox[-1].code)
        told = await browser.send(form=1, password=password)
        last = await browser.send(form=1, password=NEW_PASSWORD)

    assert said in told.text
    assert 'role="alert"' in told.text
    assert not password or password not in told.text
    assert last.heading == "You’re back in"


@covers("T-24", "T-25")
async def test_a_link_that_ended_says_so_before_a_password_is_typed(
    app_client: Simulation, alice: Person
):
    async with browsing(app_client) as browser:
        await ask(browser, app_client, alice.email, "email")
        link = alice.email.inbox[-1].link
        await browser.open(link)
        await browser.send(form=1, password=NEW_PASSWORD)
        used = await browser.open(link)
        app_client.clock.advance(MINUTE)
        await ask(browser, app_client, alice.email, "email")
        newest = next(one for one in reversed(alice.email.inbox) if "/l/" in one.text)
        app_client.clock.advance(timedelta(minutes=30))
        late = await browser.open(newest.link)

    assert {(used.status, used.heading), (late.status, late.heading)} == {
        (410, "This link has ended")
    }
    assert f"/{app_client.brand.slug}/forgot" in late.links


async def test_what_was_started_here_can_be_stopped_here(app_client: Simulation, alice: Person):
    slug = app_client.brand.slug
    async with browsing(app_client) as browser:
        await ask(browser, app_client, alice.phone)
        asked = await browser.open(f"/{slug}/not-me")
        stopped = await browser.send()
        code = await browser.open(f"/{slug}/code")
        nothing = await browser.open(f"/{slug}/not-me")

    assert (asked.heading, stopped.heading) == ("Was it not you?", "We stopped it")
    assert code.heading == "Go back to where you started"
    assert not nothing.forms


@pytest.mark.parametrize("path", ["forgot", "forgot/channel", "code", "code/resend", "password"])
@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}]
)
async def test_a_form_of_another_site_does_nothing(
    app_client: Simulation, alice: Person, path: str, headers: dict[str, str]
):
    slug = app_client.brand.slug
    form = {"identifier": "mallory", "channel": "email", "password": NEW_PASSWORD, "code": "1" * 8}
    async with browsing(app_client) as browser:
        await ask(browser, app_client, alice.phone)
        foreign = await browser.client.post(f"/{slug}/{path}", data=form, headers=headers)
        own = await browser.client.post(
            f"/{slug}/code", data={"code": alice.phone.inbox[-1].code}, headers={"Origin": "null"}
        )

    assert (foreign.status_code, "set-cookie" in foreign.headers) == (403, False)
    assert own.headers["location"] == f"/{slug}/password"


async def test_a_pause_says_until_when_and_who_helps(
    app_client: Simulation, api: httpx.AsyncClient
):
    support = Support(phone="+44 20 7946 0000", chat_url="https://acme.example/chat")
    await at_brand(app_client, classic=ClassicPolicy(3, timedelta(hours=1)), support=support)
    alice = app_client.person("alice")
    await enrol(api, alice)
    paused: dict[str, str] = {}
    for typed in (alice.phone.address, "+447400999999"):
        async with browsing(app_client) as browser:
            await ask(browser, app_client, typed)
            for n in range(3):
                await browser.send(code=f"0000000{n}")
            page = await browser.send()
            paused[typed] = page.text
            assert page.status == 429

    assert len(set(paused.values())) == 1
    assert "Too many tries for now" in paused[alice.phone.address]
    assert "13:00 UTC" in paused[alice.phone.address]
    assert "https://acme.example/chat" in paused[alice.phone.address]


async def test_help_is_the_same_for_everybody(app_client: Simulation, alice: Person):
    slug = app_client.brand.slug
    async with browsing(app_client) as visitor, browsing(app_client) as browser:
        await ask(browser, app_client, alice.phone)
        inside, outside = await browser.open(f"/{slug}/help"), await visitor.open(f"/{slug}/help")

    assert inside.text == outside.text


async def test_password_managers_find_the_only_brand_or_the_one_at_this_address(
    app_client: Simulation,
):
    path = "/.well-known/change-password"
    first = app_client.brand.slug
    async with browsing(app_client) as browser:
        only = await browser.client.get(path)
        await at_brand(app_client, base_url="https://help.other.example")
        unclear = await browser.client.get(path)
        named = await browser.client.get(path, headers={"Host": "help.other.example"})
        nothing = await browser.client.get(
            "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200"
        )

    assert (only.status_code, only.headers["location"]) == (303, f"/{first}/forgot")
    assert (unclear.status_code, nothing.status_code) == (404, 404)
    assert named.headers["location"] == f"/{app_client.brand.slug}/forgot"


async def test_a_scanner_that_opens_every_link_of_a_page_changes_nothing(
    app_client: Simulation, alice: Person
):
    async with browsing(app_client) as browser:
        await ask(browser, app_client, alice.phone)
        for link in [one for one in browser.page.links if one.startswith("/")]:
            await browser.client.get(link)
        await browser.open(f"/{app_client.brand.slug}/code/resend")
        last = await browser.send(code=alice.phone.inbox[-1].code)

    assert len(alice.phone.inbox) == 1
    assert last.heading == "Choose a new password"


@pytest.mark.parametrize("typed", ["", "   ", "x" * 255, "a\x00b", "a\nb"])
async def test_what_is_no_identifier_is_asked_for_again(app_client: Simulation, typed: str):
    async with browsing(app_client) as browser:
        await browser.open(f"/{app_client.brand.slug}/forgot")
        told = await browser.send(identifier=typed)

    assert told.heading == "Get back into your account"
    assert 'aria-invalid="true"' in told.text
