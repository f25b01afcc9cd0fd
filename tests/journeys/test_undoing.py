"""Undoing a change of address from the notice of it: a page, a button, and what it did."""

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import Visit
from tests.journeys.looking import look
from tests.journeys.steps import call, reach, tab_to
from tests.world.cast import Person, new_person
from tests.world.deployment import Deployment

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    ("has_script", "language"), [(True, "en-GB"), (True, "ar"), (False, "en-GB")]
)
async def test_by_the_link_of_the_notice_which_looking_does_not_use_up(
    visit: Visit, site: Deployment, alice: Person, has_script: bool, language: str
):
    move_phone(site, alice, to=str(new_person("mallory", site).phone))
    link = undo_url(alice)
    moved = phones(site, alice)
    async with visit(has_script=has_script, language=language) as visitor:
        for _ in range(3):  # a scanner, a preview, Alice
            await visitor.open(link)
        assert visitor.path.startswith(f"/{site.brand.slug}/undo?m=")
        if has_script:
            await look(visitor.page, f"undo {language}")
        seen = phones(site, alice)
        await visitor.page.click("main button[type=submit]")
        await reach(visitor, "/undone")
        if has_script:
            await look(visitor.page, f"undone {language}")
        await visitor.page.reload()
        words = await visitor.page.inner_text("main")
        await visitor.page.click("main a.button")
        await reach(visitor, "/forgot")

    assert moved == seen
    assert moved != phones(site, alice) == [str(alice.phone)]
    assert "help@acme.example" in words


async def test_a_second_time_there_is_nothing_to_undo(
    visit: Visit, site: Deployment, alice: Person
):
    move_phone(site, alice, to=str(new_person("mallory", site).phone))
    link = undo_url(alice)
    async with visit() as first:
        await first.open(link)
        await first.page.click("main button[type=submit]")
        await reach(first, "/undone")
    async with visit() as second:
        await second.open(link)
        await second.page.click("main button[type=submit]")
        await expect(second.page.locator("h1")).to_have_text("This link has ended")
        await look(second.page, "undo, used")

    assert phones(site, alice) == [str(alice.phone)]


async def test_by_keyboard_alone(visit: Visit, site: Deployment, alice: Person):
    move_phone(site, alice, to=str(new_person("mallory", site).phone))
    async with visit() as visitor:
        await visitor.open(undo_url(alice))
        await tab_to(visitor, "main button")
        await visitor.page.keyboard.press("Enter")
        await reach(visitor, "/undone")

    assert phones(site, alice) == [str(alice.phone)]


def move_phone(site: Deployment, person: Person, *, to: str) -> None:
    """The company's server tells of another number of a customer's."""
    held = (("phone", to), ("email", str(person.email)))
    addresses = [{"kind": kind, "value": value, "verified": True} for kind, value in held]
    call(site, "PATCH", f"/v1/accounts/{person.account}", {"addresses": addresses})


def undo_url(person: Person) -> str:
    """The link that came by text to the old number."""
    return next(url for url in person.phone.next().urls if "/undo?m=" in url)


def phones(site: Deployment, person: Person) -> list[str]:
    """The numbers that the account has now."""
    account = call(site, "GET", f"/v1/accounts/{person.account}")
    return [one["value"] for one in account["addresses"] if one["kind"] == "phone"]
