"""Closes the account until the company opens it again.

>>> from sparekey.nodes.example import run
>>> run(node, {"reason": "five wrong passwords"})
goes on by done; HoldAccount
"""

from sparekey.flows import Event, Go, Node, Situation, Step
from sparekey.nodes.holding import HoldAccount, Reason, done


def _step(settings: Reason, _situation: Situation, _event: Event | None) -> Step:
    return Go("done", [HoldAccount("disable", settings.reason)])


node = Node(
    about="Close the account for the time being.",
    settings=Reason,
    exits=done,
    step=_step,
)
