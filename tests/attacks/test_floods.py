"""Bombing and pumping: whoever asks, from wherever, few messages go, few guesses are looked at."""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import httpx
import pytest

from tests.attacks.books import EIGHT_DIGITS, books_of, real_messages
from tests.attacks.register import covers
from tests.attacks.requests import guess, start
from tests.world.cast import Handset, Person, fresh_number
from tests.world.deployment import Deployment
from tests.world.simulated import Simulation

_NUMBERS = count(1)
_PAST_THE_CODE = timedelta(minutes=11)


def spelled_anew(address: Handset | str) -> str:
    """The same address as nobody wrote it before, so that no limit of what is typed meets it."""
    text, number = str(address), next(_NUMBERS)
    if "@" in text:
        return text.replace("@", f"+{number}@")
    marks = "".join(" -"[int(bit)] for bit in f"{number:b}")
    return text[:3] + marks + text[3:]


def networks() -> Iterator[dict[str, Any]]:
    """A new network for every request."""
    while True:
        yield {"client": {"ip": f"198.{secrets.randbelow(256)}.{secrets.randbelow(256)}.7"}}


async def admitted(simulation: Simulation) -> int:
    """How many messages were meant to arrive so far."""
    return await real_messages(simulation.db, simulation.brand.id)


@covers("T-26")
@pytest.mark.parametrize("kind", ["phone", "email"])
async def test_caps_of_an_address_are_exact_and_slide(app_client: Simulation, kind: str):
    address: Handset = getattr(app_client.person("alice"), kind)
    began = app_client.clock()
    asked_at = [0, 59.9, 60, 61, 120, 180, 599.9, 600, 659.9, 660, 720, 86_399, 86_400, 86_459,
                86_460, 86_521]  # fmt: skip
    sent: dict[float, int] = {}

    for second in asked_at:
        app_client.clock.now = began + timedelta(seconds=second)
        before = await admitted(app_client)
        for _ in range(2):
            await start(app_client.client, spelled_anew(address))
        sent[second] = await admitted(app_client) - before

    assert {second: n for second, n in sent.items() if n} == {
        0: 1, 60: 1, 120: 1, 600: 1, 660: 1, 86_400: 1, 86_460: 1, 86_521: 1,
    }  # fmt: skip


@covers("T-26")
@pytest.mark.parametrize("kind", ["phone", "email"])
async def test_fifty_spellings_at_once_are_one_message(
    deployment: Deployment, alice: Person, kind: str
):
    brand, key = await deployment.new_brand()
    address: Handset = getattr(alice, kind)
    spellings = {spelled_anew(address) for _ in range(50)}

    answers = await deployment.at_once(
        [("/v1/verifications", {"to": to, "purpose": "sign_in"}) for to in spellings], api_key=key
    )
    async with deployment.database() as db:
        messages = await real_messages(db, brand.id)

    assert len(spellings) == 50
    assert {answer.status for answer in answers} == {201}
    assert messages == 1


async def test_dots_name_another_mailbox(app_client: Simulation):
    for to in ("al.ice@mail.example", "alice@mail.example", "a.lice@mail.example"):
        await start(app_client.client, to)

    assert await admitted(app_client) == 3


@covers("T-26")
async def test_an_hour_of_flood_at_one_number_is_a_handful_of_messages(app_client: Simulation):
    bob = app_client.person("bob")
    elsewhere = networks()
    answers: list[int] = []

    for _ in range(240):
        body = {"to": spelled_anew(bob.phone), "purpose": "sign_in", **next(elsewhere)}
        answers.append((await app_client.post("/v1/verifications", body)).status_code)
        await app_client.deliver()
        app_client.clock.advance(timedelta(seconds=15))

    assert set(answers) == {201}
    assert len(bob.phone.inbox) == 5


@covers("T-26", "T-14")
async def test_one_network_is_refused_in_sight_whatever_it_says_of_itself(app_client: Simulation):
    answers: list[httpx.Response] = []
    for n in range(64):
        body = {"to": fresh_number(), "purpose": "sign_in", "client": {"ip": "203.0.113.77"}}
        forged = {"X-Forwarded-For": f"198.51.100.{n}", "Forwarded": f"for=198.51.100.{n}"}
        answers.append(await app_client.post("/v1/verifications", body, **forged))

    assert [answer.status_code for answer in answers] == [201] * 60 + [429] * 4
    assert {answer.headers["retry-after"] for answer in answers[60:]} == {"10"}
    assert await admitted(app_client) == 60


@covers("T-26")
async def test_a_whole_ipv6_line_is_one_network(app_client: Simulation):
    answers: list[int] = []
    for n in range(62):
        client = {"ip": f"2001:db8:1:2:{secrets.randbelow(65_536):x}::{n:x}"}
        body = {"to": fresh_number(), "purpose": "sign_in", "client": client}
        answers.append((await app_client.post("/v1/verifications", body)).status_code)

    assert answers == [201] * 60 + [429] * 2


