"""From "forgot" to "you're back in": with script and without, by text, by email, by keyboard."""

import re

import httpx
import pytest
from playwright.async_api import expect

from tests.journeys.conftest import Visit
from tests.journeys.looking import look
from tests.journeys.steps import (
    NEW_PASSWORD,
    ask,
    choose_password,
    reach,
    tab_to,
    type_code,
    wrong,
)
from tests.journeys.visitors import Visitor
from tests.world.cast import Person
from tests.world.deployment import Deployment

pytestmark = pytest.mark.asyncio(loop_scope="session")

_WEB_OTP = """
window.OTPCredential = class {};
navigator.credentials.get = async ({ otp, signal }) =>
    new Promise((resolve) => { window.textArrives = (code) => resolve({ code }); });
"""


async def test_by_text(visit: Visit, site: Deployment, alice: Person):
    async with visit() as visitor:
        page, slug = visitor.page, site.brand.slug
        await visitor.open(f"/{slug}/forgot")
        await look(page, "forgot")
        await page.fill("#identifier", str(alice.email))
        await page.click("main button[type=submit]")
        await look(page, "channel")
        await page.click("label[for=channel-sms]")
        await page.click("main button[type=submit]")
        await reach(visitor, "/code")
        await look(page, "code")
        code = alice.phone.next().code
        await type_code(visitor, wrong(code))
        await expect(page.locator("#code-wrong")).to_contain_text("2 tries left")
        await look(page, "code, wrong")
        await type_code(visitor, code)
        await reach(visitor, "/password")
        await choose_password(visitor, "too short")
        await expect(page.locator("#password-wrong")).to_contain_text("Too short")
        await look(page, "password, too short")
        await choose_password(visitor)
        await reach(visitor, "/done")
        await look(page, "done")

    assert can_sign_in(site, alice)


@pytest.mark.parametrize("language", ["de-DE", "ar"])
async def test_in_another_language(visit: Visit, site: Deployment, alice: Person, language: str):
    async with visit(language=language) as visitor:
        page = visitor.page
        await visitor.open(f"/{site.brand.slug}/forgot")
        await look(page, f"forgot {language}")
        await ask(visitor, site, alice)
        await look(page, f"code {language}")
        await type_code(visitor, "000 000")
        await page.locator("#code-wrong").wait_for()
        await look(page, f"code, wrong {language}")
        await type_code(visitor, alice.phone.next().code)
        await reach(visitor, "/password")
        await look(page, f"password {language}")
        await choose_password(visitor)
        await reach(visitor, "/done")
        await look(page, f"done {language}")
        direction = await page.locator("html").get_attribute("dir")

    assert direction == ("rtl" if language == "ar" else "ltr")
    assert can_sign_in(site, alice)


async def test_without_script(visit: Visit, site: Deployment, alice: Person):
    async with visit(has_script=False) as visitor:
        await ask(visitor, site, alice)
        code = alice.phone.next().code
        await type_code(visitor, wrong(code))
        assert "2 tries left" in await visitor.page.inner_text("main")
        await type_code(visitor, f" {code[:4]}-{code[4:]} ")
        await reach(visitor, "/password")
        await choose_password(visitor)
        await reach(visitor, "/done")

    assert can_sign_in(site, alice)


@pytest.mark.parametrize("has_script", [True, False])
async def test_by_the_link_of_an_email_on_another_device(
    visit: Visit, site: Deployment, alice: Person, has_script: bool
):
    async with visit(has_script=has_script) as computer, visit(has_script=has_script) as phone:
        await ask(computer, site, alice, by="email")
        email = alice.email.next()
        for _ in range(3):  # a scanner, a preview, Alice
            await phone.open(email.link)
        assert phone.path == "/l"
        await choose_password(phone)
        await reach(phone, "/done")
        await computer.page.reload()

        assert computer.path == f"/{site.brand.slug}/code"
        assert email.link_token not in await phone.page.content()
    assert can_sign_in(site, alice)


