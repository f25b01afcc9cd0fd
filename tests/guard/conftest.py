"""The stage of the plays in this folder."""

import asyncio
from collections.abc import Iterator

import pytest

from sparekey.db import Db
from tests.guard.stage import KEYRING, Stage
from tests.world.basics import MovableClock
from tests.world.postgres import Cluster
from tests.world.simulated import opened


@pytest.fixture(scope="module")
def stage(postgres: Cluster) -> Iterator[Stage]:
    """The product on a database of this module's own, on a clock that is moved."""
    with asyncio.Runner() as runner:
        url = runner.run(postgres.migrated())
        db = runner.run(Db.connect(url))
        clock = MovableClock()
        yield Stage(runner, opened(url, db, KEYRING, clock), clock)
        runner.run(db.close())
        runner.run(postgres.drop(url))
