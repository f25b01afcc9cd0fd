"""Bob gets back in by the link in an email; a mail scanner that opened it first used nothing up."""

from urllib.parse import urlencode

from sparekey.demo import steps
from sparekey.demo.cast import Cast, new_password
from sparekey.demo.client import Answer
from sparekey.demo.stage import Stage

TITLE = "Bob forgot his password: back in by email"
_SCANS = 10
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}


async def play(stage: Stage, cast: Cast) -> None:
    """Request, ten openings by a scanner, the form, a second use."""
    bob = cast.bob
    stage.transcript.says("Bob", "asks to get back in, by email this time.")
    asked = await steps.request(stage, bob, channel="email")
    email = await stage.next_message(bob.email, asked.asked_at, after="he asked")
    link = email.link("/l/")
    await _scan(stage, link)

    stage.transcript.says("Bob", "opens the link and chooses a password.")
    opened = await stage.browse("GET", link, expects=303)
    password = new_password()
    used = await _use(stage, opened.cookies, password, expects=303)
    done = await stage.browse(
        "GET", used.location, expects=200, headers={"Cookie": used.cookies}, is_shown=False
    )
    stage.check("Your password is set" in done.text, "His password is set, on Sparekey’s own page.")
    stage.lap("Bob, by email", asked, used)
    bob.password = password
    await steps.notices(stage, bob, used)
    await steps.sign_in(stage, bob, password, words="signs in with it.", outcome="ok")

    stage.transcript.says("Mallory", "finds the email and uses its link once more.")
    again = await stage.browse("GET", link, expects=303)
    refused = await _use(stage, again.cookies, new_password(), expects=410)
    stage.check("This link has ended" in refused.text, "Refused: a link works once.")


async def _scan(stage: Stage, link: str) -> None:
    stage.transcript.says("Scanner", f"of Bob’s mail provider: opens the link {_SCANS} times.")
    pages = [await _look(stage, link) for _ in range(_SCANS)]
    stage.transcript.call("GET", f"/l/… {_SCANS} times", 200, sum(page.seconds for page in pages))
    stage.check(
        all("<form" in page.text for page in pages),
        "It sees a page with a form each time. Looking uses nothing up.",
    )


async def _look(stage: Stage, link: str) -> Answer:
    """As a browser would: the token moves from the address into a cookie, then comes the page."""
    moved = await stage.browse("GET", link, expects=303, is_shown=False)
    headers = {"Cookie": moved.cookies}
    return await stage.browse("GET", "/l", expects=200, headers=headers, is_shown=False)


async def _use(stage: Stage, cookies: str, password: str, *, expects: int) -> Answer:
    content = urlencode({"password": password}).encode()
    headers = {**_FORM, "Cookie": cookies}
    return await stage.browse("POST", "/l", expects=expects, headers=headers, content=content)
