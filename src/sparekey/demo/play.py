"""The play from the first act to the last look into every inbox."""

from collections.abc import Awaitable, Callable
from statistics import median
from time import perf_counter

from sparekey.demo.acts import (
    customers,
    email,
    guessing,
    journal,
    not_me,
    pages,
    passcode,
    stranger,
    text,
)
from sparekey.demo.cast import Cast, assemble
from sparekey.demo.stage import PlayFailed, Stage
from sparekey.demo.transcript import milliseconds

Act = Callable[[Stage, Cast], Awaitable[None]]

ACTS: tuple[tuple[str, Act], ...] = (
    (customers.TITLE, customers.play),
    (text.TITLE, text.play),
    (email.TITLE, email.play),
    (stranger.TITLE, stranger.play),
    (guessing.TITLE, guessing.play),
    (not_me.TITLE, not_me.play),
    (passcode.TITLE, passcode.play),
    (journal.TITLE, journal.play),
    (pages.TITLE, pages.play),
)


async def play(stage: Stage) -> bool:
    """Play every act; whether every claim held. The first that does not is named and ends it."""
    began = perf_counter()
    try:
        cast = await assemble(stage)
        await journal.find_end(stage)
        for number, (title, act) in enumerate(ACTS, 1):
            stage.transcript.act(number, title)
            await act(stage, cast)
        stage.transcript.section("In short")
        await _look_everywhere(stage, cast)
    except PlayFailed as failure:
        stage.transcript.fails(str(failure))
        return False
    except (OSError, TimeoutError) as error:
        stage.transcript.fails(f"the server did not answer ({type(error).__name__}: {error})")
        return False
    _sum_up(stage, perf_counter() - began)
    return True


async def _look_everywhere(stage: Stage, cast: Cast) -> None:
    """Whatever else was sent by now lies in an inbox that the play has not looked into since."""
    for inbox in stage.inboxes:
        if len(await stage.read(inbox)) > inbox.seen:
            raise PlayFailed(f"{inbox.shown} got a message that nobody expected.")
    received = sum(inbox.received for inbox in stage.inboxes)
    stage.check(
        cast.stranger.received == 0,
        f"{received} messages arrived, each where it belongs; at {cast.stranger.shown} none.",
    )


def _sum_up(stage: Stage, took: float) -> None:
    hand_overs = sorted(stage.hand_overs)
    stage.transcript.holds(f"{stage.transcript.proved + 1} claims were checked, and all hold.")
    stage.transcript.line()
    stage.transcript.facts(
        [
            *((who, f"{milliseconds(seconds)} to a new password") for who, seconds in stage.laps),
            (
                "Messages",
                f"on the handset {milliseconds(median(hand_overs))} after they were asked for"
                f" (median of {len(hand_overs)}; slowest {milliseconds(hand_overs[-1])})",
            ),
            ("The play", f"{milliseconds(took)}, {stage.acme.requests} requests"),
        ]
    )
