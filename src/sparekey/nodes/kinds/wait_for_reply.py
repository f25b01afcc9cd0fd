"""Waits until somebody replies with one of some words; anything else is the exit `other`.

What was written is compared and forgotten: only which words it was is remembered. An email that
answers a message of an earlier question is no answer here, and neither is a text from before that
question was over: a person reads them. To ask the same once more, lead the way back to this node.

>>> from sparekey.flows import Signal
>>> from sparekey.nodes.example import run
>>> words = {"seconds": 3600, "replies": {"mine": ["mine", "it is me"], "help_me": ["call me"]}}
>>> run(node, words, "mine", "time", signal=Signal.REPLY)
waits for reply, 3600 s at most
goes on by mine
goes on by no_reply
>>> node.hears(Replies(seconds=60, replies={"mine": ["It is me"]}), " it is  me!")
'mine'
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Annotated

from msgspec import Meta, field

from sparekey.flows import Event, Finding, Go, Hold, Node, Settings, Signal, Situation, Step
from sparekey.nodes.reserved import reserved
from sparekey.nodes.settings import Phrase, Seconds, Word, seconds, tidied

_OTHER, _NO_REPLY = "other", "no_reply"


class Replies(Settings, frozen=True, kw_only=True):
    """How long, and which phrases lead to which exit."""

    seconds: Seconds = 3600
    replies: Annotated[
        dict[Word, Annotated[list[Phrase], Meta(min_length=1, max_length=20)]], Meta(max_length=12)
    ] = field(default_factory=dict[Word, list[Phrase]])


def _exits(settings: Replies) -> Sequence[str]:
    return (*settings.replies, _OTHER, _NO_REPLY)


def _step(settings: Replies, _situation: Situation, event: Event | None) -> Step:
    if event is None:
        return Hold(seconds(settings.seconds), Signal.REPLY)
    if event.signal == Signal.TIME:
        return Go(_NO_REPLY)
    return Go(event.word, answer=event.word)


def _hears(settings: Replies, text: str) -> str:
    said = tidied(text)
    for word, phrases in settings.replies.items():
        if said in map(tidied, phrases):
            return word
    return _OTHER


def _check(settings: Replies) -> Iterable[Finding]:
    return chain(reserved(chain.from_iterable(settings.replies.values())), _clashes(settings))


def _clashes(settings: Replies) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for word, phrases in settings.replies.items():
        if word in {_OTHER, _NO_REPLY}:
            yield Finding("reply.taken", f"{word} is an exit of its own; choose another name.")
        for phrase in map(tidied, phrases):
            if seen.setdefault(phrase, word) != word:
                yield Finding("reply.twice", f'"{phrase}" leads to {seen[phrase]} and {word}.')


node = Node(
    about="Wait for a reply.",
    settings=Replies,
    exits=_exits,
    step=_step,
    waits=True,
    check=_check,
    hears=_hears,
)
