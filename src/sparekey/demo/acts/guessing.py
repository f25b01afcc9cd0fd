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
    recovery, guess = asked.json["id"], text.code
    words: set[tuple[str, str]] = set()
    for number in range(1, _TRIES + 1):
        guess = steps.wrong_code(guess)
        stage.transcript.says("Mallory", f"guesses {guess}.")
        claim = f"Refused: wrong guess {number} of {_TRIES}."
        words.add(await steps.fail_to_prove(stage, recovery, claim, code=guess))
    stage.transcript.says("Mallory", f"sees the text at last, over Dave’s shoulder: {text.code}.")
    claim = "Refused: the code died with the third wrong guess."
    words.add(await steps.fail_to_prove(stage, recovery, claim, code=text.code))
    stage.check(len(words) == 1, "All four refusals are in the same words.")
