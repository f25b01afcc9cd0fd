"""How often we answer what somebody sends us: anybody can write in somebody else's name."""

from collections.abc import Iterator

from sparekey.guard.model import Asked, Cap, CapClass, Limit, Rule

#: Once in 24 hours: the first answer said all that there is to say.
ONCE = ((1, 86_400),)


def limits(asked: Asked) -> Iterator[Limit]:
    """One answer of a kind to one number or mailbox in 24 hours."""
    for key in asked.answer_keys:
        yield Cap(key, CapClass.ANSWER, ONCE)


rule = Rule(limits)
