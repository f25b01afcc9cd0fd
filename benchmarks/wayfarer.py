"""Somebody who walks the customer pages, so that each can be opened as it is shown on the way."""

import asyncio
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
from playwright.async_api import Browser, StorageState

from benchmarks.house import House
from sparekey import access, brands

_PHONE = "+447700900001"
_CODE = re.compile(r"^@\S+ #(\S+)$", re.MULTILINE)
_PATIENCE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Stop:
    """A page, and what a browser has to hold to be shown it."""

    url: str
    held: StorageState | None = None


async def stops(browser: Browser, house: House, url: str) -> list[Stop]:
    """The pages of the identifier, of the code and of the password, without script on the way."""
    async with httpx.AsyncClient(base_url=url, headers=await _key(house)) as company:
        await _enrol(company)
        context = await browser.new_context(java_script_enabled=False)
        page = await context.new_page()
        found: list[Stop] = []
        await page.goto(f"{url}/bench/forgot")
        found.append(Stop(page.url))
        await page.fill("#identifier", _PHONE)
        await page.click("main button[type=submit]")
        await page.click("main button[type=submit]")  # by text, which is chosen already
        await page.wait_for_url("**/code")
        found.append(Stop(page.url, await context.storage_state()))
        await page.fill("#code", await _code(company))
        await page.click("#code-form button")
        await page.wait_for_url("**/password")
        found.append(Stop(page.url, await context.storage_state()))
        await context.close()
    return found


async def _key(house: House) -> dict[str, str]:
    brand = await brands.find(house.db, "bench")
    if brand is None:
        raise RuntimeError("the house has no brand")
    _, key = await access.create_key(
        house.db, brand, name="wayfarer", scopes=access.SCOPES.keys(), at=datetime.now(UTC)
    )
    return {"Authorization": f"Bearer {key.reveal()}"}


async def _enrol(company: httpx.AsyncClient) -> None:
    addresses = [{"kind": "phone", "value": _PHONE, "verified": True}]
    answer = await company.put("/v1/accounts/erin", json={"addresses": addresses})
    answer.raise_for_status()


async def _code(company: httpx.AsyncClient) -> str:
    """The code of the text that arrives."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        answer = await company.post("/v1/sandbox/inbox", json={"address": _PHONE})
        answer.raise_for_status()
        texts: list[dict[str, Any]] = answer.json()["data"]
        for text in texts:
            if shown := _CODE.search(text["text"]):
                return shown[1]
        await asyncio.sleep(0.05)
    raise RuntimeError("no text arrived")
