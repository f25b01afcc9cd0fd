"""Mallory asks for Alice's account; she replies NO to the text."""

import time

from sparekey.demo import steps
from sparekey.demo.cast import Cast, Person
from sparekey.demo.installation import NUMBER
from sparekey.demo.outside.world import Outside
from sparekey.demo.stage import Stage

TITLE = "Alice replies NO to a text"


async def play(outside: Outside, stage: Stage, cast: Cast) -> None:
    """The code dies, what strangers ask for rests, and she still gets in herself."""
    alice = cast.alice
    stage.transcript.says("Mallory", "asks for Alice’s account.")
    started = await steps.request(stage, alice)
    text = await stage.next_message(alice.phone, started.asked_at, after="Mallory asked")
    stage.transcript.says("Alice", "did not ask for it: she replies NO from her phone.")
    replied_at = time.perf_counter()
    await outside.smsc.text(sender=alice.phone.address, to=NUMBER, text="NO")
    answered = await stage.next_message(alice.phone, replied_at, after="she replied")
    stage.check(
        "for 24 hours" in answered.text,
        "The SMSC brought her reply (deliver_sm), and she is told what it does.",
    )
    stage.transcript.says("Mallory", f"got hold of the code and types {text.code}.")
    await steps.fail_to_prove(
        stage, started.json["id"], "Refused: her NO has ended it.", code=text.code
    )
    await _recover(stage, alice)


async def _recover(stage: Stage, alice: Person) -> None:
    stage.transcript.says("Alice", "asks for herself, in the browser she is known.")
    asked = await steps.request(stage, alice, client={"device": alice.device})
    text = await stage.next_message(alice.phone, asked.asked_at, after="she asked")
    stage.check(bool(text.code), "She gets a code at once: her NO holds for strangers only.")
