"""Alice, who has forgotten her password, and the company's server that speaks for her."""

import httpx
import pytest

from tests.recovery.steps import enrol
from tests.world.cast import Person
from tests.world.simulated import Simulation


@pytest.fixture
def api(app_client: Simulation) -> httpx.AsyncClient:
    return app_client.client


@pytest.fixture
async def alice(app_client: Simulation) -> Person:
    """A customer with a mobile and a mailbox."""
    alice = app_client.person("alice")
    await enrol(app_client.client, alice, name="Alice Winters")
    return alice
