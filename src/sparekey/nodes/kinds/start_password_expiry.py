"""Starts some days before the password of an account expires, between 8 and 20 o'clock.

A flow has one for each reminder; the hours are those of the brand's time zone. A password that
is changed meanwhile, or for which the company tells another date, starts nothing any more.

>>> from sparekey.nodes.example import run
>>> run(node, {"days": 14})
goes on by then
"""

from typing import Annotated

from msgspec import Meta

from sparekey.flows import Node, Settings, go_on, then


class DaysBefore(Settings, frozen=True, kw_only=True):
    """How many days before."""

    days: Annotated[int, Meta(ge=1, le=90)] = 14


node = Node(
    about="A password is about to expire. Companies whose passwords last never see it.",
    settings=DaysBefore,
    exits=then,
    step=go_on,
    is_start=True,
    trigger=lambda settings: (str(settings.days),),
)
