"""What became of a message: receipts in any order, as often as they come, never back."""

from uuid import UUID

import pytest

from sparekey.kit.ids import new_id
from tests.world.cast import Person
from tests.world.provider import Provider, receipt


@pytest.fixture
async def message(provider: Provider) -> UUID:
    """A text that has been sent."""
    await provider.ask(provider.simulation.person("alice").phone)
    return provider.last()


async def told(provider: Provider, *said: dict[str, object]) -> None:
    assert (await provider.tell(*said)).status_code == 204
    await provider.simulation.deliver()


@pytest.mark.parametrize("outcome", ["delivered", "undelivered", "failed", "expired"])
async def test_a_receipt_ends_a_message(provider: Provider, message: UUID, outcome: str):
    await told(provider, receipt(message, outcome))

    assert await provider.state_of(message) == outcome


async def test_a_batch_a_double_and_a_late_receipt_lead_to_the_same_end(
    provider: Provider, message: UUID
):
    await told(provider, receipt(message, "delivered"), receipt(message, "sent"))
    await told(provider, receipt(message, "delivered"))
    await told(provider, receipt(message, "sent"), receipt(message, "sent"))

    assert await provider.state_of(message) == "delivered"


async def test_a_receipt_of_no_message_of_ours_changes_nothing(provider: Provider, message: UUID):
    await told(provider, receipt(new_id(provider.simulation.clock()), "failed"))

    assert await provider.state_of(message) == "sent"


async def test_a_gateway_of_one_brand_says_nothing_of_anothers_message(provider: Provider):
    simulation = provider.simulation
    bob: Person = simulation.person("bob")
    await simulation.post("/v1/verifications", {"to": str(bob.phone), "purpose": "sign_in"})
    await simulation.deliver()
    row = await simulation.db.fetchrow(
        "SELECT id, state FROM outbox.message WHERE brand_id = $1", simulation.brand.id
    )
    await told(provider, receipt(row["id"], "failed"))
    after = await simulation.db.fetchrow(
        "SELECT state FROM outbox.message WHERE id = $1", row["id"]
    )

    assert row["state"] == after["state"] == "sent"
