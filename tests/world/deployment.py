"""The product as it runs: server processes on one PostgreSQL, spoken to over HTTP."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx
import pytest

from sparekey import access, brands
from sparekey.db import Db
from sparekey.kit.keyring import Keyring
from tests.world import raw
from tests.world.cast import Person, Received, new_person, read_received
from tests.world.postgres import Cluster
from tests.world.processes import Process, Server, environment, free_port

BASE_URL = "https://recover.acme.example"

_UNSETTLED = """
SELECT count(*) FROM outbox.message WHERE brand_id = $1 AND state IN ('queued', 'sending')
"""


@dataclass(slots=True)
class Deployment:
    """Two servers, the first of which also works; a sandbox brand; a key of it that may do all."""

    database_url: str
    directory: Path
    keyring: Keyring
    servers: list[Server]
    settings: dict[str, str]
    brand: brands.Brand
    api_key: str

    @property
    def logs(self) -> str:
        """Everything that every process has logged."""
        return "".join(log.read_text() for log in sorted(self.directory.glob("*.log")))

    @property
    def authorization(self) -> dict[str, str]:
        """The header of the brand's key."""
        return {"Authorization": f"Bearer {self.api_key}"}

    @asynccontextmanager
    async def database(self) -> AsyncGenerator[Db]:
        """A small pool beside the servers', to look at what they wrote."""
        db = await Db.connect(self.database_url, size=2)
        yield db
        await db.close()

    @asynccontextmanager
    async def client(
        self, *servers: Server, api_key: str | None = None
    ) -> AsyncGenerator[httpx.AsyncClient]:
        """A client of the servers in turn (of all of them when none is named)."""
        transport = _InTurn([server.url for server in servers or self.servers])
        headers = {"Authorization": f"Bearer {api_key or self.api_key}"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://sparekey", headers=headers, timeout=30
        ) as client:
            yield client

    async def at_once(
        self,
        requests: Sequence[tuple[str, object]],
        *,
        headers: Sequence[tuple[str, str]] = (),
        api_key: str | None = None,
    ) -> list[raw.Answer]:
        """POST each (path, body) so that all arrive together, over the servers in turn."""
        sent = [("Authorization", f"Bearer {api_key or self.api_key}"), *headers]
        return await raw.at_once(
            [server.port for server in self.servers],
            [raw.request(path, body, headers=sent) for path, body in requests],
        )

    async def new_brand(self, **wish: Any) -> tuple[brands.Brand, str]:
        """Another brand, and a key of it that may do all."""
        async with self.database() as db:
            return await make_brand(db, datetime.now(UTC), **wish)

    async def everything_sent(self, brand_id: int, *, within: float = 20) -> list[str]:
        """Every message of a brand, whole, once all have an outcome; decoys' too."""
        deadline = asyncio.get_running_loop().time() + within
        async with self.database() as db:
            while (await db.fetchrow(_UNSETTLED, brand_id))["count"]:
                assert asyncio.get_running_loop().time() < deadline, "messages wait"
                await asyncio.sleep(0.01)
            rows = await db.fetch("SELECT * FROM sandbox.delivery WHERE brand_id = $1", brand_id)
        return [f"{row['sender']}\n{row['subject']}\n{row['text']}\n{row['html']}" for row in rows]

    @contextmanager
    def worker(self, name: str = "worker") -> Generator[Process]:
        """A `sparekey worker` of its own for the length of the block."""
        process = Process(["worker"], environment(**self.settings), self.directory / f"{name}.log")
        process.start()
        try:
            yield process
        finally:
            process.stop()

    # --- the post office of the handsets ------------------------------------------------------

    def received(self, address: str) -> Sequence[Received]:
        """What a handset of the sandbox brand has received."""
        answer = self._post("/v1/sandbox/inbox", {"address": address})
        return read_received(answer)

    def reply(self, *, sender: str, to: str, text: str) -> None:
        """What is typed on a handset."""
        self._post("/v1/sandbox/replies", {"from": sender, "to": to, "text": text})

    def _post(self, path: str, body: object) -> Any:
        running = next(server for server in self.servers if server.is_running())
        answer = httpx.post(f"{running.url}{path}", json=body, headers=self.authorization)
        answer.raise_for_status()
        return answer.json()


