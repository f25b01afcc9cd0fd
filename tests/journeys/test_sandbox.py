"""The sandbox on screen, in a real browser: live with script, the same by reload without."""

import re

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import Visit
from tests.journeys.looking import look
from tests.journeys.steps import ask, choose_password, reach
from tests.journeys.test_confirming import begin
from tests.world.cast import Person
from tests.world.deployment import Deployment

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_text_and_an_email_arrive_while_one_looks(
    visit: Visit, site: Deployment, alice: Person
):
    async with visit(is_passed_on=False) as visitor:
        page = visitor.page
        await visitor.open(f"/sandbox?brand={site.brand.slug}")
        begin(site, alice.phone)
        await expect(page.locator(".handset .peer")).to_contain_text(str(alice.phone))
        begin(site, alice.email)
        await expect(page.locator(".reading .peer")).to_contain_text(str(alice.email))
        code = alice.email.next().code
        await expect(page.frame_locator("iframe").locator("body")).to_contain_text(code[:3])
        shown = page.locator(".texts .together").last
        in_one_line = await shown.evaluate("(code) => code.getClientRects().length")
        await look(page, "sandbox")

    assert in_one_line == 1


async def test_a_new_text_is_added_to_those_that_are_there(
    visit: Visit, site: Deployment, alice: Person
):
    async with visit(is_passed_on=False) as visitor:
        page = visitor.page
        begin(site, alice.phone)
        alice.phone.next()
        await visitor.open(f"/sandbox?brand={site.brand.slug}")
        await page.fill("#text", "half a sent")
        await page.locator(".texts li").evaluate("(item) => { item.dataset.old = 'yes'; }")
        alice.phone.reply("who is this?")
        await expect(page.locator(".texts li")).to_have_count(2)

        assert await page.locator(".texts li[data-old]").count() == 1
        assert await page.input_value("#text") == "half a sent"


@pytest.mark.parametrize("has_script", [True, False])
async def test_a_reply_is_typed_on_the_phone(
    visit: Visit, site: Deployment, alice: Person, has_script: bool
):
    begin(site, alice.phone)
    alice.phone.next()
    async with visit(is_passed_on=False, has_script=has_script) as visitor:
        page = visitor.page
        await visitor.open(f"/sandbox?brand={site.brand.slug}")
        await page.fill("#text", "NO, that was <b>not</b> me")
        await page.press("#text", "Enter")
        await expect(page.locator(".typed .bubble")).to_have_text("NO, that was <b>not</b> me")


async def test_without_script_a_reload_shows_what_came(
    visit: Visit, site: Deployment, alice: Person
):
    async with visit(is_passed_on=False, has_script=False) as visitor:
        await visitor.open(f"/sandbox?brand={site.brand.slug}")
        begin(site, alice.phone)
        alice.phone.next()
        await visitor.page.reload()
        await expect(visitor.page.locator(".handset .peer")).to_contain_text(str(alice.phone))


async def test_a_link_of_an_email_opens_in_a_tab_of_its_own(
    visit: Visit, site: Deployment, alice: Person
):
    async with visit() as locked_out, visit(is_passed_on=False) as visitor:
        await ask(locked_out, site, alice, by="email")
        alice.email.next()
        await visitor.open(f"/sandbox?brand={site.brand.slug}")
        async with visitor.context.expect_page() as opened:
            await visitor.page.frame_locator("iframe").locator("a").first.click()
        visitor.page = await opened.value
        await reach(visitor, "/l")
        assert await visitor.page.evaluate("window.opener") is None
        await choose_password(visitor)
        await reach(visitor, "/done")


async def test_an_empty_mailbox_says_what_will_be_there(visit: Visit, site: Deployment):
    async with visit(is_passed_on=False) as visitor:
        brand, _ = await site.new_brand()
        await visitor.open(f"/sandbox?brand={brand.slug}")
        await look(visitor.page, "sandbox, empty")
        await visitor.page.fill("#any-phone", "+44 7400 123456")
        await visitor.page.press("#any-phone", "Enter")
        await expect(visitor.page.locator(".handset .peer")).to_contain_text("+447400123456")
        assert re.search("phone=[A-Za-z0-9_-]{20,}", visitor.page.url)
        assert "7400" not in visitor.page.url
