"""Mallory asks for Grace's account by email; she replies that it was not her."""

import time

from sparekey.demo import steps
from sparekey.demo.browser import Browser
from sparekey.demo.cast import Cast
from sparekey.demo.outside.world import Outside
from sparekey.demo.stage import Stage

TITLE = "Grace replies “That wasn’t me” to an email"


async def play(outside: Outside, stage: Stage, cast: Cast) -> None:
    """Her reply comes to an address of that one email, and does what its link would."""
    grace = cast.grace
    stage.transcript.says("Mallory", "asks for Grace’s account, by email.")
    asked = await steps.request(stage, grace, channel="email")
    email = await stage.next_message(grace.email, asked.asked_at, after="Mallory asked")
    stage.transcript.says("Grace", "did not ask for it: she replies “That wasn’t me.”")
    replied_at = time.perf_counter()
    await outside.mail.reply(email, sender=grace.email.address, text="That wasn’t me.")
    confirmed = await stage.next_message(grace.email, replied_at, after="she replied")
    stage.check(
        "stopped the request" in confirmed.text,
        "Postfix handed her reply to Sparekey, which confirms that the request is stopped.",
    )
    stage.transcript.says("Mallory", "has read the email, too, and opens its link.")
    page = await Browser(stage).open(email.link("/l/"))
    stage.check(
        (page.answer.status, page.heading) == (410, "This link has ended"),
        "“This link has ended”: her reply did what the button in the email does.",
    )
