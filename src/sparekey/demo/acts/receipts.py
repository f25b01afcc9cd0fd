"""What the carrier and the mail server tell of the messages so far, and what they do not."""

import asyncio
import time
from typing import Any

from sparekey.demo.cast import Cast
from sparekey.demo.outside.world import Outside
from sparekey.demo.stage import PlayFailed, Stage

TITLE = "Receipts: what became of these messages"
_PATIENCE_SECONDS = 10.0
_LOOK_AGAIN_SECONDS = 0.05
_PATH = "/v1/messages?limit=100"
_ON_THE_WAY = ("queued", "sending")

Message = dict[str, Any]


async def play(outside: Outside, stage: Stage, _cast: Cast) -> None:
    """Texts are delivered, for the carrier says so; of mail only what comes back is heard of."""
    stage.transcript.says("Acme", "asks what became of the texts and emails so far.")
    messages = await settled(stage)
    show(stage, messages)
    texts = [one for one in messages if one["channel"] == "sms"]
    emails = [one for one in messages if one["channel"] == "email"]
    stage.check(
        {(one["gateway"], one["status"]) for one in texts} == {("carrier", "delivered")},
        f"{len(texts)} texts are delivered: the SMSC brought a receipt (deliver_sm) for each.",
    )
    acknowledged = sum(said["DELIVRD"] for said in outside.smsc.receipts.values())
    stage.check(
        acknowledged == len(texts),
        f"The SMSC had {acknowledged} of them acknowledged, each once it was stored.",
    )
    stage.check(
        {(one["gateway"], one["status"]) for one in emails} == {("mail", "sent")},
        f"{len(emails)} emails are sent: Postfix accepted them. Mail tells only of what fails.",
    )


async def settled(stage: Stage) -> list[Message]:
    """Every message of the play so far, once the texts among them have an end."""
    give_up_at = time.perf_counter() + _PATIENCE_SECONDS
    while True:
        answer = await stage.acme.call("GET", _PATH)
        found: list[Message] = answer.json["data"]
        if not any(_is_on_its_way(one) for one in found):
            return found
        if time.perf_counter() > give_up_at:
            raise PlayFailed("Some messages have no end after 10 s.")
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)


def show(stage: Stage, messages: list[Message]) -> None:
    """The request that told of them, and a line for each: what it was and what became of it."""
    stage.transcript.call("GET", _PATH, 200, stage.acme.last_seconds)
    for one in messages:
        why = f" ({one['failure']})" if one["failure"] else ""
        what = f"{one['channel']:5} {one['template']:16}"
        stage.transcript.note(f"{what} through {one['gateway']}: {one['status']}{why}")


def _is_on_its_way(message: Message) -> bool:
    is_text = message["channel"] == "sms"
    return message["status"] in _ON_THE_WAY or (is_text and message["status"] == "sent")
