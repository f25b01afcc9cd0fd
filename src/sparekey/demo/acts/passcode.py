"""A one-time passcode on its own: the other half of the API."""

from typing import Any

from sparekey.demo import steps
from sparekey.demo.cast import Cast
from sparekey.demo.stage import Stage

TITLE = "A one-time passcode signs Bob in"


async def play(stage: Stage, cast: Cast) -> None:
    """Start, a wrong code, the right one, the right one again."""
    bob = cast.bob
    stage.transcript.says(
        "Bob", f"signs in at Acme without a password, by a code to {bob.phone.shown}."
    )
    body = {"to": bob.phone.address, "purpose": "sign_in"}
    started = await stage.ask("POST", "/v1/verifications", body, expects=201)
    stage.check(
        started.json["status"] == "pending" and started.json["checks_left"] == 3,
        "Pending, with three tries.",
    )
    text = await stage.next_message(bob.phone, started.asked_at, after="the request")
    about = started.json["id"]
    wrong = steps.wrong_code(text.code)
    stage.transcript.says("Bob", f"types {wrong}.")
    answer = await _check(stage, about, wrong)
    stage.check(
        (answer["valid"], answer.get("reason"), answer["checks_left"]) == (False, "wrong_code", 2),
        "wrong_code: two tries are left.",
    )
    stage.transcript.says("Bob", f"types {text.code}.")
    answer = await _check(stage, about, text.code)
    stage.check(answer["valid"] and answer["status"] == "approved", "Approved: Bob is in.")
    stage.transcript.says("Mallory", "types the same code after him.")
    answer = await _check(stage, about, text.code)
    stage.check(
        not answer["valid"] and answer.get("reason") == "already_used", "Refused: already_used."
    )


async def _check(stage: Stage, about: str, code: str) -> dict[str, Any]:
    answer = await stage.ask(
        "POST", f"/v1/verifications/{about}/check", {"code": code}, expects=200
    )
    return answer.json