class _InTurn(httpx.AsyncBaseTransport):
    """Sends one request to each server in turn, over connections that are kept."""

    def __init__(self, urls: Sequence[str]) -> None:
        self._urls = cycle(map(httpx.URL, urls))
        self._transport = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=None))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        server = next(self._urls)
        request.url = request.url.copy_with(
            scheme=server.scheme, host=server.host, port=server.port
        )
        return await self._transport.handle_async_request(request)

    async def aclose(self) -> None:
        await self._transport.aclose()


async def make_brand(db: Db, at: datetime, **wish: Any) -> tuple[brands.Brand, str]:
    """A brand (a sandbox unless the wish says otherwise) and a key of it that may do all."""
    asked: dict[str, Any] = {
        "slug": f"acme-{secrets.token_hex(4)}",
        "name": "Acme",
        "is_sandbox": True,
        **wish,
    }
    brand = await brands.create(db, brands.BrandWish(**asked), at)
    _, key = await access.create_key(db, brand, name="tests", scopes=access.SCOPES.keys(), at=at)
    return brand, key.reveal()


@contextmanager
def deployed(
    postgres: Cluster, directory: Path, *, is_on_loopback: bool = False, **settings: str
) -> Generator[Deployment]:
    """A deployment with a database of its own; `settings` are further environment variables.

    Links lead to a host that nobody has, or `is_on_loopback` to the first of its servers.
    """
    ports = [free_port(), free_port()]
    database_url = asyncio.run(postgres.migrated())
    keyring = Keyring.generate()
    keyring.save(directory / "keyring.json")
    shared = {
        "DATABASE_URL": database_url,
        "SPAREKEY_DATA_DIR": str(directory),
        "SPAREKEY_BASE_URL": f"http://127.0.0.1:{ports[0]}" if is_on_loopback else BASE_URL,
        "SPAREKEY_DB_POOL": "8",
        "SPAREKEY_LOG_LEVEL": "debug",
        **settings,
    }
    brand, key = asyncio.run(_first_brand(database_url))
    servers = [
        _server("first", ["serve"], directory, shared, port=ports[0]),
        _server("second", ["serve", "--no-worker"], directory, shared, port=ports[1]),
    ]
    made = Deployment(database_url, directory, keyring, servers, shared, brand, key)
    try:
        for server in servers:
            server.start()
        for server in servers:
            server.await_ready()
        yield made
    finally:
        for server in servers:
            server.stop()
        asyncio.run(postgres.drop(database_url))


def _server(
    name: str, words: list[str], directory: Path, settings: dict[str, str], *, port: int
) -> Server:
    return Server(
        words,
        environment(**settings, SPAREKEY_PORT=str(port)),
        directory / f"{name}.log",
        port=port,
    )


async def _first_brand(database_url: str) -> tuple[brands.Brand, str]:
    db = await Db.connect(database_url, size=1)
    try:
        return await make_brand(db, datetime.now(UTC))
    finally:
        await db.close()


@pytest.fixture(scope="session")
def deployment(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Two servers that all tests of a test process share: use people and brands of your own."""
    with deployed(postgres, tmp_path_factory.mktemp("deployment")) as made:
        yield made


@pytest.fixture
async def api(deployment: Deployment) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the brand's key that speaks to both servers in turn."""
    async with deployment.client() as client:
        yield client


@pytest.fixture
def alice(deployment: Deployment) -> Person:
    """Has a mobile and a mailbox."""
    return new_person("alice", deployment)


@pytest.fixture
def bob(deployment: Deployment) -> Person:
    """Has a mobile and uses nothing else."""
    return new_person("bob", deployment)


@pytest.fixture
def mallory(deployment: Deployment) -> Person:
    """Attacks."""
    return new_person("mallory", deployment)
