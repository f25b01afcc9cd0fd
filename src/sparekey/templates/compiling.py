"""Words into something that renders fast: bounded Liquid, and MJML compiled once with it inside.

The heavy libraries are imported here: import this module when rendering.
MJML is compiled before any value is known, so no value can ever be markup.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from xml.etree import ElementTree

import mjml
from liquid import BoundTemplate, Environment
from liquid.exceptions import LiquidError

from sparekey.kit.bounded_liquid import BoundedLiquid
from sparekey.templates.layout import whole_mjml
from sparekey.templates.model import CannotRender

_TAGS: Mapping[str, frozenset[str]] = {
    "mj-text": frozenset(("font-size", "font-weight", "font-family", "letter-spacing", "padding")),
    "mj-button": frozenset(("href",)),
    "mj-divider": frozenset(("padding",)),
    "mj-spacer": frozenset(("height",)),
    "a": frozenset(("href",)),
    "bdi": frozenset(),
    "p": frozenset(),
    "br": frozenset(),
    "strong": frozenset(),
}
_ATTRIBUTE = re.compile(r"[\w .,%#'-]{0,80}")
_ONE_VARIABLE = re.compile(r"\{\{ *[a-z_]+ *\}\}")
_LEFTOVER = re.compile(r"\{\{|\}\}|\{%|%\}")
_CONDITION = re.compile(r"\{%-?\s*(?:if|elsif|unless)\b(.*?)-?%\}", re.DOTALL)
_PRESENCE = re.compile(r"\s*[a-z_]+(?:\s+(?:and|or)\s+[a-z_]+)*\s*")
_OPEN, _CLOSE = "\ue000", "\ue001"  # of the private use area: no value has them, nor do words
_HOLE = re.compile(f"{_OPEN}([a-z_]+){_CLOSE}")
_SPACES = re.compile(r"[ \t]+")  # no other: a space that keeps two words together stays
_NO_FONTS: dict[str, str] = {}
_PLAIN = BoundedLiquid()
_ESCAPED = BoundedLiquid(escapes=True)


def fill(words: BoundTemplate, values: Mapping[str, object]) -> str:
    """The words with their values; raises CannotRender, also for a limit or a leftover."""
    try:
        filled = words.render(dict(values))
    except LiquidError as error:
        raise CannotRender(f"the words cannot be filled in: {error}") from error
    if _LEFTOVER.search(filled):
        raise CannotRender("a placeholder was left in the message")
    return filled


@lru_cache(maxsize=1024)
def decides_by_presence(source: str) -> bool:
    """Whether every condition only asks which values are there, never what they are."""
    return all(_PRESENCE.fullmatch(condition[1]) for condition in _CONDITION.finditer(source))


@lru_cache(maxsize=4096)
def decided(source: str, given: frozenset[str], missing: frozenset[str]) -> tuple[str, ...]:
    """Plain words with their conditions decided for the values that are `given`, once for all
    messages alike: fixed words and names of values in turn. Raises CannotRender.
    """
    holes: dict[str, object] = {name: f"{_OPEN}{name}{_CLOSE}" for name in given}
    filled = fill(text_words(source), holes | dict.fromkeys(missing))
    return tuple(_HOLE.split(tidied(filled)))


def tidied(filled: str) -> str:
    """Without the spaces and empty lines that conditions leave behind."""
    lines = [_SPACES.sub(" ", line).strip(" ") for line in filled.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


@lru_cache(maxsize=1024)
def text_words(source: str) -> BoundTemplate:
    """Parsed words of a subject, a text or a plain-text part; raises CannotRender."""
    return _parsed(_PLAIN, source)


@lru_cache(maxsize=512)
def html_words(body: str, locale: str, direction: str) -> BoundTemplate:
    """Parsed words of a whole HTML part made from MJML elements; raises CannotRender."""
    _refuse_foreign_tags(body)
    source = whole_mjml(body, locale=locale, direction=direction)
    try:
        html = mjml.mjml2html(source, fonts=_NO_FONTS)
    except ValueError as error:
        raise CannotRender(f"the MJML cannot be read: {error}") from error
    return _parsed(_ESCAPED, html)


def _parsed(environment: Environment, source: str) -> BoundTemplate:
    try:
        return environment.from_string(source)
    except LiquidError as error:
        raise CannotRender(f"the words cannot be read: {error}") from error


def _refuse_foreign_tags(body: str) -> None:
    """Known tags and attributes only, and no address but a variable's."""
    if "<!" in body or "<?" in body:
        raise CannotRender("the MJML may hold no comment, declaration or instruction")
    try:
        # Entities cannot be declared without "<!", so expat has nothing to expand.
        root = ElementTree.fromstring(f"<body>{body}</body>")  # noqa: S314
    except ElementTree.ParseError as error:
        raise CannotRender(f"the MJML is not well formed: {error}") from error
    if any(text and text.strip() for text in (root.text, *(child.tail for child in root))):
        raise CannotRender("words and conditions stand inside of mj-text or mj-button")
    for element in root.iter():
        if element is root:
            continue
        if element.tag not in _TAGS:
            raise CannotRender(f"the tag {element.tag} is not allowed in a message")
        for name, value in element.attrib.items():
            _refuse_foreign_attribute(element.tag, name, value)


def _refuse_foreign_attribute(tag: str, name: str, value: str) -> None:
    right = _ONE_VARIABLE if name == "href" else _ATTRIBUTE
    if name not in _TAGS[tag] or not right.fullmatch(value):
        raise CannotRender(f'the attribute {name}="{value}" of {tag} is not allowed in a message')