@covers("T-26")
async def test_a_pumped_prefix_falls_silent_until_somebody_converts(app_client: Simulation):
    neighbours = [app_client.handset(f"+44740098{n:04d}") for n in range(23)]
    first, proven = neighbours[0], neighbours[1]
    first_id = await start(app_client.client, first)
    for neighbour in neighbours[1:21]:
        await start(app_client.client, neighbour)
    await app_client.deliver()
    in_flight = sum(len(neighbour.inbox) for neighbour in neighbours)

    await guess(app_client.client, first_id, first.inbox[-1].code)
    await start(app_client.client, neighbours[21])
    await app_client.deliver()

    assert in_flight == 20
    assert not neighbours[20].inbox
    assert len(neighbours[21].inbox) == 1
    assert len(proven.inbox) == 1


async def test_a_proven_number_is_reached_in_a_pumped_prefix(app_client: Simulation):
    neighbours = [app_client.handset(f"+44740097{n:04d}") for n in range(22)]
    first = neighbours[0]
    first_id = await start(app_client.client, first)
    await app_client.deliver()
    await guess(app_client.client, first_id, first.inbox[-1].code)
    for neighbour in neighbours[1:]:
        await start(app_client.client, neighbour)
    app_client.clock.advance(timedelta(minutes=1))
    await start(app_client.client, first)
    await app_client.deliver()

    assert sum(len(neighbour.inbox) for neighbour in neighbours[1:]) == 20
    assert len(first.inbox) == 2


@covers("T-13", "T-26")
async def test_a_day_of_guessing_from_everywhere_gets_fifteen_guesses(app_client: Simulation):
    alice = app_client.person("alice")
    elsewhere = networks()
    purposes = ["recovery", "sign_in", "approve", "caller_check"]
    began, last, looked_at = app_client.clock(), "", 0

    for n in range(100):
        to = spelled_anew(alice.email if n % 2 else alice.phone)
        last = await start(
            app_client.client, to, purposes[n % 4], account=alice.account, **next(elsewhere)
        )
        charged = (await books_of(app_client.db, last, app_client.clock())).charged
        for code in ("00000000", "11111111", "22222222"):
            await guess(app_client.client, last, code)
        books = await books_of(app_client.db, last, app_client.clock())
        looked_at += (books.charged - charged) // EIGHT_DIGITS
        app_client.clock.advance(timedelta(minutes=14))

    assert app_client.clock() - began < timedelta(days=1)
    assert looked_at == 15


@covers("T-30")
async def test_resending_for_a_day_sends_five(app_client: Simulation):
    alice = app_client.person("alice")
    challenge = await start(app_client.client, alice.phone, ttl_seconds=3600)
    statuses: set[int] = set()

    for _ in range(100):
        await app_client.deliver()
        app_client.clock.advance(timedelta(minutes=2))
        answer = await app_client.post(f"/v1/verifications/{challenge}/resend")
        statuses.add(answer.status_code)

    assert statuses == {200, 409}
    assert len(alice.phone.inbox) == 5


@covers("T-15")
async def test_the_attackers_own_success_clears_nothing_of_the_victims(app_client: Simulation):
    alice, mallory = app_client.person("alice"), app_client.person("mallory")
    here: dict[str, Any] = {"client": {"ip": "203.0.113.78"}}
    victims = await start(app_client.client, alice.phone, account=alice.account, **here)
    for code in ("00000000", "11111111", "22222222"):
        await guess(app_client.client, victims, code)
    before = await books_of(app_client.db, victims, app_client.clock())

    own = await start(app_client.client, mallory.phone, account=mallory.account, **here)
    await app_client.deliver()
    success = await guess(app_client.client, own, mallory.phone.inbox[-1].code)
    statuses = [
        (await app_client.post("/v1/verifications", {"to": fresh_number(), "purpose": "sign_in",
                                                     **here})).status_code
        for _ in range(59)
    ]  # fmt: skip

    assert success["valid"]
    assert await books_of(app_client.db, victims, app_client.clock()) == before
    assert statuses == [201] * 58 + [429]


async def test_a_quiet_day_later_the_address_may_be_sent_to_again(app_client: Simulation):
    alice = app_client.person("alice")
    for _ in range(9):
        await start(app_client.client, spelled_anew(alice.phone))
        app_client.clock.advance(_PAST_THE_CODE)
    spent = await admitted(app_client)
    await app_client.wait(timedelta(days=1))
    await start(app_client.client, alice.phone)

    assert spent == 5
    assert await admitted(app_client) == 6
