"""Mallory guesses a code until there is nothing left to guess."""

from sparekey.demo import steps
from sparekey.demo.cast import Cast
from sparekey.demo.stage import Stage

TITLE = "Mallory guesses Dave’s code"
_TRIES = 3


async def play(stage: Stage, cast: Cast) -> None:
    """Three wrong codes; then even the right one is refused."""
    dave = cast.dave
    stage.transcript.says("Mallory", "asks for Dave’s account. The text goes to Dave.")
    asked = await steps.request(stage, dave)
    text = await stage.next_message(dave.phone, asked.asked_at, after="Mallory asked")
    guess = text.code
    for left in reversed(range(_TRIES)):
        guess = steps.wrong_code(guess)
        stage.transcript.says("Mallory", f"guesses {guess}.")
        claim = f"Refused; tries left: {left or 'none'}."
        await steps.fail_to_prove(stage, asked.json["id"], claim, code=guess)
    stage.transcript.says("Mallory", f"sees the text at last, over Dave’s shoulder: {text.code}.")
    await steps.fail_to_prove(
        stage,
        asked.json["id"],
        "Refused: the code died with the third wrong guess. All four refusals read the same.",
        code=text.code,
    )
