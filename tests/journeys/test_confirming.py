"""Confirming an address on a page: by the code of a message, and by the button behind a link."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import Visit
from tests.journeys.looking import look
from tests.journeys.steps import call, type_code, wrong
from tests.world.cast import Handset, Person
from tests.world.deployment import Deployment

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("has_script", [True, False])
async def test_by_code(visit: Visit, site: Deployment, alice: Person, has_script: bool):
    started = begin(site, alice.phone)
    page_url = call(site, "POST", f"/v1/verifications/{started['id']}/page", {})["url"]
    async with visit(has_script=has_script) as visitor:
        await visitor.open(page_url)
        assert visitor.path == f"/{site.brand.slug}/verify"
        code = alice.phone.next().code
        await type_code(visitor, wrong(code))
        await expect(visitor.page.locator("#code-wrong")).to_contain_text("2 tries left")
        if has_script:
            await look(visitor.page, "verify, wrong")
        await type_code(visitor, code)
        await expect(visitor.page.locator("h1")).to_have_text("It’s confirmed")
        if has_script:
            await look(visitor.page, "verified")

    assert call(site, "GET", f"/v1/verifications/{started['id']}")["status"] == "approved"


@pytest.mark.parametrize(("has_script", "language"), [(True, "ar"), (False, "en-GB")])
async def test_by_link_which_looking_does_not_use_up(
    visit: Visit, site: Deployment, alice: Person, has_script: bool, language: str
):
    started = begin(site, alice.email, template="verify_address_link")
    link = next(url for url in alice.email.next().urls if "/verify" in url)
    async with visit(has_script=has_script, language=language) as visitor:
        for _ in range(3):
            await visitor.open(link)
        assert visitor.path == f"/{site.brand.slug}/verify"
        if has_script:
            await look(visitor.page, f"verify by link {language}")
        seen = call(site, "GET", f"/v1/verifications/{started['id']}")
        await visitor.page.click("main button[type=submit]")
        await expect(visitor.page.locator("main form")).to_have_count(0)
        await visitor.page.reload()
    async with visit() as another:
        await another.open(link)
        await another.page.click("main button[type=submit]")
        await expect(another.page.locator("h1")).to_have_text("This has run out")
        await look(another.page, "verify, used")

    assert (seen["status"], seen["checks_left"]) == ("pending", 0)
    assert call(site, "GET", f"/v1/verifications/{started['id']}")["status"] == "approved"


async def test_a_browser_without_anything_to_confirm_is_told_so(visit: Visit, site: Deployment):
    async with visit() as visitor:
        await visitor.open(f"/{site.brand.slug}/verify?h=made-up")
        await look(visitor.page, "verify elsewhere")
        await expect(visitor.page.locator("h1")).to_have_text("Go back to where you started")


def begin(site: Deployment, to: Handset, **more: str) -> Any:
    """The company's server asks for an address to be proven."""
    body = {"to": str(to), "purpose": "verify_address", **more}
    return call(site, "POST", "/v1/verifications", body)
