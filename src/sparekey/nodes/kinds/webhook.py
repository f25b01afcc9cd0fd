"""Asks a system of the company's, and goes on by the word that it answers.

The answer is data: one of the words listed here, else `other`. It sets no address and no account.

>>> from sparekey.flows import Signal
>>> from sparekey.nodes.example import run
>>> asked = {"url": "https://shop.example/recovery", "answers": ["vip", "known"]}
>>> run(node, asked, "vip", "time", signal=Signal.ANSWERED)
waits for answered, 60 s at most; CallWebhook
goes on by vip
goes on by failed
>>> [one.code for one in node.check(Asking(url="https://127.0.0.1/admin"))]
['webhook.url']
"""

from collections.abc import Iterator, Sequence
from typing import Annotated

from msgspec import Meta, field

from sparekey.flows import Event, Finding, Go, Hold, Node, Settings, Signal, Situation, Step
from sparekey.kit.outside import is_askable
from sparekey.nodes.calling import FAILED, OTHER, CallWebhook
from sparekey.nodes.settings import Word, seconds


class Asking(Settings, frozen=True, kw_only=True):
    """Whom to ask, which answers lead to exits of their own, and how long to wait for one."""

    url: Annotated[str, Meta(min_length=9, max_length=500)]
    answers: Annotated[list[Word], Meta(max_length=12)] = field(default_factory=list[Word])
    seconds: Annotated[int, Meta(ge=5, le=3600)] = 60


def _exits(settings: Asking) -> Sequence[str]:
    return (*dict.fromkeys(settings.answers), OTHER, FAILED)


def _step(settings: Asking, _situation: Situation, event: Event | None) -> Step:
    if event is None:
        question = CallWebhook(settings.url, tuple(settings.answers))
        return Hold(seconds(settings.seconds), Signal.ANSWERED, [question])
    if event.signal == Signal.TIME:
        return Go(FAILED)
    word = event.word if event.word in {*settings.answers, FAILED} else OTHER
    return Go(word, answer=word)


def _check(settings: Asking) -> Iterator[Finding]:
    if not is_askable(settings.url):
        yield Finding(
            "webhook.url", "Give an https address by name, without a password or # in it."
        )
    if {OTHER, FAILED} & set(settings.answers):
        yield Finding("webhook.answer", f"{OTHER} and {FAILED} are exits of their own.")


node = Node(
    about="Ask your own system.",
    settings=Asking,
    exits=_exits,
    step=_step,
    waits=True,
    check=_check,
)
