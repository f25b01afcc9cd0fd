"""Open screens: told at once, by one look of the process for all, and never in a server's way."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.world.cast import Person
from tests.world.deployment import Deployment, deployed
from tests.world.postgres import Cluster
from tests.world.processes import Server, environment, free_port
from tests.world.waiting import until

SCREENS = 40


@pytest.fixture(scope="module")
def deployment(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Of their own: a server whose links lead to this machine serves no brand that is live."""
    with deployed(postgres, tmp_path_factory.mktemp("live"), is_on_loopback=True) as made:
        yield made


@pytest.fixture
def here(deployment: Deployment, tmp_path: Path) -> Iterator[Server]:
    """A server at an address of this machine; another process hands the messages over."""
    port = free_port()
    settings = {
        **deployment.settings,
        "SPAREKEY_BASE_URL": f"http://127.0.0.1:{port}",
        "SPAREKEY_PORT": str(port),
        "SPAREKEY_DB_POOL": "4",
    }
    server = Server(
        ["serve", "--no-worker"], environment(**settings), tmp_path / "here.log", port=port
    )
    server.start()
    try:
        server.await_ready()
        yield server
    finally:
        server.stop()


def _events(here: Server, deployment: Deployment) -> str:
    return f"{here.url}/sandbox/events?brand={deployment.brand.slug}"


def test_every_screen_is_told_of_what_another_process_delivered(
    deployment: Deployment, here: Server, alice: Person
):
    with httpx.Client(timeout=10) as client, ExitStack() as open_screens:
        screens = [
            open_screens.enter_context(client.stream("GET", _events(here, deployment)))
            for _ in range(SCREENS)
        ]
        lines = [screen.iter_lines() for screen in screens]
        assert {next(line) for line in lines} == {"event: arrived"}
        for line in lines:
            assert [next(line), next(line)] == ["data:", ""]
        ready = client.get(f"{here.url}/readyz")  # four connections, forty screens
        body = {"to": alice.phone.address, "purpose": "verify_address"}
        client.post(
            f"{deployment.servers[0].url}/v1/verifications",
            json=body,
            headers=deployment.authorization,
        )
        told = {next(line) for line in lines}

    assert ready.status_code == 200
    assert told == {"event: arrived"}


def test_a_screen_too_many_is_refused_and_one_that_closed_makes_room(
    deployment: Deployment, here: Server
):
    with httpx.Client(timeout=10) as client:
        with ExitStack() as open_screens:
            screens = [
                open_screens.enter_context(client.stream("GET", _events(here, deployment)))
                for _ in range(50)
            ]
            lines = [screen.iter_lines() for screen in screens]
            assert {next(line) for line in lines} == {"event: arrived"}
            refused = client.get(_events(here, deployment))

        def has_room() -> bool:
            with client.stream("GET", _events(here, deployment)) as again:
                return again.status_code == 200

        until(has_room, within=5)

    assert refused.status_code == 503
    assert refused.json()["code"] == "sandbox.too_many_screens"


def test_a_server_ends_while_screens_are_open(deployment: Deployment, here: Server):
    with httpx.stream("GET", _events(here, deployment), timeout=10) as screen:
        lines = screen.iter_lines()
        next(lines)
        began = time.monotonic()
        here.stop()
        took = time.monotonic() - began
        rest = list(lines)

    assert took < 5
    assert [line for line in rest if line and line != "data:"] == []
