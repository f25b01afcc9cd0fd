"""Starts when sign-ins to an account failed several times in a row.

>>> from sparekey.nodes.example import run
>>> run(node, {"failures": 5})
goes on by then
"""

from typing import Annotated

from msgspec import Meta

from sparekey.flows import Node, Settings, go_on, then


class Failures(Settings, frozen=True, kw_only=True):
    """After how many failures within a day."""

    failures: Annotated[int, Meta(ge=3, le=100)] = 5


node = Node(
    about="Sign-ins to an account failed several times.",
    settings=Failures,
    exits=then,
    step=go_on,
    is_start=True,
)
