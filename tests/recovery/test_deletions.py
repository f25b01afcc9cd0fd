"""Owners hear that their account was deleted, though their addresses went with it."""

import asyncio
import json
from datetime import timedelta

import httpx
import pytest

from sparekey import jobs
from sparekey.brands import Support
from sparekey.jobs import store
from sparekey.kit.keyring import BrokenSeal, Keyring
from sparekey.recovery.jobs import tell_deleted
from tests.recovery.steps import at_brand, enrol, move
from tests.world.cast import Person, new_person
from tests.world.deployment import Deployment
from tests.world.simulated import Simulation

MINUTE = timedelta(minutes=1)


async def delete(api: httpx.AsyncClient, person: Person) -> None:
    answer = await api.delete(f"/v1/accounts/{person.account}")
    assert answer.status_code == 204


async def kept_addresses(simulation: Simulation) -> int:
    """How many addresses of deleted accounts wait to be told."""
    return (await simulation.db.fetchrow("SELECT count(*) FROM accounts.farewell"))[0]


async def in_hand(simulation: Simulation, keyring: Keyring) -> tuple[jobs.Context, jobs.Payload]:
    """What a worker with this keyring holds once it has claimed the job of telling."""
    at, kinds = simulation.clock(), ["recovery.tell_deleted"]
    job = await store.claim.one(
        simulation.db, lane=jobs.Lane.PROMPT, at=at, until=at + MINUTE, kinds=kinds, limit=1
    )
    context = jobs.Context(simulation.db, keyring, simulation.clock, job, ())
    return context, json.loads(job.json)


async def test_every_address_hears_once_when_it_happened_and_who_helps(app_client: Simulation):
    support = Support(phone="+44 20 7946 0000", email="help@acme.example")
    await at_brand(app_client, support=support)
    alice = app_client.person("alice")
    await enrol(app_client.client, alice)
    await delete(app_client.client, alice)
    app_client.clock.advance(timedelta(hours=1))
    await app_client.deliver()
    await app_client.deliver()
    (text,), (mail,) = alice.phone.inbox, alice.email.inbox

    said = "Your Acme account was deleted on 4 Mar at 12:00 UTC."
    assert text.text == f"{said} Not you? Call +44 20 7946 0000."
    assert mail.subject == "Your Acme account was deleted"
    assert "deleted on 4 Mar 2026 at 12:00 UTC" in mail.text
    assert "Call +44 20 7946 0000 or write to help@acme.example" in mail.text
    assert text.urls == []
    assert app_client.brand.slug not in f"{mail.text}{mail.html}"
    assert await kept_addresses(app_client) == 0


async def test_an_address_that_was_just_taken_away_hears_and_one_that_came_back_hears_once(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    await move(api, alice, alice.email.address)
    await move(api, alice, app_client.person("mallory").phone.address)
    await move(api, alice, alice.email.address)
    await app_client.deliver()
    before = len(alice.phone.inbox), len(alice.email.inbox)
    app_client.clock.advance(MINUTE)
    await delete(api, alice)
    await app_client.deliver()

    after = len(alice.phone.inbox), len(alice.email.inbox)
    assert after == (before[0] + 1, before[1] + 1)
    assert "was deleted" in alice.phone.inbox[-1].text
    assert "was deleted" in alice.email.inbox[-1].text


async def test_an_address_that_nobody_proved_or_that_is_long_gone_hears_nothing(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    stranger = app_client.person("stranger")
    await move(api, alice, alice.email.address)
    unproven = {"kind": "phone", "value": stranger.phone.address, "verified": False}
    proven = {"kind": "email", "value": alice.email.address, "verified": True}
    path = f"/v1/accounts/{alice.account}"
    await api.patch(path, json={"addresses": [unproven, proven]})
    await app_client.wait(timedelta(hours=72))
    await app_client.deliver()
    before = len(alice.phone.inbox)
    await delete(api, alice)
    await app_client.deliver()

    assert not stranger.phone.inbox
    assert len(alice.phone.inbox) == before
    assert "was deleted" in alice.email.inbox[-1].text


async def test_a_worker_that_dies_with_the_job_in_hand_loses_no_notice(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    await delete(api, alice)
    await in_hand(app_client, app_client.keyring)
    await app_client.deliver()
    before = len(alice.phone.inbox)
    await app_client.wait(MINUTE)
    await app_client.deliver()

    assert before == 0
    assert [len(at.inbox) for at in (alice.phone, alice.email)] == [1, 1]


async def test_a_notice_that_could_not_be_queued_is_queued_later(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    await delete(api, alice)
    with pytest.raises(BrokenSeal):
        await tell_deleted(*await in_hand(app_client, Keyring.generate()))
    await app_client.wait(MINUTE)
    await app_client.deliver()

    assert [len(at.inbox) for at in (alice.phone, alice.email)] == [1, 1]


async def test_workers_that_tell_at_once_tell_once(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    await delete(api, alice)
    context, payload = await in_hand(app_client, app_client.keyring)
    await asyncio.gather(*(tell_deleted(context, payload) for _ in range(5)))
    await app_client.wait(MINUTE)
    await app_client.deliver()

    assert [len(at.inbox) for at in (alice.phone, alice.email)] == [1, 1]


async def test_a_server_killed_after_its_answer_loses_no_notice(deployment: Deployment):
    alice = new_person("alice", deployment)
    worker, other = deployment.servers
    async with deployment.client(other) as api:
        await enrol(api, alice)
        worker.kill()
        await delete(api, alice)
    other.kill()
    for server in deployment.servers:
        server.start()
    for server in deployment.servers:
        server.await_ready()

    assert "was deleted" in alice.phone.next().text
    assert "was deleted" in alice.email.next().text
