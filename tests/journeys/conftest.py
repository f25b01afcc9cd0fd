"""A real browser on real servers: one Chromium for all journeys, and a context for each."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from sparekey import brands
from tests.journeys.visitors import Visitor, visiting
from tests.world.cast import Person, new_person
from tests.world.deployment import Deployment, deployed
from tests.world.postgres import Cluster
from tests.world.skips import program

Visit = Callable[..., AbstractAsyncContextManager[Visitor]]

#: A proxy on this machine may say whose line a visitor's is (see `visiting`).
_SETTINGS = {"SPAREKEY_TRUSTED_PROXIES": "127.0.0.0/8"}
_SUPPORT = brands.Support(
    phone="+44 20 7946 0100", email="help@acme.example", hours="every day, 8 to 20"
)
_CHROMIUM = "chromium-headless-shell"
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # not even a name is looked up
]


@contextmanager
def site_on(postgres: Cluster, directory: Path) -> Generator[Deployment]:
    """The product at an address of this machine, so that its sandbox is there, too."""
    with deployed(postgres, directory, is_on_loopback=True, **_SETTINGS) as made:
        made.brand, made.api_key = asyncio.run(made.new_brand(support=_SUPPORT))
        yield made


@pytest.fixture(scope="session")
def site(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """One that all journeys share."""
    with site_on(postgres, tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium as it comes for machines without a screen: the same engine at a seventh of
    the work. SPAREKEY_BROWSER names another, `/usr/bin/chromium` for example."""
    path = os.environ.get("SPAREKEY_BROWSER") or program(_CHROMIUM, package=_CHROMIUM)
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield launched
        await launched.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser, site: Deployment) -> Visit:
    """Begin a visit: `async with visit() as visitor`."""
    return partial(visiting, browser, site.servers[0].url)


@pytest.fixture
def alice(site: Deployment) -> Person:
    """A customer with a mobile and a mailbox, who has forgotten her password."""
    person = new_person("alice", site)
    addresses = [
        {"kind": kind, "value": str(handset), "verified": True}
        for kind, handset in (("phone", person.phone), ("email", person.email))
    ]
    answer = httpx.put(
        f"{site.servers[0].url}/v1/accounts/{person.account}",
        json={"name": "Alice", "password": "seven quiet lamps by a river", "addresses": addresses},
        headers=site.authorization,
    )
    answer.raise_for_status()
    return person
