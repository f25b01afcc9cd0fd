"""Whoever asks learns nothing: a silent refusal answers, writes and wears out like an admission."""

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.attacks.books import spent_by_the_deployment
from tests.attacks.register import covers
from tests.attacks.requests import start
from tests.world.cast import Handset
from tests.world.deployment import make_brand
from tests.world.footprints import footprint
from tests.world.simulated import Simulation
from tests.world.wires import PlayedWire, delivering_through

_ID = re.compile(r"(ver|msg)_[0-9A-Za-z]+")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+Z")
_INSTANCE = re.compile(r"urn:uuid:[0-9a-f-]+")


def seen(answer: httpx.Response) -> tuple[Any, ...]:
    """All that a caller sees, with ids and times made the same."""
    text = answer.text
    for pattern, word in ((_ID, "<id>"), (_TIME, "<time>"), (_INSTANCE, "<instance>")):
        text = pattern.sub(word, text)
    headers = [
        (name, "*" if name in {"x-request-id", "ratelimit"} else value)
        for name, value in answer.headers.items()
    ]
    return answer.status_code, headers, re.sub(r'"to":"[^"]*"', '"to":"<to>"', text)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two challenges: one whose message arrives, and one that is a decoy."""

    simulation: Simulation
    real: str
    decoy: str
    code: str

    async def both(self, path: str, body: object = None) -> tuple[Any, Any]:
        """The same request at each."""
        real = await self.simulation.post(f"/v1/verifications/{self.real}{path}", body)
        decoy = await self.simulation.post(f"/v1/verifications/{self.decoy}{path}", body)
        return seen(real), seen(decoy)


@pytest.fixture
async def pair(app_client: Simulation) -> Pair:
    alice, bob = app_client.person("alice"), app_client.person("bob")
    await start(app_client.client, f"{bob.phone} ")
    real = await start(app_client.client, alice.phone)
    decoy = await start(app_client.client, bob.phone)
    await app_client.deliver()
    assert (len(alice.phone.inbox), len(bob.phone.inbox)) == (1, 1)
    return Pair(app_client, real, decoy, alice.phone.inbox[-1].code)


async def started(simulation: Simulation, to: Handset | str) -> tuple[Any, dict[str, int]]:
    """What a start answers, and what it and its delivery write."""
    before = await footprint(simulation.db)
    answer = await simulation.post("/v1/verifications", {"to": str(to), "purpose": "recovery"})
    asked = await before.since()
    await simulation.deliver()
    both = await before.since()
    return seen(answer), {**{f"{k} at the start": n for k, n in asked.items()}, **both}


@covers("T-16", "T-17")
@pytest.mark.parametrize("kind", ["phone", "email"])
async def test_a_refused_start_answers_and_writes_what_an_admitted_one_does(
    app_client: Simulation, kind: str
):
    to: list[Handset] = [getattr(app_client.person(name), kind) for name in ("alice", "david")]
    for handset in to:
        await start(app_client.client, handset)
    await app_client.deliver()

    refused = await started(app_client, to[0])
    app_client.clock.advance(timedelta(minutes=1))
    admitted = await started(app_client, to[1])

    assert refused[0] == admitted[0]
    assert refused[1] == admitted[1]
    assert [len(handset.inbox) for handset in to] == [1, 2]


@covers("T-16")
async def test_a_full_cap_is_written_like_one_with_room(app_client: Simulation):
    alice, david = app_client.person("alice"), app_client.person("david")
    for person in (alice, david):
        await start(app_client.client, person.phone)

    _, refused = await started(app_client, alice.phone)
    app_client.clock.advance(timedelta(minutes=1))
    _, admitted = await started(app_client, david.phone)

    assert refused["guard.cap"] == admitted["guard.cap"]


@covers("T-16", "T-26")
async def test_a_country_that_is_not_served_gets_nothing_and_looks_served(app_client: Simulation):
    brand, key = await make_brand(
        app_client.db, app_client.clock(), is_sandbox=False, countries=("GB",)
    )
    app_client.client.headers["Authorization"] = f"Bearer {key}"
    wire = PlayedWire()
    step = delivering_through(app_client.house, wire)
    footprints: list[dict[str, int]] = []
    answers: list[Any] = []

    for to in ("+447400123456", "+393123456789"):
        before = await footprint(app_client.db)
        body = {"to": to, "purpose": "sign_in"}
        answers.append(seen(await app_client.post("/v1/verifications", body)))
        await step()
        footprints.append(await before.since())

    assert answers[0] == answers[1]
    assert footprints[0] == footprints[1]
    assert [message.to for message in wire.sent] == ["+447400123456"]
    assert [message.to for message in wire.dropped] == ["+393123456789"]
    assert not brand.is_sandbox


@covers("T-16", "T-19")
async def test_wrong_codes_are_answered_alike_until_there_are_no_more(pair: Pair):
    for code in ("00000000", "11111111", "222222", "33333333", "44444444"):
        real, decoy = await pair.both("/check", {"code": code})

        assert real == decoy


@covers("T-16", "T-17")
async def test_asking_too_soon_is_answered_alike(pair: Pair):
    too_soon = await pair.both("/resend")
    pair.simulation.clock.advance(timedelta(minutes=1))
    in_time = await pair.both("/resend")
    again = await pair.both("/resend")

    for real, decoy in (too_soon, in_time, again):
        assert real == decoy
    assert [step[0][0] for step in (too_soon, in_time, again)] == [429, 200, 429]


@covers("T-16")
@pytest.mark.parametrize("path", ["/check", "/resend", "/cancel"])
async def test_later_steps_write_the_same_rows_for_a_decoy(pair: Pair, path: str):
    db, clock = pair.simulation.db, pair.simulation.clock
    clock.advance(timedelta(minutes=1))
    body = {"code": "00000000"} if path == "/check" else None
    written: list[dict[str, int]] = []

    for challenge in (pair.real, pair.decoy):
        before = await footprint(db)
        await pair.simulation.post(f"/v1/verifications/{challenge}{path}", body)
        written.append(await before.since())

    assert written[0] == written[1]
    assert written[0]["verification.verification"] == 1


@covers("T-16")
async def test_cancelled_and_expired_look_alike(pair: Pair):
    pending = [await pair.simulation.client.get(f"/v1/verifications/{challenge}")
               for challenge in (pair.real, pair.decoy)]  # fmt: skip
    cancelled = await pair.both("/cancel")
    afterwards = await pair.both("/check", {"code": "00000000"})
    pair.simulation.clock.advance(timedelta(hours=1))
    late = await pair.both("/resend")

    assert seen(pending[0]) == seen(pending[1])
    for real, decoy in (cancelled, afterwards, late):
        assert real == decoy


@covers("T-33")
async def test_guesses_at_a_decoy_cost_the_deployment_nothing(pair: Pair):
    db, at = pair.simulation.db, pair.simulation.clock()
    before = await spent_by_the_deployment(db, at)
    for code in ("00000000", "11111111", "22222222"):
        await pair.simulation.post(f"/v1/verifications/{pair.decoy}/check", {"code": code})
    after_decoy = await spent_by_the_deployment(db, at)
    await pair.simulation.post(f"/v1/verifications/{pair.real}/check", {"code": "00000000"})

    assert after_decoy == before
    assert await spent_by_the_deployment(db, at) > before


@covers("T-16")
async def test_no_code_is_ever_right_at_a_decoy(pair: Pair):
    dropped = await pair.simulation.db.fetchrow(
        "SELECT text FROM sandbox.delivery WHERE is_dropped"
    )
    code = re.sub(r"\D", "", dropped["text"].splitlines()[-1].partition("#")[2])

    real, decoy = await pair.both("/check", {"code": code})

    assert json.loads(decoy[2])["reason"] == "wrong_code"
    assert real == decoy


@covers("T-34")
async def test_a_limit_used_up_by_mail_does_not_show_by_phone(app_client: Simulation):
    alice, bob = app_client.person("alice"), app_client.person("bob")
    for n in range(20):
        to = alice.email.address.replace("@", f"+{n}@")
        await start(app_client.client, to, account=alice.account)

    answers = [
        seen(await app_client.post("/v1/verifications", {
            "to": person.phone.address, "purpose": "sign_in", "account": person.account}))
        for person in (alice, bob)
    ]  # fmt: skip

    assert answers[0] == answers[1]
    assert answers[0][0] == 201
