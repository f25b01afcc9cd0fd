"""How often one account and one address may be sent to, apart for each door.

A stranger's starts never use up what the owner's own browser, texts or agents may ask for.
"""

from collections.abc import Iterator

from sparekey.guard.model import Allowance, Asked, Cap, Limit, Rule

STRANGER = ((1, 60), (3, 600), (5, 86_400))
OWNER = ((3, 86_400),)


def limits(asked: Asked) -> Iterator[Limit]:
    """Strangers: 60 seconds apart, 3 in 10 minutes, 5 in 24 hours, per account and per address.

    The owner's own doors: 3 in 24 hours each, per account, because an address may be shared.
    """
    is_stranger = asked.allowance is Allowance.STRANGER
    if asked.account_key is not None:
        rules = STRANGER if is_stranger else OWNER
        yield Cap(asked.account_key, asked.allowance, rules)
    if asked.address_key is not None and is_stranger:
        yield Cap(asked.address_key, asked.allowance, STRANGER)


rule = Rule(limits)
