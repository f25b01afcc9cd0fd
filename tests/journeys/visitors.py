"""A person at a browser: what they do on pages, and what their browser must never have to do."""

import itertools
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request

_LINES = itertools.count(1)


@dataclass(slots=True)
class Visitor:
    """One browser with its cookies, and everything that went wrong in it."""

    context: BrowserContext
    page: Page
    base_url: str
    #: The address that the site's proxy tells of.
    line: str
    #: Requests to any other host, and what the console complained of.
    strayed: list[str] = field(default_factory=list[str])
    complaints: list[str] = field(default_factory=list[str])

    @property
    def path(self) -> str:
        """Where the visitor is, without the host."""
        return self.page.url.removeprefix(self.base_url)

    @property
    async def heading(self) -> str:
        """What the page says first."""
        return (await self.page.locator("h1").inner_text()).strip()

    async def open(self, path: str) -> None:
        """Go to an address of the site, or to a whole URL from a message."""
        url = path if path.startswith("http") else f"{self.base_url}{path}"
        await self.page.goto(url)

    def took_note_of(self, request: Request) -> None:
        """A request left the browser."""
        if not request.url.startswith((f"{self.base_url}/", "data:", "blob:")):
            self.strayed.append(request.url)

    def heard(self, message: ConsoleMessage) -> None:
        """The console said something; answers such as 422 are not complaints."""
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)


@asynccontextmanager
async def visiting(
    browser: Browser,
    base_url: str,
    *,
    has_script: bool = True,
    language: str = "en-GB",
    is_passed_on: bool = True,
) -> AsyncGenerator[Visitor]:
    """A browser that nobody has used; at the end it must have gone nowhere else and be content.

    Every visitor has a line of their own, as the site's proxy tells it: one network may send so
    many forms and no more. The sandbox is for those at the machine, whom no proxy passes on.
    """
    number = next(_LINES)
    line = f"198.18.{number // 250}.{number % 250 + 1}"
    context = await browser.new_context(
        java_script_enabled=has_script,
        locale=language,
        viewport={"width": 390, "height": 844},
        reduced_motion="reduce",
        extra_http_headers={"X-Forwarded-For": line} if is_passed_on else {},
    )
    context.set_default_timeout(8_000)
    visitor = Visitor(context, await context.new_page(), base_url, line)
    context.on("request", lambda request: visitor.took_note_of(request))
    context.on("console", lambda message: visitor.heard(message))
    context.on("weberror", lambda error: visitor.complaints.append(str(error.error)))
    try:
        yield visitor
    finally:
        await context.close()
    assert visitor.strayed == []
    assert visitor.complaints == []
