"""Publishing a drawing over HTTP, and how its runs ended."""

from typing import Any, Protocol

import httpx


class Company(Protocol):
    """Whoever has a brand's key: a simulation, or a provider's live brand."""

    @property
    def client(self) -> httpx.AsyncClient: ...


async def go_live(world: Company, document: Any) -> None:
    """Draw a flow and publish it."""
    await publish(world.client, document)


async def publish(api: httpx.AsyncClient, document: Any) -> None:
    """The same, with the brand's own client."""
    made = await api.post("/v1/flows", json={"document": document})
    assert made.status_code == 201, made.text
    path = f"/v1/flows/{document['name']}/publish"
    published = await api.post(path, json={"reason": "first words"})
    assert published.status_code == 201, published.text


async def outcomes(world: Company, name: str) -> dict[str, int]:
    """How a flow's runs ended."""
    return await ends_of(world.client, name)


async def ends_of(api: httpx.AsyncClient, name: str) -> dict[str, int]:
    """The same, with the brand's own client."""
    return (await api.get(f"/v1/flows/{name}/counts")).json()["outcomes"]
