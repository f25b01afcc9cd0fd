"""How often one network may ask: IPv4 by address, IPv6 by /64 and, four times as much, by /48."""

from collections.abc import Iterator
from datetime import timedelta

from sparekey.guard.model import Asked, Limit, Rate, Rule

EVERY = timedelta(seconds=10)
BURST = 60


def limits(asked: Asked) -> Iterator[Limit]:
    """60 requests at once, then one in 10 seconds; keys come from the narrowest network up."""
    for width, key in enumerate(asked.networks):
        yield Rate(key, EVERY / 4**width, BURST * 4**width)


rule = Rule(limits)
