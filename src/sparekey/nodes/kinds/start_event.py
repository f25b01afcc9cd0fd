"""Starts when something happens that the journal tells of.

>>> from sparekey.nodes.example import run
>>> run(node, {"event": "account.locked"})
goes on by then
>>> [one.code for one in node.check(Happening(event="account.sold"))]
['start.event']
"""

from collections.abc import Iterator, Sequence
from typing import Annotated

from msgspec import Meta

from sparekey.flows import Finding, Node, Settings, go_on, then
from sparekey.nodes.service.happening import HAPPENINGS


class Happening(Settings, frozen=True, kw_only=True):
    """Which kind of event; it must be about an account."""

    event: Annotated[str, Meta(pattern=r"^[a-z][a-z_]{0,30}\.[a-z][a-z_]{0,40}$")]


def _check(settings: Happening) -> Iterator[Finding]:
    if settings.event not in HAPPENINGS:
        there = ", ".join(HAPPENINGS)
        yield Finding("start.event", f"No flow starts by {settings.event}. There are: {there}.")


def _trigger(settings: Happening) -> Sequence[str]:
    return (settings.event,)


node = Node(
    about="Something happened to an account.",
    settings=Happening,
    exits=then,
    step=go_on,
    is_start=True,
    trigger=_trigger,
    check=_check,
)
