"""Numbers nobody has proven yet: so many unconverted messages in flight per prefix and no more.

A prefix is a number without its last four digits. Pumping shows as a run of messages that nobody
converts; until the first conversion 20 may be in flight, and each conversion clears the run.
"""

from collections.abc import Iterator

from sparekey.guard.model import Asked, InFlight, Limit, Rule

IN_FLIGHT = ((20, 86_400),)


def limits(asked: Asked) -> Iterator[Limit]:
    """20 in 24 hours that nobody converted; proven numbers do not count."""
    if asked.prefix_key is not None:
        yield InFlight(asked.prefix_key, IN_FLIGHT)


rule = Rule(limits)
