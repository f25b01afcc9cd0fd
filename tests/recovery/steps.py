"""The steps of getting back in, as a company's server takes them over HTTP."""

from datetime import timedelta
from typing import Any

import httpx

from sparekey.app import build
from tests.world.cast import Person
from tests.world.deployment import BASE_URL, make_brand
from tests.world.simulated import Simulation

OLD_PASSWORD = "seven quiet lamps by a river"
NEW_PASSWORD = "nine loud kettles on the moor"


async def enrol(
    api: httpx.AsyncClient, person: Person, *, reach: str = "phone email", **fields: Any
) -> None:
    """The company tells of a customer with a password, and of the addresses named in `reach`."""
    held = {"phone": person.phone.address, "email": person.email.address}
    body = {
        "password": OLD_PASSWORD,
        "addresses": [
            {"kind": kind, "value": held[kind], "verified": True} for kind in reach.split()
        ],
        **fields,
    }
    answer = await api.put(f"/v1/accounts/{person.account}", json=body)
    assert answer.status_code in (200, 201), answer.text


async def move(api: httpx.AsyncClient, person: Person, *reach: str) -> None:
    """The company tells of other addresses of a customer's."""
    addresses = [
        {"kind": "email" if "@" in value else "phone", "value": value, "verified": True}
        for value in reach
    ]
    answer = await api.patch(f"/v1/accounts/{person.account}", json={"addresses": addresses})
    assert answer.status_code == 200, answer.text


async def forgot(api: httpx.AsyncClient, identifier: object, **more: Any) -> str:
    """Ask to get back in; the id of the recovery."""
    answer = await api.post("/v1/recoveries", json={"identifier": str(identifier), **more})
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


async def prove(api: httpx.AsyncClient, id: str, **proof: str) -> httpx.Response:
    """Bring `code=` or `link_token=`."""
    return await api.post(f"/v1/recoveries/{id}/proofs", json=proof)


async def grant_for(api: httpx.AsyncClient, id: str, **proof: str) -> str:
    """The grant that a right proof earns."""
    answer = await prove(api, id, **proof)
    assert answer.status_code == 200, answer.text
    return answer.json()["grant"]


async def set_password(
    api: httpx.AsyncClient, id: str, grant: str, password: str = NEW_PASSWORD
) -> httpx.Response:
    """Set a new password with a grant."""
    return await api.post(
        f"/v1/recoveries/{id}/password", json={"grant": grant, "password": password}
    )


async def sign_in(
    api: httpx.AsyncClient, identifier: object, password: str = OLD_PASSWORD, **client: str
) -> Any:
    """Try a password; what is answered."""
    body = {"identifier": str(identifier), "password": password, "client": client}
    return (await api.post("/v1/sign-ins", json=body)).json()


async def recover(simulation: Simulation, person: Person, password: str = NEW_PASSWORD) -> str:
    """The whole way back in by text; the token of the browser that is known from then on."""
    asked = await forgot(simulation.client, person.phone)
    await simulation.deliver()
    simulation.clock.advance(timedelta(seconds=20))
    grant = await grant_for(simulation.client, asked, code=person.phone.inbox[-1].code)
    done = await set_password(simulation.client, asked, grant, password)
    await simulation.deliver()
    return done.json()["device_token"]


async def at_brand(simulation: Simulation, **wish: Any) -> None:
    """From here on everything happens at another brand."""
    simulation.brand, key = await make_brand(simulation.db, simulation.clock(), **wish)
    simulation.client.headers["Authorization"] = f"Bearer {key}"


def browser(simulation: Simulation) -> httpx.AsyncClient:
    """A customer's browser, which has no API key and keeps its cookies."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(build(simulation.house)), base_url=BASE_URL
    )


def code_of(answer: httpx.Response) -> str:
    """The code of the problem that was answered."""
    return answer.json()["code"]
