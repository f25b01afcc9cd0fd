"""Looks at the verdict on how this was started; without one, nothing looks fine.

It is fine while nothing speaks against it at the start: no lock, block or freeze, no new address
that still waits, no more guessing than owners do. It chooses a way and permits nothing.

>>> from sparekey.nodes.example import run
>>> run(node, {}, "x", facts={"verdict": "fine"})
goes on by fine
goes on by fine
>>> run(node, {})
goes on by suspicious
"""

from collections.abc import Sequence

from sparekey.flows import Event, Go, Node, NoSettings, Situation, Step


def _exits(_settings: NoSettings) -> Sequence[str]:
    return ("fine", "suspicious")


def _step(_settings: NoSettings, situation: Situation, _event: Event | None) -> Step:
    return Go("fine" if situation.facts.get("verdict") == "fine" else "suspicious")


node = Node(about="Does this look like its owner?", settings=NoSettings, exits=_exits, step=_step)
