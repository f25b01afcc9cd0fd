"""What the tests of faults share: a database server to be killed, and a house without staff."""

from collections.abc import Iterator

import pytest

from tests.world.deployment import Deployment, deployed
from tests.world.postgres import Cluster, running, wheel_binaries


@pytest.fixture(scope="session")
def durable_postgres() -> Iterator[Cluster]:
    """What it acknowledged is on disk."""
    with running(18, wheel_binaries(), is_durable=True) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def unmanned(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A server that hands nothing over: a test says who works, and when. Of a file's own:
    what one leaves waiting, another would count."""
    with deployed(postgres, tmp_path_factory.mktemp("unmanned")) as made:
        made.servers.pop(0).stop()
        yield made
