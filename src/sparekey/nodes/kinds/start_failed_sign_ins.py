"""Starts when sign-ins to an account failed several times within a day; once a day at most.

>>> from sparekey.nodes.example import run
>>> run(node, {"failures": 5})
goes on by then
"""

from typing import Annotated

from msgspec import Meta

from sparekey.flows import Node, Settings, go_on, then


class Failures(Settings, frozen=True, kw_only=True):
    """After how many failures within a day; more than 30 are not looked at any more."""

    failures: Annotated[int, Meta(ge=3, le=30)] = 5


node = Node(
    about="Sign-ins to an account failed several times.",
    settings=Failures,
    exits=then,
    step=go_on,
    is_start=True,
    trigger=lambda settings: (str(settings.failures),),
)
