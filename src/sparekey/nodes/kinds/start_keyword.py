"""Starts when somebody texts a word to the brand's number.

Whoever that is gets the same answer at once, which names nobody; the run begins after it.

>>> from sparekey.nodes.example import run
>>> run(node, {"words": ["reset", "code"]})
goes on by then; Answered
>>> [one.code for one in node.check(Keywords(words=["stop"]))]
['word.reserved']
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from sparekey.db import Tx
from sparekey.flows import Applying, Event, Go, Node, Settings, Situation, Stage, Step, then
from sparekey.nodes.reserved import reserved
from sparekey.nodes.sending import played
from sparekey.nodes.settings import Phrase, tidied


class Keywords(Settings, frozen=True, kw_only=True):
    """The words that start it, each alone in a text."""

    words: Annotated[list[Phrase], Meta(min_length=1, max_length=20)]


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer that every such text gets; it went out when the text came in."""

    async def apply(self, tx: Tx, around: Applying) -> None:
        del tx, around

    def play(self, stage: Stage) -> None:
        stage.note(f"by text, text_asked: {played('text_asked', 'sms', stage)}")


def _step(_settings: Keywords, _situation: Situation, _event: Event | None) -> Step:
    return Go("then", [Answered()])


def _trigger(settings: Keywords) -> Sequence[str]:
    return [tidied(word) for word in settings.words]


node = Node(
    about="Somebody texts one of these words to your number.",
    settings=Keywords,
    exits=then,
    step=_step,
    is_start=True,
    is_only=True,
    trigger=_trigger,
    check=lambda settings: reserved(settings.words),
)
