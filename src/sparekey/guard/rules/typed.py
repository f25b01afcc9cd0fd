"""How often the same identifier, exactly as typed, may be asked about; known or not alike.

The owner's own doors do not pass here: a stranger's typing must not close them.
"""

from collections.abc import Iterator
from datetime import timedelta

from sparekey.guard.model import Allowance, Asked, Limit, Rate, Rule

EVERY = timedelta(seconds=60)
BURST = 10


def limits(asked: Asked) -> Iterator[Limit]:
    """10 at once, then one a minute."""
    if asked.typed_key is not None and asked.allowance is Allowance.STRANGER:
        yield Rate(asked.typed_key, EVERY, BURST)


rule = Rule(limits)
