"""The steps of getting back in, as a person takes them on the pages."""

import re
from datetime import datetime
from typing import Any

import httpx
from playwright.async_api import expect

from tests.journeys.visitors import Visitor
from tests.world.cast import Person
from tests.world.deployment import Deployment

NEW_PASSWORD = "nine loud kettles on the moor"

_EXPIRE = """
UPDATE verification.verification SET expires_at = $1
WHERE brand_id = $2 AND id = (SELECT max(id::text)::uuid FROM verification.verification
    WHERE brand_id = $2)
"""


async def ask(visitor: Visitor, site: Deployment, person: Person, *, by: str = "sms") -> None:
    """From "forgot" to the page of the code."""
    page = visitor.page
    await visitor.open(f"/{site.brand.slug}/forgot")
    await page.fill("#identifier", str(person.email))
    await page.click("main button[type=submit]")
    await page.click(f"label[for=channel-{by}]")
    await page.click("main button[type=submit]")
    await expect(page).to_have_url(re.compile("/code$"))


async def type_code(visitor: Visitor, code: str) -> None:
    """Type a code key by key, and send it."""
    await visitor.page.locator("#code").press_sequentially(code)
    await visitor.page.click("#code-form button")


async def choose_password(visitor: Visitor, password: str = NEW_PASSWORD) -> None:
    """Type a new password and save it."""
    await visitor.page.fill("#password", password)
    await visitor.page.click("#password-form button[type=submit]")


async def reach(visitor: Visitor, ending: str) -> None:
    """Wait until the browser is at an address, and shows what is there."""
    await expect(visitor.page).to_have_url(re.compile(f"{re.escape(ending)}$"))
    await visitor.page.wait_for_load_state()


async def tab_to(visitor: Visitor, selector: str) -> None:
    """Press Tab until something has the focus; AssertionError when it never gets it."""
    for _ in range(15):
        if await visitor.page.evaluate(
            "(selector) => document.activeElement.matches(selector)", selector
        ):
            return
        await visitor.page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {selector}")


def wrong(code: str, by: int = 1) -> str:
    """The same code but for its last digit."""
    return f"{code[:-1]}{(int(code[-1]) + by) % 10}"


async def expire(site: Deployment, at: datetime) -> None:
    """What the brand sent last stopped working at `at`."""
    async with site.database() as db:
        await db.execute(_EXPIRE, at, site.brand.id)


def call(site: Deployment, method: str, path: str, body: object = None) -> Any:
    """A request of the company's server."""
    url = f"{site.servers[0].url}{path}"
    answer = httpx.request(method, url, json=body, headers=site.authorization)
    answer.raise_for_status()
    return answer.json()
