"""The play from the first act to the last look into every inbox."""

from collections.abc import Awaitable, Callable
from functools import partial
from statistics import median
from time import perf_counter

from sparekey.demo.acts import (
    customers,
    email,
    guessing,
    journal,
    lost,
    no_by_email,
    no_by_text,
    not_me,
    pages,
    passcode,
    receipts,
    stranger,
    text,
)
from sparekey.demo.cast import Cast, assemble
from sparekey.demo.outside.world import Outside
from sparekey.demo.stage import PlayFailed, Stage
from sparekey.demo.transcript import milliseconds

Act = Callable[[Stage, Cast], Awaitable[None]]
#: The acts with their titles, in order.
Programme = tuple[tuple[str, Act], ...]

IN_THE_SANDBOX: Programme = (
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


def over_real_wires(outside: Outside) -> Programme:
    """What only a carrier and a mail server can show: receipts, replies, what does not arrive."""
    return (
        (customers.TITLE, customers.play),
        (text.TITLE, text.play),
        (email.TITLE, email.play),
        (receipts.TITLE, partial(receipts.play, outside)),
        (lost.TITLE, partial(lost.play, outside)),
        (no_by_text.TITLE, partial(no_by_text.play, outside)),
        (no_by_email.TITLE, partial(no_by_email.play, outside)),
        (journal.TITLE, partial(journal.play, expected=journal.OVER_REAL_WIRES)),
    )


async def play(stage: Stage, programme: Programme) -> bool:
    """Play every act; whether every claim held. The first that does not is named and ends it."""
    began = perf_counter()
    try:
        cast = await assemble(stage)
        await journal.find_end(stage)
        for number, (title, act) in enumerate(programme, 1):
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
        if len(await stage.post.read(inbox)) > inbox.seen:
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
