"""Accounts are counted in the background: the more of them, the longer codes are."""

from sparekey import guard, jobs
from tests.world.deployment import make_brand
from tests.world.simulated import Simulation


async def test_the_accounts_of_live_brands_are_counted_once_an_hour(app_client: Simulation):
    db, at = app_client.db, app_client.clock()
    _, live = await make_brand(db, at, is_sandbox=False, countries=("GB",))
    for ref in ("a1", "b1"):
        await app_client.client.put(
            f"/v1/accounts/{ref}", json={}, headers={"Authorization": f"Bearer {live}"}
        )
    await app_client.client.put("/v1/accounts/a1", json={})
    await guard.keep_count(db, accounts=7)
    await jobs.queue(db, kind="accounts.count", payload={}, due_at=at, at=at)
    await app_client.deliver()

    assert (await db.fetchrow("SELECT accounts FROM guard.deployment"))["accounts"] == 2
    assert jobs.SCHEDULES["accounts.count"] == "37 * * * *"
