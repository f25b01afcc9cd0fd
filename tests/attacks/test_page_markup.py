"""Nothing that anybody types, names or uploads becomes markup, script or an address of a page."""

from html.parser import HTMLParser

import pytest

from sparekey.brands import Support
from tests.attacks.register import covers
from tests.recovery.steps import at_brand
from tests.world.browser import browsing
from tests.world.simulated import Simulation

CORPUS = (
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onfocus=alert(1) autofocus='",
    "javascript:alert(1)",
    "{{ 7919*7907 }}{% import 'os' %}",
    "%(brand)s %s %n {0.__class__}",
    "</textarea><svg/onload=alert(1)>",
    "<!--<img src='--><img src=x onerror=alert(1)//'>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u202ealert(1)\u2066<b>",
    "<a href=//evil.example>x</a>",
    "ſcript＜script＞alert(1)＜/script＞",
    "]]><x onclick=alert(1)>",
    "<math><mtext><style><img src onerror=alert(1)></style>",
)


class Inspector(HTMLParser):
    """What a browser would run or load."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "img", "iframe", "object", "style", "svg", "math"}:
            source = dict(attrs).get("src") or dict(attrs).get("viewbox") or tag
            self.found.append(f"{tag} {source.rpartition('/')[2]}")
        self.found += [f"{name}={value}" for name, value in attrs if name.startswith("on")]
        self.found += [
            f"{name}={value}"
            for name, value in attrs
            if name in {"href", "src", "action"}
            and (value or "").lower().startswith(("java", "//"))
        ]


def runs(text: str) -> list[str]:
    """Everything in a page that could run, but for our own script and the icons we draw."""
    inspector = Inspector()
    inspector.feed(text)
    own = {"script page.js", "svg 0 0 20 20"}
    return [one for one in inspector.found if one not in own]


@covers("T-39")
@pytest.mark.parametrize("hostile", CORPUS, ids=lambda text: text[:20])
async def test_what_is_typed_stays_text(app_client: Simulation, hostile: str):
    slug = app_client.brand.slug
    texts: list[str] = []
    async with browsing(app_client) as browser:
        await browser.open(f"/{slug}/forgot")
        texts.append((await browser.send(identifier=hostile)).text)
        texts.append((await browser.open(f"/{slug}/forgot")).text)
        await browser.send(identifier=hostile)
        await browser.send(channel="sms")
        texts.append((await browser.send(code=hostile)).text)
        for path in ("not-me", "undo"):
            page = await browser.client.get(f"/{slug}/{path}", params={"m": hostile})
            texts.append(page.text)
        for name in ("lang", "return_url", hostile):
            answer = await browser.client.get(f"/{slug}/help", params={name: hostile})
            texts.append(answer.text)
            assert hostile not in "".join(answer.headers.values())

    assert [found for text in texts for found in runs(text)] == []
    assert not [text for text in texts if str(7919 * 7907) in text]


@covers("T-39")
@pytest.mark.parametrize("hostile", CORPUS, ids=lambda text: text[:20])
async def test_what_a_brand_is_called_stays_text(app_client: Simulation, hostile: str):
    support = Support(phone=hostile[:100], email=hostile[:100], hours=hostile[:100])
    await at_brand(app_client, name=hostile[:80], support=support)
    slug = app_client.brand.slug
    texts: list[str] = []
    async with browsing(app_client, language="ar") as browser:
        for path in ("forgot", "help", "stopped", "undone", "not-me?m=x", "undo?m=x", "code"):
            texts.append((await browser.open(f"/{slug}/{path}")).text)

    assert [found for text in texts for found in runs(text)] == []


def test_the_inspector_sees_what_would_run():
    assert runs("<script>alert(1)</script>") == ["script script"]
    assert runs("<b onclick=x>") == ["onclick=x"]
    assert runs("<a href='JavaScript:x'>") == ["href=JavaScript:x"]
