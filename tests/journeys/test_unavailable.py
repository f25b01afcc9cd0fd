"""While the service's database is away, a customer is told so, and goes on when it is back."""

import signal
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.conftest import site_on
from tests.journeys.looking import look
from tests.journeys.steps import reach
from tests.journeys.visitors import visiting
from tests.world.deployment import Deployment
from tests.world.postgres import Postmaster, running, wheel_binaries

pytestmark = pytest.mark.asyncio(loop_scope="session")


@dataclass(frozen=True, slots=True)
class Fragile:
    """A site whose database a test may take away."""

    site: Deployment
    database: Postmaster

    def lose(self) -> None:
        """Its connections are broken off, and there are no new ones."""
        self.database.end(signal.SIGINT)

    def regain(self) -> None:
        """It is back, and the site has noticed."""
        if not self.database.is_running():
            self.database.start()
            self.database.await_ready()
        self.site.servers[0].await_ready()


@pytest.fixture(scope="module")
def fragile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fragile]:
    """On a PostgreSQL of its own: nobody else's goes away."""
    with (
        running(18, wheel_binaries()) as postgres,
        site_on(postgres, tmp_path_factory.mktemp("fragile")) as site,
    ):
        made = Fragile(site, postgres.server)
        yield made
        made.regain()


@pytest.mark.parametrize(
    ("has_script", "language", "heading"),
    [
        (True, "en-GB", "Back in a moment"),
        (True, "ar", "نعود بعد لحظات"),
        (False, "en-GB", "Back in a moment"),
    ],
)
async def test_while_the_database_is_away(
    browser: Browser, fragile: Fragile, has_script: bool, language: str, heading: str
):
    fragile.regain()
    site = fragile.site
    url = site.servers[0].url
    async with visiting(browser, url, has_script=has_script, language=language) as visitor:
        page = visitor.page
        await visitor.open(f"/{site.brand.slug}/forgot")
        await page.fill("#identifier", "alice@mail.example")
        await page.click("main button[type=submit]")
        await reach(visitor, "/forgot/channel")
        fragile.lose()
        async with page.expect_navigation() as led:
            await page.click("main button[type=submit]")
        answer = await led.value
        await expect(page.locator("h1")).to_have_text(heading)
        if has_script:
            await look(page, f"unavailable {language}")
        words = await page.inner_text("main")
        named = await page.inner_text("header")
        fragile.regain()
        await page.reload()
        await reach(visitor, "/code")

    assert answer is not None
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert "+44 20 7946 0100" in words
    assert "Acme" in named
