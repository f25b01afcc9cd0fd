"""Starts at set times, by a cron expression in UTC.

>>> from sparekey.nodes.example import run
>>> run(node, {"cron": "0 9 * * 1"})
goes on by then
>>> [one.code for one in node.check(Times(cron="every Monday"))]
['start.cron']
>>> [one.code for one in node.check(Times(cron="0 0 30 2 *"))]
['start.cron']
"""

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta

from sparekey.flows import Finding, Node, Settings, go_on, then
from sparekey.nodes.settings import is_time


class Times(Settings, frozen=True, kw_only=True):
    """When."""

    cron: Annotated[str, Meta(min_length=9, max_length=100)]


def _check(settings: Times) -> Iterator[Finding]:
    if not is_time(settings.cron):
        yield Finding("start.cron", "This is no cron expression such as 0 9 * * 1.")


node = Node(
    about="A set time comes.",
    settings=Times,
    exits=then,
    step=go_on,
    is_start=True,
    trigger=lambda settings: (settings.cron,),
    check=_check,
)
