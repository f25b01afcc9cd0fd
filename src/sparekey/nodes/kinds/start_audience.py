"""Starts for many accounts, chosen by a filter or a file, so many an hour.

A filter asks for `language`, and with yes or no for `second_factor`, `has_password`,
`verified_email` and `verified_phone`. Held accounts are never among them.

>>> from sparekey.nodes.example import run
>>> run(node, {"per_hour": 2000, "where": {"language": ["de"]}})
goes on by then
>>> [one.code for one in node.check(Audience(where={"shoe_size": ["44"]}))]
['audience.field']
"""

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta, field

from sparekey.flows import Finding, Node, Settings, go_on, then
from sparekey.nodes.model import faults_of
from sparekey.nodes.settings import Word


class Audience(Settings, frozen=True, kw_only=True):
    """Who, and how fast; without a filter, those of the file that starts it."""

    per_hour: Annotated[int, Meta(ge=1, le=1_000_000)] = 1000
    where: dict[Word, Annotated[list[str], Meta(min_length=1, max_length=50)]] = field(
        default_factory=dict[Word, list[str]]
    )


def _check(settings: Audience) -> Iterator[Finding]:
    yield from faults_of(settings.where)


node = Node(
    about="You start it for many at once, by a filter or a file.",
    settings=Audience,
    exits=then,
    step=go_on,
    is_start=True,
    check=_check,
)
