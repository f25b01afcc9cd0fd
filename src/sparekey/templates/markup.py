"""What a reader meets in an HTML part: its words, its links and anything fetched from elsewhere."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_UNSEEN = {"head", "style", "script", "title"}
_FETCHING_TAGS = {"img", "link", "script", "iframe", "object", "embed", "video", "audio", "source"}
_FETCHING_ATTRIBUTES = {"src", "srcset", "background", "poster"}
_SPACES = re.compile(r"[ \t\r\n\f]+")
_FETCHING_STYLE = re.compile(r"@import|url\s*\(", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link as it is: where it leads and what a reader sees."""

    href: str
    visible: str


@dataclass(slots=True)
class Markup:
    """The visible words on one line, the links in order, and each remote thing found."""

    words: str = ""
    anchors: list[Anchor] = field(default_factory=list[Anchor])
    remote: list[str] = field(default_factory=list[str])


def read(html: str) -> Markup:
    """Read an HTML part as a mail program without remote content shows it."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    markup = reader.markup
    markup.words = _SPACES.sub(" ", "".join(reader.seen)).strip()
    if _FETCHING_STYLE.search(html):
        markup.remote.append("a style that fetches")
    return markup


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.markup = Markup()
        self.seen: list[str] = []
        self._unseen = 0
        self._href: str | None = None
        self._anchor_starts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in _UNSEEN
        self.seen.append(" ")
        names = {name for name, _ in attrs}
        if tag in _FETCHING_TAGS or names & _FETCHING_ATTRIBUTES:
            self.markup.remote.append(tag)
        if tag == "a":
            self._href = dict(attrs).get("href") or ""
            self._anchor_starts = len(self.seen)

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN
        if tag == "a" and self._href is not None:
            visible = "".join(self.seen[self._anchor_starts :]).strip()
            self.markup.anchors.append(Anchor(self._href, visible))
            self._href = None

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.seen.append(data)
