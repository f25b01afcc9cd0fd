"""A database of the operator's, of the oldest and the newest version that we support."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.faults.commands import sparekey
from tests.world.cast import new_person, read_received
from tests.world.deployment import BASE_URL
from tests.world.postgres import Cluster
from tests.world.processes import Server, environment, free_port

_PASSWORD = "an altogether different phrase"
Settings = dict[str, str]


@pytest.fixture
async def empty(each_postgres: Cluster) -> str:
    """A database with nothing in it."""
    return await each_postgres.empty()


@pytest.fixture
def settings(empty: str, tmp_path: Path) -> Settings:
    """What an operator writes down."""
    return {
        "DATABASE_URL": empty,
        "SPAREKEY_DATA_DIR": str(tmp_path),
        "SPAREKEY_BASE_URL": BASE_URL,
        "SPAREKEY_PORT": str(free_port()),
    }


@pytest.fixture
def api_key(settings: Settings) -> str:
    """From nothing to a key, as the guide says."""
    steps = [
        ["init"],
        ["migrate"],
        ["brands", "create", "acme", "--name", "Acme", "--sandbox"],
        ["keys", "create", "acme", "--name", "tests"],
    ]
    said = [sparekey(*step, settings=settings) for step in steps]
    assert [one.code for one in said] == [0] * 4, said
    return said[-1].words.split()[-1]


@pytest.fixture
def server(settings: Settings, api_key: str, tmp_path: Path) -> Iterator[Server]:
    """One process that serves and works."""
    port = int(settings["SPAREKEY_PORT"])
    server = Server(["serve"], environment(**settings), tmp_path / "serve.log", port=port)
    server.start()
    server.await_ready()
    yield server
    server.stop()


class Mailroom:
    """Handsets of this one server."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def received(self, address: str):
        """What has arrived."""
        return read_received(
            self._client.post("/v1/sandbox/inbox", json={"address": address}).json()
        )

    def reply(self, *, sender: str, to: str, text: str) -> None:
        """Nobody replies here."""
        raise AssertionError


def test_a_person_gets_back_in(server: Server, api_key: str):
    headers = {"Authorization": f"Bearer {api_key}"}
    with httpx.Client(base_url=server.url, headers=headers) as client:
        alice = new_person("alice", Mailroom(client))
        addresses = [{"kind": "phone", "value": alice.phone.address, "verified": True}]
        known = client.put(f"/v1/accounts/{alice.account}", json={"addresses": addresses})
        asked = client.post("/v1/recoveries", json={"identifier": alice.phone.address})
        path = f"/v1/recoveries/{asked.json()['id']}"
        proven = client.post(f"{path}/proofs", json={"code": alice.phone.next().code})
        grant = proven.json()["grant"]
        done = client.post(f"{path}/password", json={"grant": grant, "password": _PASSWORD})
        notice = alice.phone.next()
        body = {"identifier": alice.phone.address, "password": _PASSWORD}
        signed_in = client.post("/v1/sign-ins", json=body)

    assert [one.status_code for one in (known, asked, proven, done)] == [201, 202, 200, 200]
    assert "password" in notice.text
    assert signed_in.json()["outcome"] == "ok"
