"""Sends a message; if told so, waits for what becomes of it.

Only what is told of this very message counts, and only while it is waited for: a late receipt says
nothing of a message that was sent after it.

A code or a link is sent once more while its challenge lasts: the latest counts, and wrong guesses
stay counted. Once that has ended (too many guesses, its time over, denied) nothing is sent, and the
run leaves by `over`, or ends by that name where nothing follows. Whoever asks again gets a new one.

>>> from sparekey.flows import Signal
>>> from sparekey.nodes.example import run
>>> run(node, {"template": "recovery_code", "channel": "sms"})
goes on by sent; Send
>>> receipt = {"template": "recovery_code", "channel": "sms", "receipt_within": 120}
>>> run(node, receipt, "delivered", "undelivered", "time", signal=Signal.RECEIPT)
waits for receipt, 120 s at most; Send
goes on by delivered
goes on by undelivered
goes on by no_receipt
"""

from collections.abc import Iterable, Sequence
from typing import Annotated

from msgspec import Meta

from sparekey.flows import Event, Finding, Go, Hold, Node, Settings, Signal, Situation, Step
from sparekey.nodes.sending import (
    OVER,
    Channel,
    Send,
    Template,
    To,
    carries_proof,
    check_words,
    words_version,
)
from sparekey.nodes.settings import seconds


class Message(Settings, frozen=True, kw_only=True):
    """Which words, by which channel, to whom; 0 seconds is not to wait for a receipt."""

    template: Template
    channel: Channel = "best"
    to: To = "challenge"
    receipt_within: Annotated[int, Meta(ge=0, le=86_400)] = 0


def _exits(settings: Message) -> Sequence[str]:
    heard = ("delivered", "undelivered", "no_receipt") if settings.receipt_within else ("sent",)
    return (*heard, OVER) if carries_proof(settings.template) else heard


def _step(settings: Message, _situation: Situation, event: Event | None) -> Step:
    if event is not None:
        return Go("no_receipt" if event.signal == Signal.TIME else event.word)
    is_awaited = settings.receipt_within > 0
    message = Send(settings.channel, settings.template, settings.to, is_awaited)
    if is_awaited:
        return Hold(seconds(settings.receipt_within), Signal.RECEIPT, [message])
    return Go("sent", [message])


def _check(settings: Message) -> Iterable[Finding]:
    return check_words(settings.template, settings.channel, settings.to)


node = Node(
    about="Send a text, an email, a call or a chat message.",
    settings=Message,
    exits=_exits,
    step=_step,
    check=_check,
    may_end=frozenset({OVER}),
    pins=words_version,
)
