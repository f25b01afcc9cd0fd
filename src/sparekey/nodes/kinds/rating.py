"""Asks how it was, and waits for a number from 1 to 5.

>>> from sparekey.flows import Signal
>>> from sparekey.nodes.example import run
>>> run(node, {"template": "help", "seconds": 86400}, "good", "time", signal=Signal.REPLY)
waits for reply, 86400 s at most; Send
goes on by good
goes on by no_answer
>>> [node.hears(Question(template="help"), text) for text in ("5", "it was 2!", "what?")]
['good', 'poor', None]
"""

import re
from collections.abc import Iterable, Sequence

from sparekey.flows import Event, Finding, Go, Hold, Node, Settings, Signal, Situation, Step
from sparekey.nodes.sending import Channel, Send, Template, check_words, words_version
from sparekey.nodes.settings import Seconds, seconds

_NUMBER = re.compile(r"(?<!\d)[1-5](?!\d)")
_GOOD_FROM = 4


class Question(Settings, frozen=True, kw_only=True):
    """The words that ask, by which channel, and how long an answer counts."""

    template: Template
    channel: Channel = "best"
    seconds: Seconds = 86_400


def _exits(_settings: Question) -> Sequence[str]:
    return ("good", "poor", "no_answer")


def _step(settings: Question, _situation: Situation, event: Event | None) -> Step:
    if event is None:
        question = Send(settings.channel, settings.template, "account")
        return Hold(seconds(settings.seconds), Signal.REPLY, [question])
    if event.signal == Signal.TIME:
        return Go("no_answer")
    return Go(event.word, answer=event.word)


def _hears(_settings: Question, text: str) -> str | None:
    found = _NUMBER.findall(text)
    if len(found) != 1:
        return None
    return "good" if int(found[0]) >= _GOOD_FROM else "poor"


def _check(settings: Question) -> Iterable[Finding]:
    return check_words(settings.template, settings.channel, "account")


node = Node(
    about="Ask for a rating from 1 to 5.",
    settings=Question,
    exits=_exits,
    step=_step,
    waits=True,
    check=_check,
    hears=_hears,
    pins=words_version,
)
