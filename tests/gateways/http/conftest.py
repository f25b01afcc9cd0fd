"""A played provider for every test of the wires over HTTP, and a played AWS."""

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from tests.gateways.http.provider import PlayedProvider, Said
from tests.world.processes import free_port
from tests.world.waiting import until


@pytest.fixture
async def provider() -> AsyncIterator[PlayedProvider]:
    """Answers 200 and nothing more, until it is told otherwise."""
    async with PlayedProvider([Said()]).listening() as made:
        yield made


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    """A played AWS, which nobody here wrote."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        until(lambda: _answers(url), within=30)
        yield url
        server.kill()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/moto-api/data.json", trust_env=False).is_success
    except httpx.TransportError:
        return False
