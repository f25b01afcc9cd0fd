"""Blocks: a person stops a network, an account or an address, for a time, and lifts it again."""

from datetime import timedelta

from sparekey import accounts, guard
from tests.world.simulated import Simulation

NETWORK = "198.51.100.7"
HOUR = timedelta(hours=1)


async def start(app: Simulation, to: str, **more: object) -> int:
    """Start a sign-in; the status of the answer."""
    body = {"to": to, "purpose": "sign_in", "client": {"ip": NETWORK}, **more}
    return (await app.post("/v1/verifications", body)).status_code


async def block(app: Simulation, key: bytes) -> None:
    at = app.clock()
    await guard.block(app.db, key=key, kind=guard.BLOCK, until=at + HOUR, reason="a test's", at=at)


def network_key(app: Simulation) -> bytes:
    return app.keyring.index("network", NETWORK)


async def test_a_blocked_network_is_told_when_it_may_ask_again(app_client: Simulation):
    alice = app_client.person("alice")
    await block(app_client, network_key(app_client))

    answer = await app_client.post(
        "/v1/verifications",
        {"to": alice.phone.address, "purpose": "sign_in", "client": {"ip": NETWORK}},
    )

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "3600"


async def test_a_blocked_network_cannot_ask_for_a_recovery(app_client: Simulation):
    await block(app_client, network_key(app_client))

    answer = await app_client.post(
        "/v1/recoveries", {"identifier": "alice", "client": {"ip": NETWORK}}
    )

    assert answer.status_code == 429


async def test_a_block_ends_by_itself(app_client: Simulation):
    alice = app_client.person("alice")
    await block(app_client, network_key(app_client))
    app_client.clock.advance(HOUR)

    assert await start(app_client, alice.phone.address) == 201


async def test_a_block_can_be_lifted(app_client: Simulation):
    alice = app_client.person("alice")
    await block(app_client, network_key(app_client))
    await guard.unblock(app_client.db, keys=[network_key(app_client)], kinds=[guard.BLOCK])

    assert await start(app_client, alice.phone.address) == 201


async def test_a_shorter_block_does_not_shorten_a_longer_one(app_client: Simulation):
    alice = app_client.person("alice")
    await block(app_client, network_key(app_client))
    at = app_client.clock()
    soon = at + timedelta(minutes=1)
    await guard.block(
        app_client.db, key=network_key(app_client), kind=guard.BLOCK, until=soon, reason="x", at=at
    )
    app_client.clock.advance(timedelta(minutes=2))

    assert await start(app_client, alice.phone.address) == 429


async def test_a_blocked_account_is_answered_like_any_other_and_sent_nothing(
    app_client: Simulation,
):
    alice = app_client.person("alice")
    await block(app_client, accounts.account_key(app_client.keyring, app_client.brand.id, "a-1"))

    status = await start(app_client, alice.phone.address, account="a-1")
    await app_client.deliver()

    assert status == 201
    assert alice.phone.inbox == []
