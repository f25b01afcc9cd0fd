"""Grace gets back in on Sparekey's own pages, in a browser without script."""

from sparekey.demo import steps
from sparekey.demo.browser import Browser, Page
from sparekey.demo.cast import Cast, new_password
from sparekey.demo.installation import SLUG
from sparekey.demo.stage import Stage

TITLE = "Grace forgot her password: back in on Sparekey’s own pages"


async def play(stage: Stage, cast: Cast) -> None:
    """Every page from “forgot” to “done”, then the code once more and the way back."""
    grace, browser = cast.grace, Browser(stage)
    stage.transcript.says("Grace", "opens “forgot password” on an old phone, without script.")
    page = await browser.open(f"/{SLUG}/forgot")
    _sees(stage, page, "Get back into your account")
    stage.transcript.says("Grace", f"types {grace.email.shown} and chooses a text message.")
    page = await browser.send(page, identifier=grace.email.address)
    _sees(stage, page, "Where should we send it?")
    page = await browser.send(page, channel="sms")
    asked = page.answer
    _sees(stage, page, "Enter the code")
    text = await stage.next_message(grace.phone, asked.asked_at, after="she asked")

    stage.transcript.says("Grace", f"types {steps.wrong_code(text.code)}, with a slip.")
    page = await browser.send(page, code=steps.wrong_code(text.code))
    stage.check(
        "2 tries left" in page.answer.text, "“That code isn’t right. You have 2 tries left.”"
    )
    stage.transcript.says("Grace", f"types {text.code}, as it stands there.")
    page = await browser.send(page, code=text.code)
    _sees(stage, page, "Choose a new password")

    grace.password = new_password()
    stage.transcript.says("Grace", f"chooses a password: {'•' * len(grace.password)}")
    page = await browser.send(page, password=grace.password)
    _sees(stage, page, "You’re back in")
    stage.lap("Grace, on the pages", asked, page.answer)
    await steps.notices(stage, grace, page.answer)
    await steps.sign_in(stage, grace, grace.password, words="signs in with it.", outcome="ok")

    stage.transcript.says("Grace", "goes Back to the page of the password.")
    page = await browser.open(f"/{SLUG}/password")
    stage.check(
        not any("password" in form.fields for form in page.forms),
        f"“{page.heading}”: going Back repeats nothing.",
    )


def _sees(stage: Stage, page: Page, heading: str) -> None:
    stage.check(page.heading == heading, f"“{page.heading}”")
