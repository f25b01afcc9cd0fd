"""Publishing a drawing over HTTP, and how its runs ended."""

from typing import Any

from tests.world.simulated import Simulation


async def go_live(world: Simulation, document: Any) -> None:
    """Draw a flow and publish it."""
    made = await world.post("/v1/flows", {"document": document})
    assert made.status_code == 201, made.text
    path = f"/v1/flows/{document['name']}/publish"
    published = await world.post(path, {"reason": "first words"})
    assert published.status_code == 201, published.text


async def outcomes(world: Simulation, name: str) -> dict[str, int]:
    """How a flow's runs ended."""
    return (await world.client.get(f"/v1/flows/{name}/counts")).json()["outcomes"]
