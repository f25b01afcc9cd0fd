"""`/metrics` tells what every package counts, and what waits for a person."""

from datetime import timedelta

from sparekey.kit.outlived import outlive
from tests.world.simulated import Simulation

_WORDS = "the words of somebody's row"


async def test_what_every_package_counts_is_told(app_client: Simulation):
    outlive("claim_failed", OSError(_WORDS))
    await app_client.deliver()
    told = (await app_client.client.get("/metrics")).text
    counted = {line.split()[2] for line in told.splitlines() if line.startswith("# TYPE sparekey")}

    assert {
        "sparekey_http_requests_total",
        "sparekey_worked_total",
        "sparekey_jobs_parked_total",
        "sparekey_hooks_read_total",
        "sparekey_letters_total",
    } <= counted
    assert 'sparekey_outlived_total{event="claim_failed"}' in told
    assert _WORDS not in told


async def test_what_waits_for_a_person_is_told(app_client: Simulation):
    before = await _waiting(app_client)
    await app_client.db.execute(
        """INSERT INTO jobs.job (id, kind, payload, due_at, created_at, parked_at)
        VALUES (gen_random_uuid(), 'nobody.does', '{}', now(), now(), now())"""
    )
    await app_client.db.execute(
        """INSERT INTO inbox.letter (id, message_id, purpose, sealed, received_at)
        VALUES (gen_random_uuid(), gen_random_uuid(), 'reply', '', now())"""
    )
    await app_client.db.execute(
        """INSERT INTO gateways.raw (id, gateway_id, method, sealed, is_signed, group_key,
            received_at)
        SELECT gen_random_uuid(), gen_random_uuid(), 'POST', '', true, piece, now()
        FROM (VALUES (NULL), (NULL), ('\\x01'::bytea)) AS came (piece)"""
    )
    await app_client.db.execute(
        """INSERT INTO flows.run (id, wake_at, version_id, brand_id, node, parked_at)
        SELECT gen_random_uuid(), now(), 1, 1, 0, now() FROM generate_series(1, 3)"""
    )

    assert before == {"callbacks": 0, "jobs": 0, "letters": 0, "runs": 0}
    assert await _waiting(app_client) == {"callbacks": 2, "jobs": 1, "letters": 1, "runs": 3}


async def test_what_is_overdue_is_told(app_client: Simulation):
    await app_client.post("/v1/verifications", {"to": "+447400123456", "purpose": "sign_in"})
    app_client.clock.advance(timedelta(seconds=90))
    late = await _told(app_client, "overdue_seconds")
    await app_client.deliver()

    assert late["messages"] == 90
    assert (await _told(app_client, "overdue_seconds"))["messages"] == 0
    assert set(late) == {"callbacks", "jobs", "messages", "messages_in_bulk", "runs"}


async def _waiting(simulation: Simulation) -> dict[str, int]:
    return await _told(simulation, "waiting_for_a_person")


async def _told(simulation: Simulation, gauge: str) -> dict[str, int]:
    told = (await simulation.client.get("/metrics")).text
    lines = (line.split() for line in told.splitlines() if f"_{gauge}{{" in line)
    return {name.split('"')[1]: int(float(number)) for name, number in lines}
