"""How much mail the address of one of our messages gets: bounces, absences, a few replies."""

from collections.abc import Iterator
from datetime import timedelta

from sparekey.guard.model import Asked, Limit, Rate, Rule

EVERY = timedelta(hours=1)
BURST = 20


def limits(asked: Asked) -> Iterator[Limit]:
    """20 at once, then one an hour."""
    if asked.letter_key is not None:
        yield Rate(asked.letter_key, EVERY, BURST)


rule = Rule(limits)
