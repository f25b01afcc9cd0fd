"""How much one gateway may bring: what its provider sends is stored before it is read."""

from collections.abc import Iterator
from datetime import timedelta

from sparekey.guard.model import Asked, Limit, Rate, Rule

#: A process takes so many at a time, so that not every one of them writes the same row.
BATCH = 250
EVERY = timedelta(milliseconds=100)
BURST = 200


def limits(asked: Asked) -> Iterator[Limit]:
    """Counted by the batch: 50,000 at once, then 2,500 a second."""
    if asked.hook_key is not None:
        yield Rate(asked.hook_key, EVERY, BURST)


rule = Rule(limits)
