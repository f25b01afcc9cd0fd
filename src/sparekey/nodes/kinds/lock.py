"""Locks the account: its password opens nothing until a person or a proof unlocks it.

>>> from sparekey.nodes.example import run
>>> run(node, {"reason": "five wrong passwords"})
goes on by done; HoldAccount
"""

from sparekey.flows import Event, Go, Node, Situation, Step
from sparekey.nodes.holding import HoldAccount, Reason, done


def _step(settings: Reason, _situation: Situation, _event: Event | None) -> Step:
    return Go("done", [HoldAccount("lock", settings.reason)])


node = Node(
    about="Lock the account.",
    settings=Reason,
    exits=done,
    step=_step,
)
