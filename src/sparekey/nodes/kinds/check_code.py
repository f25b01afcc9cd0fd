"""Waits until the challenge of this run is answered: by its code, or by its link.

Only a proof leads out by `proven`; it is the recovery that says so, never the flow.

>>> from sparekey.flows import Signal
>>> from sparekey.nodes.example import run
>>> run(node, {"seconds": 600}, "proven", "wrong", "time", signal=Signal.CODE_CHECKED)
waits for link_opened or code_checked, 600 s at most
goes on by proven
goes on by wrong
goes on by no_answer
"""

from collections.abc import Sequence

from sparekey.flows import Event, Go, Hold, Node, Settings, Signal, Situation, Step
from sparekey.nodes.settings import Seconds, seconds

_EXITS = ("proven", "wrong", "exhausted", "no_answer")


class Patience(Settings, frozen=True, kw_only=True):
    """How long."""

    seconds: Seconds = 600


def _exits(_settings: Patience) -> Sequence[str]:
    return _EXITS


def _step(settings: Patience, _situation: Situation, event: Event | None) -> Step:
    if event is None:
        return Hold(seconds(settings.seconds), Signal.CODE_CHECKED | Signal.LINK_OPENED)
    if event.signal == Signal.TIME:
        return Go("no_answer")
    return Go(event.word)


node = Node(
    about="Wait for the code or the link to come back.",
    settings=Patience,
    exits=_exits,
    step=_step,
    waits=True,
    proven_by="proven",
)
