"""Where people get stuck: each ends somewhere sensible, and says what to do next and who helps."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from playwright.async_api import expect

from tests.journeys.conftest import Visit
from tests.journeys.looking import look
from tests.journeys.steps import ask, choose_password, expire, reach, type_code, wrong
from tests.world.cast import Person
from tests.world.deployment import Deployment

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("language", ["en-GB", "ar"])
async def test_not_me(visit: Visit, site: Deployment, alice: Person, language: str):
    async with visit() as mallory, visit(language=language) as owner:
        await ask(mallory, site, alice)
        text = alice.phone.next()
        await owner.open(text.not_me_url)
        await look(owner.page, f"not me {language}")
        await owner.page.click("main button[type=submit]")
        await reach(owner, "/stopped")
        await look(owner.page, f"stopped {language}")
        await type_code(mallory, text.code)

        assert "help@acme.example" in await owner.page.inner_text("main")
        assert mallory.path.endswith("/code")
        await expect(mallory.page.locator("#code-wrong")).to_be_visible()


async def test_i_no_longer_have_this_phone_or_email(visit: Visit, site: Deployment, alice: Person):
    async with visit() as visitor:
        await ask(visitor, site, alice)
        await visitor.page.click("text=I no longer have this phone or email")
        await reach(visitor, "/help")
        await look(visitor.page, "help")
        words = await visitor.page.inner_text("main")

    assert "+44 20 7946 0100" in words
    assert "every day, 8 to 20" in words


async def test_a_link_that_has_run_out_leads_to_a_new_one(
    visit: Visit, site: Deployment, alice: Person
):
    async with visit() as visitor:
        await ask(visitor, site, alice, by="email")
        link = alice.email.next().link
        await expire(site, datetime.now(UTC) - timedelta(minutes=1))
        await visitor.open(link)
        await look(visitor.page, "link expired")
        await visitor.page.click("main a.button")
        await reach(visitor, "/forgot")


async def test_too_many_tries_end_the_code_and_not_the_account(
    visit: Visit, site: Deployment, alice: Person
):
    async with visit() as visitor:
        await ask(visitor, site, alice)
        code = alice.phone.next().code
        for by in (1, 2, 3):
            await type_code(visitor, wrong(code, by))
        await expect(visitor.page.locator("h1")).to_have_text("Too many tries")
        await look(visitor.page, "too many tries")
        words = await visitor.page.inner_text("main")
        await visitor.page.click("#resend-form button")
        await expect(visitor.page.locator("h1")).to_have_text("Enter the code")

    assert "Your account is as it was" in words
    assert "help@acme.example" in words


async def test_too_many_forms_from_one_line_say_until_when(
    visit: Visit, site: Deployment, alice: Person
):
    async with visit() as visitor:
        await ask(visitor, site, alice)
        async with httpx.AsyncClient(headers={"X-Forwarded-For": visitor.line}) as neighbour:
            for _ in range(61):
                await neighbour.post(visitor.page.url)
        await type_code(visitor, alice.phone.next().code)
        await expect(visitor.page.locator("h1")).to_have_text("Too many tries for now")
        await look(visitor.page, "too many forms")
        words = await visitor.page.inner_text("main")

    assert re.search(r"Try again at \d\d:\d\d", words)
    assert "help@acme.example" in words


async def test_two_tabs_lead_to_one_new_password(visit: Visit, site: Deployment, alice: Person):
    async with visit() as visitor:
        await ask(visitor, site, alice)
        other = await visitor.context.new_page()
        await other.goto(visitor.page.url)
        code = alice.phone.next().code
        await type_code(visitor, code)
        await reach(visitor, "/password")
        await other.locator("#code").press_sequentially(code)
        await other.click("#code-form button")
        await expect(other).to_have_url(re.compile("/password$"))
        await choose_password(visitor)
        await reach(visitor, "/done")
        await other.fill("#password", "another one, five words long")
        await other.click("#password-form button[type=submit]")
        await other.wait_for_load_state()

        assert not await other.locator("#password").is_visible()
        assert re.search(r"/(code|done|forgot|password)$", other.url)


async def test_back_and_reload_repeat_nothing(visit: Visit, site: Deployment, alice: Person):
    async with visit() as visitor:
        page = visitor.page
        await ask(visitor, site, alice)
        await page.reload()
        await page.reload()
        text = alice.phone.next()
        await type_code(visitor, text.code)
        await reach(visitor, "/password")
        await page.go_back()
        await reach(visitor, "/password")  # the page of the code knows that it was right
        await choose_password(visitor)
        await reach(visitor, "/done")
        await page.reload()
        await expect(page.locator("h1")).to_have_text("You’re back in")
        await page.go_back()
        await page.wait_for_load_state()

        assert not await page.locator("#password").is_visible()
    assert [one.code for one in alice.phone.inbox if "#" in one.text] == [text.code]


async def test_another_browser_is_told_where_to_go_on(
    visit: Visit, site: Deployment, alice: Person
):
    async with visit() as visitor, visit() as another:
        await ask(visitor, site, alice)
        await another.open(f"/{site.brand.slug}/code")
        await look(another.page, "elsewhere")
        await expect(another.page.locator("h1")).to_have_text("Go back to where you started")


async def test_a_page_that_is_not_there_looks_like_the_others(visit: Visit, site: Deployment):
    async with visit() as visitor:
        await visitor.open("/nobody-of-this-name/forgot")
        await look(visitor.page, "missing")
        await visitor.open("/l/not-a-token")
        await look(visitor.page, "no link")
