"""Sends each person one of several ways, by shares; the same person always the same way.

>>> from sparekey.nodes.example import run
>>> run(node, {"shares": {"long_words": 50, "short_words": 50}})
goes on by short_words
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Annotated

from msgspec import Meta

from sparekey.flows import Event, Finding, Go, Node, Settings, Situation, Step
from sparekey.nodes.settings import Word


class Shares(Settings, frozen=True, kw_only=True):
    """How many of a hundred take which exit."""

    shares: Annotated[
        dict[Word, Annotated[int, Meta(ge=1, le=99)]], Meta(min_length=2, max_length=8)
    ]


def _exits(settings: Shares) -> Sequence[str]:
    return tuple(settings.shares)


def _step(settings: Shares, situation: Situation, _event: Event | None) -> Step:
    person = situation.account_id or situation.run
    digest = hashlib.sha256(person.bytes + situation.node.encode()).digest()
    drawn = int.from_bytes(digest[:8], "big") % 100
    for name, share in settings.shares.items():
        drawn -= share
        if drawn < 0:
            return Go(name, answer=name)
    raise AssertionError("shares add up to a hundred")


def _check(settings: Shares) -> Iterator[Finding]:
    if sum(settings.shares.values()) != 100:
        yield Finding("split.sum", "The shares do not add up to 100.")


node = Node(
    about="Try two or more ways, each with its share of people.",
    settings=Shares,
    exits=_exits,
    step=_step,
    check=_check,
)
