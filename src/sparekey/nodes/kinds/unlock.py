"""Unlocks the account; only a proven recovery may.

>>> from sparekey.nodes.example import run
>>> run(node, {"reason": "five wrong passwords"})
goes on by done; HoldAccount
"""

from sparekey.flows import Event, Go, Node, Situation, Step
from sparekey.nodes.holding import HoldAccount, Reason, done


def _step(settings: Reason, _situation: Situation, _event: Event | None) -> Step:
    return Go("done", [HoldAccount("unlock", settings.reason)])


node = Node(
    about="Unlock the account.",
    settings=Reason,
    exits=done,
    step=_step,
    needs_proof=True,
)
