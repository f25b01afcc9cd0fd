"""Ends the run with an outcome; good ones are what a version is judged by.

>>> from sparekey.nodes.example import run
>>> run(node, {"outcome": "back_in"})
ends as back_in
"""

from collections.abc import Sequence

from sparekey.flows import End, Event, Node, Settings, Situation, Step
from sparekey.nodes.settings import Word


class Outcome(Settings, frozen=True, kw_only=True):
    """How it ended, and whether that is what was wanted."""

    outcome: Word
    is_good: bool = True


def _exits(_settings: Outcome) -> Sequence[str]:
    return ()


def _step(settings: Outcome, _situation: Situation, _event: Event | None) -> Step:
    return End(settings.outcome, settings.is_good)


node = Node(about="This is the end.", settings=Outcome, exits=_exits, step=_step)
