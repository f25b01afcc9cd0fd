"""A deployment of its own to measure: two servers, the first of which also works."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from sparekey import access, floors
from sparekey.db import Db, partitions
from tests.timing.measuring import Line
from tests.timing.people import LONG_AGO, People
from tests.world.deployment import Deployment, deployed
from tests.world.postgres import Cluster


@dataclass(frozen=True, slots=True)
class Laboratory:
    """The deployment, and a key whose rate no measurement reaches."""

    deployment: Deployment
    api_key: str

    def line(self) -> Line:
        """A kept connection to the server that also does the work in the background."""
        return Line(self.deployment.servers[0].port, self.api_key)

    async def some(
        self, numbers: Mapping[str, int], password_hash: str | None = None
    ) -> dict[str, Sequence[str]]:
        """For each kind of person what so many of them would type."""
        db = await Db.connect(self.deployment.database_url, size=8)
        people = People(db, self.deployment.keyring, self.deployment.brand)
        at = datetime.now(UTC)
        try:
            await partitions.ensure(db, floors.archives(), at - LONG_AGO)
            made = {
                kind: await people.some(kind, number, at, password_hash=password_hash)
                for kind, number in numbers.items()
            }
            await db.execute("ANALYZE")
            return made
        finally:
            await db.close()


@pytest.fixture(scope="module")
def laboratory(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    directory = tmp_path_factory.mktemp("timing")
    with deployed(postgres, directory, SPAREKEY_LOG_LEVEL="warning") as deployment:
        yield Laboratory(deployment, asyncio.run(_fast_key(deployment)))


async def _fast_key(deployment: Deployment) -> str:
    async with deployment.database() as db:
        _, key = await access.create_key(
            db,
            deployment.brand,
            name="timing",
            scopes=access.SCOPES.keys(),
            at=datetime.now(UTC),
            per_minute=6_000_000,
        )
    return key.reveal()
