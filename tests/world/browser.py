"""A browser without script: it opens addresses, fills in forms, presses buttons, keeps cookies."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx

from sparekey.app import build
from tests.world.deployment import BASE_URL
from tests.world.simulated import Simulation

_REDIRECTS = 5
_VOID = {"input", "link", "meta", "img", "hr", "path", "circle", "rect"}


@dataclass(slots=True)
class Form:
    """A form as it would be sent: its fields with what they hold, its buttons."""

    action: str
    fields: dict[str, str] = field(default_factory=dict[str, str])
    buttons: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


class _Reading(HTMLParser):
    """Collects what a person could use."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.headings: list[str] = []
        self.root: dict[str, str | None] = {}
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag not in _VOID:
            self._open.append(tag)
        match tag:
            case "html":
                self.root = values
            case "form":
                self.forms.append(Form(values.get("action") or ""))
            case "a":
                self.links.append(values.get("href") or "")
            case "link" | "script" | "img":
                self.loaded.append(values.get("href") or values.get("src") or "")
            case "h1":
                self.headings.append("")
            case "input" | "button":
                self._control(tag, values)
            case _:
                pass

    def _control(self, tag: str, values: dict[str, str | None]) -> None:
        name, value = values.get("name"), values.get("value") or ""
        if tag == "button" and name:
            self.forms[-1].buttons.append((name, value))
        elif name and (values.get("type") != "radio" or "checked" in values):
            self.forms[-1].fields[name] = value

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if "h1" in self._open:
            self.headings[-1] += data


class Page:
    """What a browser shows."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self.status = answer.status_code
        self.path = answer.url.path
        self.text = answer.text
        reading = _Reading()
        reading.feed(answer.text)
        self.forms, self.links, self.loaded = reading.forms, reading.links, reading.loaded
        self.heading = "".join(reading.headings).strip()
        self.language, self.direction = reading.root.get("lang"), reading.root.get("dir")


@dataclass(slots=True)
class Browser:
    """One browser of one person; `page` is what it shows now."""

    client: httpx.AsyncClient
    answers: list[httpx.Response] = field(default_factory=list[httpx.Response])
    _page: Page | None = None

    @property
    def page(self) -> Page:
        """What is on screen."""
        assert self._page is not None
        return self._page

    async def open(self, path: str) -> Page:
        """Go to an address, and wherever it leads."""
        return await self._show(await self.client.get(path))

    async def send(self, *, form: int = 0, button: str | None = None, **typed: str) -> Page:
        """Fill in a form of the page and send it, by the button of a name if one is named."""
        return await self._show(await self.sent(form=form, button=button, **typed))

    async def sent(
        self, *, form: int = 0, button: str | None = None, **typed: str
    ) -> httpx.Response:
        """Send a form and stop before what it leads to, as a second press of a button does."""
        chosen = self.page.forms[form]
        pressed = {name: value for name, value in chosen.buttons if name == button}
        return await self.client.post(chosen.action, data={**chosen.fields, **pressed, **typed})

    async def _show(self, answer: httpx.Response) -> Page:
        self.answers.append(answer)
        for _ in range(_REDIRECTS):
            if answer.status_code != 303:
                break
            answer = await self.client.get(answer.headers["location"])
            self.answers.append(answer)
        self._page = Page(answer)
        return self._page


@asynccontextmanager
async def browsing(
    simulation: Simulation, *, language: str | None = None, line: str = "203.0.113.77"
) -> AsyncGenerator[Browser]:
    """A fresh browser in front of the application, on a line of its own."""
    transport = httpx.ASGITransport(build(simulation.house), client=(line, 40000))
    headers = {"Accept-Language": language} if language else {}
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL, headers=headers) as client:
        yield Browser(client)
