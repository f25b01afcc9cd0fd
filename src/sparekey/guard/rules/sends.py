"""How often one account and one address may be sent to, apart for each door.

A stranger's starts never use up what the owner's own browser, texts or agents may ask for.
"""

from collections.abc import Iterator

from sparekey.guard.model import Allowance, Asked, Cap, Limit, Rule

STRANGER = ((1, 60), (3, 600), (5, 86_400))
OWNER = ((1, 60), (3, 86_400))


def limits(asked: Asked) -> Iterator[Limit]:
    """60 seconds apart, 3 in 10 minutes, 5 in 24 hours for strangers; 3 in 24 hours else."""
    rules = STRANGER if asked.allowance is Allowance.STRANGER else OWNER
    if asked.account_key is not None:
        yield Cap(asked.account_key, asked.allowance, rules)
    if asked.address_key is not None:
        yield Cap(asked.address_key, asked.allowance, rules)


rule = Rule(limits)
