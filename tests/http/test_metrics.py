"""`/metrics` tells what every package counts, and what waits for a person."""

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
