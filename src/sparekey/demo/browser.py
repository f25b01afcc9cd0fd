"""A browser without script: it keeps cookies, follows redirects and sends the forms it is shown."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin

from sparekey.demo.client import Answer
from sparekey.demo.stage import PlayFailed, Stage

_MOST_REDIRECTS = 5
#: What a browser says of a form that stood on our own page.
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}


@dataclass(slots=True)
class Form:
    """One form of a page, with the values it came with."""

    action: str
    fields: dict[str, str] = field(default_factory=dict[str, str])


class _Reader(HTMLParser):
    """Finds the heading and the forms that are sent by POST."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.heading = ""
        self._is_in_heading = self._is_in_form = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form" and values.get("method", "").lower() == "post":
            self.forms.append(Form(values.get("action", "")))
            self._is_in_form = True
        elif tag == "h1":
            self._is_in_heading = True
        elif tag == "input" and self._is_in_form and "name" in values:
            is_chosen = values.get("type") not in {"radio", "checkbox"} or "checked" in values
            self.forms[-1].fields.setdefault(values["name"], "")
            if is_chosen:
                self.forms[-1].fields[values["name"]] = values.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_in_form = False
        elif tag == "h1":
            self._is_in_heading = False

    def handle_data(self, data: str) -> None:
        if self._is_in_heading:
            self.heading += data


@dataclass(slots=True)
class Page:
    """What the browser shows now."""

    path: str
    answer: Answer
    heading: str
    forms: list[Form]


@dataclass(slots=True)
class Browser:
    """Somebody's browser, with nothing in it yet."""

    stage: Stage
    is_shown: bool = True
    cookies: dict[str, str] = field(default_factory=dict[str, str])

    async def open(self, path: str) -> Page:
        """Go to an address."""
        return await self._go("GET", path)

    async def send(self, page: Page, **typed: str) -> Page:
        """Fill in the form of the page that has these fields, and press its button."""
        for form in page.forms:
            if typed.keys() <= form.fields.keys():
                content = urlencode({**form.fields, **typed}).encode()
                return await self._go("POST", urljoin(page.path, form.action), content)
        raise PlayFailed(f"{page.path} has no form with {', '.join(typed)}.")

    async def _go(self, method: str, path: str, content: bytes = b"") -> Page:
        for _ in range(_MOST_REDIRECTS):
            answer = await self._ask(method, path, content)
            if answer.status != 303:
                reader = _Reader()
                reader.feed(answer.text)
                return Page(path, answer, " ".join(reader.heading.split()), reader.forms)
            method, path, content = "GET", urljoin(path, answer.headers["Location"]), b""
        raise PlayFailed(f"{path} leads on and on.")

    async def _ask(self, method: str, path: str, content: bytes) -> Answer:
        headers = dict(_FORM) if method == "POST" else {}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = await self.stage.acme.send(method, path, headers=headers, content=content)
        if self.is_shown:
            self.stage.transcript.call(method, path, answer.status, answer.seconds)
        for kept in answer.cookies.split("; "):
            name, _, value = kept.partition("=")
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        return answer
