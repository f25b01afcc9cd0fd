"""Strangers, members and closed accounts see the same pages, byte for byte, at every step."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.attacks.register import covers
from tests.attacks.test_recovery_strangers import KINDS, somebody
from tests.recovery.steps import at_brand
from tests.world.browser import browsing
from tests.world.cast import Person
from tests.world.simulated import Simulation

MINUTE = timedelta(minutes=1)
_SEALED = re.compile(r"(sparekey-(?:trail|grant)=)([\w-]+)")


def seen(answer: httpx.Response, person: Person) -> tuple[Any, ...]:
    """All that a browser gets; of what differs each time anyway, the length."""
    text = answer.text.replace(person.phone.address, "<typed>")
    headers = [
        (name, len(value) if name == "x-request-id" else _SEALED.sub(_length, value))
        for name, value in answer.headers.multi_items()
    ]
    return answer.status_code, headers, len(answer.content), text


def _length(found: re.Match[str]) -> str:
    return f"{found[1]}{len(found[2])}"


async def journey(simulation: Simulation, person: Person) -> Sequence[httpx.Response]:
    """Everything that somebody without a proof can do on pages, in order."""
    slug = simulation.brand.slug
    async with browsing(simulation) as browser:
        await browser.open(f"/{slug}/forgot")
        await browser.send(identifier=person.phone.address)
        await browser.send(channel="sms")
        await browser.send(code="00000000")
        await simulation.deliver()
        await browser.send(code="no code")
        await browser.send(form=1)
        simulation.clock.advance(MINUTE)
        await browser.send(form=1)
        await simulation.deliver()
        await browser.send(code="11111111")
        await browser.open(f"/{slug}/forgot/channel")
        simulation.clock.advance(MINUTE)
        await browser.send(channel="email")
        await simulation.deliver()
        await browser.open(f"/{slug}/password")
        await browser.send(code="22222222")
        await browser.send()
        await simulation.deliver()
        await browser.send(code="33333333")
        simulation.clock.advance(timedelta(minutes=31))
        await browser.open(f"/{slug}/code")
        await browser.send()
        await browser.open(f"/{slug}/help")
        await browser.open(f"/{slug}/not-me")
        await browser.send()
        await browser.open(f"/{slug}/code")
        await browser.open(f"/{slug}/forgot")
        return browser.answers


@covers("T-16", "T-17")
@pytest.mark.parametrize("email_proof", ["link", "code"])
async def test_every_page_is_the_same_to_the_byte(app_client: Simulation, email_proof: str):
    await at_brand(app_client, email_proof=email_proof)
    pages: dict[str, list[tuple[Any, ...]]] = {}

    for kind in KINDS:
        person = await somebody(app_client, kind)
        began = app_client.clock()
        answers = await journey(app_client, person)
        pages[kind] = [_without_times(seen(answer, person)) for answer in answers]
        assert app_client.clock() - began == timedelta(minutes=33)

    assert {status for status, *_ in pages["stranger"]} == {200, 303}
    assert len(pages["stranger"]) > 30
    for kind in KINDS:
        assert pages[kind] == pages["stranger"], kind


def _without_times(shown: tuple[Any, ...]) -> tuple[Any, ...]:
    status, headers, size, text = shown
    return status, headers, size, re.sub(r"\d\d:\d\d(:\d\dZ| UTC)|2026-\d\d-\d\d", "<time>", text)


@covers("T-16")
async def test_the_typed_limit_is_told_for_strangers_and_members_alike(app_client: Simulation):
    told: dict[str, list[int]] = {}
    for kind in ("stranger", "member"):
        person = await somebody(app_client, kind)
        told[kind] = []
        for n in range(12):
            async with browsing(app_client, line=f"198.51.100.{n}") as browser:
                await browser.open(f"/{app_client.brand.slug}/forgot")
                await browser.send(identifier=person.phone.address)
                told[kind].append((await browser.send(channel="sms")).status)

    assert told["stranger"] == told["member"] == [200] * 10 + [429] * 2
