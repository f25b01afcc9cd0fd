"""Looks at the verdict on how this was started: `fine`, `unsure` or `suspicious`.

It is `suspicious` while the account is held, blocked, frozen or paused, or has a new address that
still waits, and after more guessing than owners do; else `unsure` where somebody asked of whom we
know nothing, by a new browser or by text; else `fine`. What strangers can bring about (a freeze, a
pause, guessing) is not held against a browser that is known. It is against all others, so lead
nobody into a dead end: the verdict chooses a way and permits nothing. Without one, nothing is sure.

>>> from sparekey.nodes.example import run
>>> run(node, {}, facts={"verdict": "fine"})
goes on by fine
>>> run(node, {}, facts={"verdict": "suspicious"})
goes on by suspicious
>>> run(node, {})
goes on by unsure
"""

from collections.abc import Sequence

from sparekey.flows import Event, Go, Node, NoSettings, Situation, Step, Verdict


def _exits(_settings: NoSettings) -> Sequence[str]:
    return tuple(Verdict)


def _step(_settings: NoSettings, situation: Situation, _event: Event | None) -> Step:
    return Go(situation.facts.get("verdict", Verdict.UNSURE))


node = Node(about="Does this look like its owner?", settings=NoSettings, exits=_exits, step=_step)
