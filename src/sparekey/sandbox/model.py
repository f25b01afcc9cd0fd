"""What a screen shows, as values: words in pieces, and who said them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

#: A link, or a code in its groups; longest first, for a long code begins like a shorter one.
_PIECE = re.compile(
    r"(?P<link>https?://[^\s<>\"]+)"
    r"|(?P<code>\b(?:\d{4} \d{4} \d{4}|\d{3} \d{3} \d{4}|\d{4} \d{4}|\d{3} \d{3}"
    r"|[0-9A-HJKMNP-TV-Z]{4}[ -][0-9A-HJKMNP-TV-Z]{4})\b)"
)
_ENDS_A_SENTENCE = ".,;:!?)"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words; a code stays on one line, a link can be followed."""

    kind: Literal["words", "code", "link"]
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bubble:
    """One text on a phone: `is_typed` when its owner sent it."""

    id: UUID
    is_typed: bool
    with_whom: str
    text: str = field(repr=False)
    at: datetime

    @property
    def pieces(self) -> list[Piece]:
        return list(pieces(self.text))


def pieces(text: str) -> Iterator[Piece]:
    """A text in the runs a screen shows differently."""
    end = 0
    for found in _PIECE.finditer(text):
        shown, is_link = found[0], found["link"] is not None
        if is_link:
            shown = shown.rstrip(_ENDS_A_SENTENCE)
        if found.start() > end:
            yield Piece("words", text[end : found.start()])
        yield Piece("link" if is_link else "code", shown)
        end = found.start() + len(shown)
    if end < len(text):
        yield Piece("words", text[end:])
