"""Reminds, waits, and reminds again, so many times, until what it is about has changed.

Lead `again` back to the node itself, or by way of other nodes.

>>> from sparekey.flows import Signal
>>> from sparekey.nodes.example import run
>>> words = {"template": "help", "times": 3, "every": 86400}
>>> run(node, words, "changed", "time", signal=Signal.CHANGED)
waits for changed, 86400 s at most; Send
goes on by changed
goes on by again
>>> run(node, words, "time", visits=2)
waits for changed, 86400 s at most; Send
goes on by enough
"""

from collections.abc import Iterable, Sequence
from typing import Annotated

from msgspec import Meta

from sparekey.flows import Event, Finding, Go, Hold, Node, Settings, Signal, Situation, Step
from sparekey.nodes.sending import Channel, Send, Template, check_words, words_version
from sparekey.nodes.settings import Seconds, seconds


class Reminder(Settings, frozen=True, kw_only=True):
    """The words, how often in all, and how far apart."""

    template: Template
    channel: Channel = "best"
    times: Annotated[int, Meta(ge=1, le=12)] = 3
    every: Seconds = 86_400


def _exits(_settings: Reminder) -> Sequence[str]:
    return ("again", "enough", "changed")


def _step(settings: Reminder, situation: Situation, event: Event | None) -> Step:
    if event is None:
        reminder = Send(settings.channel, settings.template, "account")
        return Hold(seconds(settings.every), Signal.CHANGED, [reminder])
    if event.signal != Signal.TIME:
        return Go("changed")
    return Go("again" if situation.visits + 1 < settings.times else "enough")


def _check(settings: Reminder) -> Iterable[Finding]:
    return check_words(settings.template, settings.channel, "account")


node = Node(
    about="Remind until it is done, or enough.",
    settings=Reminder,
    exits=_exits,
    step=_step,
    waits=True,
    check=_check,
    pins=words_version,
)
