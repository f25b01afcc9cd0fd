"""Starts when somebody texts a word to the brand's number.

>>> from sparekey.nodes.example import run
>>> run(node, {"words": ["reset", "code"]})
goes on by then
>>> [one.code for one in node.check(Keywords(words=["stop"]))]
['word.reserved']
"""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from sparekey.flows import Node, Settings, go_on, then
from sparekey.nodes.reserved import reserved
from sparekey.nodes.settings import Phrase, tidied


class Keywords(Settings, frozen=True, kw_only=True):
    """The words that start it, each alone in a text."""

    words: Annotated[list[Phrase], Meta(min_length=1, max_length=20)]


def _trigger(settings: Keywords) -> Sequence[str]:
    return [tidied(word) for word in settings.words]


node = Node(
    about="Somebody texts one of these words to your number.",
    settings=Keywords,
    exits=then,
    step=go_on,
    is_start=True,
    is_only=True,
    trigger=_trigger,
    check=lambda settings: reserved(settings.words),
)
