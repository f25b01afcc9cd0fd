"""A text and an email that do not arrive: one goes on by itself, the other one comes back."""

import asyncio
import time

from sparekey.demo import steps
from sparekey.demo.acts import customers, receipts
from sparekey.demo.cast import Cast, Person, without_mailbox
from sparekey.demo.outside.world import Outside
from sparekey.demo.stage import PlayFailed, Stage

TITLE = "Dave’s phone is off, and Frank’s mailbox is closed"
_PATIENCE_SECONDS = 10.0
_LOOK_AGAIN_SECONDS = 0.05


async def play(outside: Outside, stage: Stage, cast: Cast) -> None:
    """The carrier gives a text up, so its code goes by email; Postfix returns a mail."""
    await _by_email_instead(outside, stage, cast.dave)
    await _returned(stage)


async def _by_email_instead(outside: Outside, stage: Stage, dave: Person) -> None:
    outside.smsc.switch_off(dave.phone.address)
    stage.transcript.says("Dave", "asks to get back in. His phone is off.")
    asked = await steps.request(stage, dave)
    email = await stage.next_message(dave.email, asked.asked_at, after="he asked")
    told = outside.smsc.receipts[dave.phone.address]
    stage.check(
        told["UNDELIV"] > 0 and not await stage.post.read(dave.phone),
        "The carrier gave the text up (UNDELIV), so Sparekey sent a new code by email by itself.",
    )
    stage.transcript.says("Dave", f"types {email.code}.")
    grant = await steps.prove(stage, asked.json["id"], code=email.code)
    done = await steps.set_password(
        stage, dave, asked.json["id"], grant, words="chooses a password"
    )
    stage.lap("Dave, by email instead", asked, done)
    await stage.next_message(dave.email, done.asked_at, after="the new password", is_shown=False)


async def _returned(stage: Stage) -> None:
    frank = await without_mailbox(stage, "Frank")
    await customers.tell_of(stage, frank)
    before = {one["id"] for one in await receipts.settled(stage)}
    stage.transcript.says("Frank", "asks for an email. He has closed his mailbox.")
    await steps.request(stage, frank, channel="email")
    give_up_at = time.perf_counter() + _PATIENCE_SECONDS
    while True:
        new = [one for one in await receipts.settled(stage) if one["id"] not in before]
        if any(one["status"] == "undelivered" for one in new):
            break
        if time.perf_counter() > give_up_at:
            raise PlayFailed("Nothing came back within 10 s after he asked.")
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    receipts.show(stage, new)
    stage.check(
        len(new) == 1,
        "Postfix took it, found no such mailbox and returned it (DSN): it is undelivered.",
    )
