"""Names, browsers and usernames that somebody chose to do harm, in every message and language."""

from html.parser import HTMLParser
from itertools import product

import pytest

from sparekey import templates
from sparekey.templates import CannotRender, origin_bound, registry
from sparekey.templates.model import Kind

#: From the filter evasion lists everybody tries first, and our own: forged lines, turned text.
CORPUS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "'-alert(1)-'",
    "javascript:alert(1)",
    "<a href=//evil.example>x</a>",
    "&lt;script&gt;",
    "{{ code }}",
    "{% if code %}{{ code }}{% endif %}",
    "{{ '{{' }}",
    "Anna\n@evil.example #666666",
    "Anna\r\nBcc: all@evil.example",
    "Anna\u2028@evil.example #666666",
    "http://evil.example/",
    "evil.example/path",
    "Anna\u202eelpmaxe.live",
    "\u2066\u2067\u2069\u2069",
    "A\u0300" * 200,
    "x" * 5000,
    "\x00\x1b[31m",
    "%s%n${7*7}",
)
MESSAGES = [
    (name, channel, locale)
    for name, template in registry.all().items()
    for channel, locale in product(template.channels, ("en", "de", "ar"))
]
CHOSEN_BY_OTHERS = (Kind.PERSON, Kind.WORDS, Kind.BRAND, Kind.LOGIN, Kind.PHONE, Kind.EMAIL)
ALLOWED_TAGS = {
    *("html", "head", "title", "meta", "style", "body", "div", "table", "tbody", "tr", "td"),
    *("p", "a", "br", "bdi", "strong"),
}


@pytest.mark.parametrize(("name", "channel", "locale"), MESSAGES)
def test_what_somebody_chose_stays_a_value(
    name: str, channel: templates.Channel, locale: str
) -> None:
    template = templates.find(name)
    samples = templates.samples(template)
    honest = render(name, channel, locale, samples)
    for hostile in CORPUS:
        chosen = {
            variable.name: hostile
            for variable in template.variables
            if variable.kind in CHOSEN_BY_OTHERS
        }
        chosen["brand"] = f"Acme {hostile}"
        if not template_takes(template, "login", hostile):
            chosen.pop("login")
        said = render(name, channel, locale, {**samples, **chosen})

        assert origin_bound.parse(said.text) == origin_bound.parse(honest.text)
        assert "evil.example/" not in said.text
        assert "@evil.example" not in said.text
        assert "\n" not in (said.subject or "")
        assert tags_of(said.html) <= ALLOWED_TAGS
        assert links_of(said.html) <= links_of(honest.html)


@pytest.mark.parametrize("name", registry.names())
def test_a_message_that_lacks_a_value_it_needs_is_not_sent(name: str) -> None:
    template = templates.find(name)
    needed = [one.name for one in template.variables if not one.is_optional]
    for missing in needed:
        values = templates.samples(template)
        del values[missing]
        for channel in template.channels:
            with pytest.raises(CannotRender, match=missing):
                render(name, channel, "en", values)


@pytest.mark.parametrize(("name", "channel", "locale"), MESSAGES)
def test_a_company_without_contacts_logo_or_pages_is_still_understood(
    name: str, channel: templates.Channel, locale: str
) -> None:
    template = templates.find(name)
    values = {one.name: one.sample for one in template.variables if not one.is_optional}
    said = render(name, channel, locale, values)

    assert "Grand Northern Trust" in said.text
    assert "()" not in said.text
    assert "  " not in said.text
    assert "None" not in said.text + (said.html or "")


def template_takes(template: templates.Template, variable: str, value: str) -> bool:
    """Whether a value is one that its variable may hold, or can be left out."""
    declared = next((one for one in template.variables if one.name == variable), None)
    if declared is None or declared.is_optional:
        return True
    return value.isalnum() and len(value) <= 40


def render(
    name: str, channel: templates.Channel, locale: str, values: dict[str, str]
) -> templates.Rendered:
    return templates.render(name, channel=channel, locale=locale, variables=values, can_reply=False)


class Seen(HTMLParser):
    """The tags and links that a mail program would act on."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not any(name.startswith("on") for name, _ in attrs)
        self.links |= {value or "" for name, value in attrs if name in {"href", "src"}}


def tags_of(html: str | None) -> set[str]:
    return seen(html).tags


def links_of(html: str | None) -> set[str]:
    return seen(html).links


def seen(html: str | None) -> Seen:
    reader = Seen()
    reader.feed(html or "")
    return reader