async def test_by_keyboard_alone(visit: Visit, site: Deployment, alice: Person):
    async with visit() as visitor:
        page, keys = visitor.page, visitor.page.keyboard
        await visitor.open(f"/{site.brand.slug}/forgot")
        await expect(page.locator("#identifier")).to_be_focused()
        await keys.type(str(alice.email))
        await keys.press("Enter")
        await reach(visitor, "/forgot/channel")
        await tab_to(visitor, "input[type=radio]")
        await keys.press("ArrowDown")
        await expect(page.locator("#channel-email")).to_be_checked()
        await keys.press("ArrowUp")
        await expect(page.locator("#channel-sms")).to_be_checked()
        await tab_to(visitor, "main button")
        await keys.press("Enter")
        await reach(visitor, "/code")
        await expect(page.locator("#code")).to_be_focused()
        await keys.type(alice.phone.next().code)
        await keys.press("Enter")
        await reach(visitor, "/password")
        await tab_to(visitor, "#password")
        await keys.type(NEW_PASSWORD)
        await tab_to(visitor, "#password-form button[type=submit]")
        await keys.press("Space")
        await reach(visitor, "/done")
        await page.wait_for_load_state()

    assert can_sign_in(site, alice)


async def test_a_pasted_code_is_cleaned_and_sends_itself(
    visit: Visit, site: Deployment, alice: Person
):
    async with visit() as visitor:
        await ask(visitor, site, alice)
        code = alice.phone.next().code
        await paste(visitor, "#code", f" {code[:4]}-{code[4:]} ")
        await reach(visitor, "/password")


async def test_a_typed_code_is_shown_in_groups(visit: Visit, site: Deployment, alice: Person):
    async with visit() as visitor:
        await ask(visitor, site, alice)
        await visitor.page.locator("#code").press_sequentially("12345678")
        shown = await visitor.page.input_value("#code")

    assert shown == "1234 5678"


async def test_a_code_that_the_phone_reads_sends_itself(
    visit: Visit, site: Deployment, alice: Person
):
    async with visit() as visitor:
        await visitor.context.add_init_script(_WEB_OTP)
        await ask(visitor, site, alice)
        text = alice.phone.next()
        assert re.search(rf"^@127\.0\.0\.1 #{text.code}$", text.text, re.MULTILINE)
        await visitor.page.evaluate("(code) => window.textArrives(code)", text.code)
        await reach(visitor, "/password")


async def test_send_again_counts_down_and_needs_no_script(
    visit: Visit, site: Deployment, alice: Person
):
    async with visit() as visitor:
        await ask(visitor, site, alice)
        again = visitor.page.locator("#resend-form button")
        await expect(again).to_have_text(re.compile(r"^Send again in 0:[0-5]\d$"))
        await expect(again).to_be_disabled()
        before = await again.inner_text()
        await expect(again).not_to_have_text(before)
    async with visit(has_script=False) as visitor:
        await ask(visitor, site, alice)
        await visitor.page.click("#resend-form button")
        assert "less than a minute ago" in await visitor.page.inner_text("[role=status]")


@pytest.mark.parametrize("has_script", [True, False])
async def test_the_four_words_that_are_offered_will_do(
    visit: Visit, site: Deployment, alice: Person, has_script: bool
):
    async with visit(has_script=has_script) as visitor:
        page = visitor.page
        await ask(visitor, site, alice)
        await type_code(visitor, alice.phone.next().code)
        await reach(visitor, "/password")
        words = await page.inner_text("output")
        await page.click("button[name=use]")
        if has_script:
            await expect(page.locator("#password")).to_have_value(words)
            await expect(page.locator("#password-meter")).to_contain_text("ood")
            await page.click("#password-form button[type=submit]")
        await reach(visitor, "/done")

    assert len(words.split()) >= 4 or words.count("-") >= 3
    assert can_sign_in(site, alice, words)


async def paste(visitor: Visitor, field: str, text: str) -> None:
    """Paste as a browser does."""
    await visitor.page.evaluate(
        """([field, text]) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text", text);
            document.querySelector(field).dispatchEvent(
                new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        [field, text],
    )


def can_sign_in(site: Deployment, person: Person, password: str = NEW_PASSWORD) -> bool:
    """Whether the password works from now on."""
    answer = httpx.post(
        f"{site.servers[0].url}/v1/sign-ins",
        json={"identifier": str(person.email), "password": password},
        headers=site.authorization,
    )
    return answer.json()["outcome"] == "ok"
