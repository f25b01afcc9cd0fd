"""Goes on at the start of another flow; what was proven here counts there for nothing.

>>> from sparekey.nodes.example import run
>>> run(node, {"flow": "how_was_it"})
goes on in how_was_it
"""

from collections.abc import Sequence

from sparekey.flows import Event, Jump, Node, Settings, Situation, Step
from sparekey.nodes.settings import Word


class Target(Settings, frozen=True, kw_only=True):
    """Which flow."""

    flow: Word


def _exits(_settings: Target) -> Sequence[str]:
    return ()


def _step(settings: Target, _situation: Situation, _event: Event | None) -> Step:
    return Jump(settings.flow)


node = Node(
    about="Go on in another flow.",
    settings=Target,
    exits=_exits,
    step=_step,
    jumps_to=lambda settings: settings.flow,
)
