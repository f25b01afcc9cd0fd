"""How many tests of its messages a brand may send: they could be used to pump texts."""

from collections.abc import Iterator
from datetime import timedelta

from sparekey.guard.model import Asked, Limit, Rate, Rule

EVERY = timedelta(minutes=5)
BURST = 10


def limits(asked: Asked) -> Iterator[Limit]:
    """Ten at once, then one in five minutes."""
    if asked.test_key is not None:
        yield Rate(asked.test_key, EVERY, BURST)


rule = Rule(limits)
