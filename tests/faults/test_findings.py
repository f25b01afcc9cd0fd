"""The tests of faults can fail: each kind of loss, made on purpose, is found."""

import pytest

from sparekey.kit.ids import parse
from tests.faults.customers import Promise
from tests.faults.findings import Findings
from tests.world.simulated import Simulation

_LOSSES = {
    "was accepted and is not there": "DELETE FROM verification.verification",
    "has 0 messages with a proof": "DELETE FROM outbox.message",
    "is queued": "UPDATE outbox.message SET state = 'queued'",
    "still holds what it said": "UPDATE outbox.message SET sealed = '\\x00'",
    "was never handed over": "DELETE FROM sandbox.delivery",
    "came 2 times to": """
        INSERT INTO outbox.message SELECT (jsonb_populate_record(m, jsonb_build_object(
            'id', overlay(m.id::text PLACING 'fff' FROM 34), 'about', null))).*
        FROM outbox.message AS m;
        INSERT INTO sandbox.delivery SELECT (jsonb_populate_record(d, jsonb_build_object(
            'id', overlay(d.id::text PLACING 'fff' FROM 34)))).*
        FROM sandbox.delivery AS d""",
    "has 2 messages with a proof": """
        INSERT INTO outbox.message SELECT (jsonb_populate_record(m, jsonb_build_object(
            'id', overlay(m.id::text PLACING 'fff' FROM 34)))).*
        FROM outbox.message AS m""",
    "jobs are left": """
        INSERT INTO jobs.job (id, kind, payload, due_at, created_at, parked_at)
        VALUES (gen_random_uuid(), 'a.b', '{}', now(), now(), now())""",
    "the journal has gaps": """
        INSERT INTO events.event (id, at, xid, kind, data)
        SELECT id, now(), pg_current_xact_id(), 'a.b', '{}' FROM outbox.message""",
}


@pytest.fixture
async def promise(app_client: Simulation) -> Promise:
    """One code that was asked for and sent."""
    alice = app_client.person("alice").phone.address
    asked = await app_client.post("/v1/verifications", {"to": alice, "purpose": "sign_in"})
    await app_client.deliver()
    shown = asked.json()["id"]
    read = parse("ver", shown)
    assert read is not None
    return Promise(read, shown, alice, "verifications")


async def test_what_was_kept_is_found(app_client: Simulation, promise: Promise):
    findings = await Findings.read(app_client.db)

    assert findings.complaints([promise]) == []
    assert findings.found([promise]) == 1


@pytest.mark.parametrize("complaint", _LOSSES)
async def test_what_was_lost_or_doubled_is_complained_of(
    app_client: Simulation, promise: Promise, complaint: str
):
    await app_client.db.execute(_LOSSES[complaint])

    findings = await Findings.read(app_client.db)

    assert any(complaint in one for one in findings.complaints([promise]))
