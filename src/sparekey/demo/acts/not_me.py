""" "That wasn't me": what Mallory started is stopped, and the owner still gets in."""

from sparekey.demo import steps
from sparekey.demo.browser import Browser
from sparekey.demo.cast import Cast, Person
from sparekey.demo.stage import Received, Stage

TITLE = "“That wasn’t me”"


async def play(stage: Stage, cast: Cast) -> None:
    """Alice stops a recovery by the link in its text, then recovers in the browser she is known."""
    alice = cast.alice
    stage.transcript.says("Mallory", "asks for Alice’s account.")
    started = await steps.request(stage, alice)
    text = await stage.next_message(alice.phone, started.asked_at, after="Mallory asked")
    await _stop(stage, text)
    stage.transcript.says("Mallory", f"got hold of the code and types {text.code}.")
    await steps.fail_to_prove(
        stage, started.json["id"], "Refused: what was pending is dead.", code=text.code
    )
    await _recover(stage, alice)


async def _stop(stage: Stage, text: Received) -> None:
    browser = Browser(stage)
    stage.transcript.says("Alice", "did not ask for it: she opens the link in the text.")
    page = await browser.open(text.link("/not-me"))
    stage.transcript.says("Alice", "presses the button “It wasn’t me, stop it”.")
    page = await browser.send(page)
    stage.check(
        page.heading == "We stopped it" and "help@acme.example" in page.answer.text,
        "Stopped, and the page says who helps. Acme reads of it in the journal: see act 8.",
    )


async def _recover(stage: Stage, alice: Person) -> None:
    stage.transcript.says("Alice", "wants a new password to be safe, in the browser she is known.")
    asked = await steps.request(stage, alice, client={"device": alice.device})
    text = await stage.next_message(alice.phone, asked.asked_at, after="she asked")
    stage.check(
        bool(text.code),
        "She gets a code at once: what others asked for is not counted against her.",
    )
    stage.transcript.says("Alice", f"types {text.code}.")
    grant = await steps.prove(stage, asked.json["id"], code=text.code)
    done = await steps.set_password(
        stage, alice, asked.json["id"], grant, words="chooses a new password"
    )
    stage.lap("Alice again, after “that wasn’t me”", asked, done)
    await steps.notices(stage, alice, done)
