"""Alice forgot her password and gets back in by text."""

from sparekey.demo import steps
from sparekey.demo.cast import Cast, Person
from sparekey.demo.stage import Stage, problem_of

TITLE = "Alice forgot her password: back in by text"
#: On every list of passwords in use; it is refused.
WEAK = "passwordpassword"


async def play(stage: Stage, cast: Cast) -> None:
    """Request, a wrong code, the right one, a weak password, a good one, notices, sign-in."""
    alice, forgotten = cast.alice, cast.alice.password
    stage.transcript.says("Alice", f"asks on Acme’s page to get back in: {alice.email.shown}")
    asked = await steps.request(
        stage,
        alice,
        claim="“requested”, and no more: so far nobody has been looked up, known or not.",
        client={"device": alice.device},
    )
    recovery = asked.json["id"]
    text = await stage.next_message(alice.phone, asked.asked_at, after="she asked")
    stage.check(
        len(text.code.replace(" ", "")) >= 8 and text.text.splitlines()[-1].startswith("@"),
        "A code of 8 digits, and a last line that lets a browser fill it in at Acme only.",
    )

    wrong = steps.wrong_code(text.code)
    stage.transcript.says("Alice", f"types {wrong}, with a slip in the last digit.")
    await steps.fail_to_prove(
        stage, recovery, "Refused. Three wrong ones would end this code.", code=wrong
    )
    stage.transcript.says("Alice", f"types {text.code}, as it stands there.")
    grant = await steps.prove(stage, recovery, code=text.code)

    await _choose_a_weak_one(stage, recovery, grant)
    done = await steps.set_password(
        stage, alice, recovery, grant, words="chooses another, of four words and a number"
    )
    stage.lap("Alice, by text", asked, done)
    await steps.notices(stage, alice, done, are_shown=True)
    await steps.sign_in(
        stage, alice, alice.password, words="signs in with the new password.", outcome="ok"
    )
    await steps.sign_in(stage, alice, forgotten, words="tries the one she forgot.", outcome="wrong")
    await _use_again(stage, alice, recovery, text.code, grant)


async def _choose_a_weak_one(stage: Stage, recovery: str, grant: str) -> None:
    stage.transcript.says("Alice", f"chooses a password: {WEAK}")
    answer = await stage.ask(
        "POST",
        f"/v1/recoveries/{recovery}/password",
        {"grant": grant, "password": WEAK},
        expects=422,
    )
    stage.check(
        problem_of(answer) == "password.too_common",
        f"Refused: “{answer.json['detail']}” The grant survives.",
    )


async def _use_again(stage: Stage, alice: Person, recovery: str, code: str, grant: str) -> None:
    stage.transcript.says("Mallory", f"looked over her shoulder and types {code} again.")
    await steps.fail_to_prove(stage, recovery, "Refused: a code works once.", code=code)
    stage.transcript.says("Mallory", "even has the grant, and brings a password of his own.")
    answer = await stage.ask(
        "POST",
        f"/v1/recoveries/{recovery}/password",
        {"grant": grant, "password": f"{alice.password} of mine"},
        expects=422,
    )
    stage.check(
        problem_of(answer) == "recovery.grant_refused", "Refused: a grant sets one password."
    )
