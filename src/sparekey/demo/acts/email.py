"""Bob gets back in by the link in an email; a mail scanner that opened it first used nothing up."""

from sparekey.demo import steps
from sparekey.demo.browser import Browser
from sparekey.demo.cast import Cast, new_password
from sparekey.demo.stage import Stage

TITLE = "Bob forgot his password: back in by email"
_SCANS = 10


async def play(stage: Stage, cast: Cast) -> None:
    """Request, ten openings by a scanner, the form, a second use."""
    bob = cast.bob
    stage.transcript.says("Bob", "asks to get back in, by email this time.")
    asked = await steps.request(stage, bob, channel="email")
    email = await stage.next_message(bob.email, asked.asked_at, after="he asked")
    link = email.link("/l/")
    await _scan(stage, link)

    stage.transcript.says("Bob", "opens the link and chooses a password.")
    browser, bob.password = Browser(stage), new_password()
    page = await browser.send(await browser.open(link), password=bob.password)
    stage.check(page.heading == "You’re back in", "His password is set, on Sparekey’s own page.")
    stage.lap("Bob, by email", asked, page.answer)
    await steps.notices(stage, bob, page.answer)
    await steps.sign_in(stage, bob, bob.password, words="signs in with it.", outcome="ok")

    stage.transcript.says("Mallory", "finds the email and uses its link once more.")
    page = await Browser(stage).open(link)
    stage.check(
        (page.answer.status, page.heading) == (410, "This link has ended"),
        "Refused: a link works once.",
    )


async def _scan(stage: Stage, link: str) -> None:
    stage.transcript.says("Scanner", f"of Bob’s mail provider: opens the link {_SCANS} times.")
    pages = [await Browser(stage, is_shown=False).open(link) for _ in range(_SCANS)]
    took = sum(page.answer.seconds for page in pages)
    stage.transcript.call("GET", f"/l/… {_SCANS} times", 200, took)
    stage.check(
        all(any("password" in form.fields for form in page.forms) for page in pages),
        "It sees a page with a form each time. Looking uses nothing up.",
    )
