"""What the tests of faults share: a database server that may be killed."""

from collections.abc import Iterator

import pytest

from tests.world.postgres import Cluster, running, wheel_binaries


@pytest.fixture(scope="session")
def durable_postgres() -> Iterator[Cluster]:
    """What it acknowledged is on disk."""
    with running(18, wheel_binaries(), is_durable=True) as cluster:
        yield cluster
