"""How often one account and one address may be sent to, apart for each door.

A stranger's starts never use up what the owner's own browser, texts or agents may ask for; neither
do sends for a second factor use up those for a recovery, nor the other way round.
"""

from collections.abc import Iterator

from sparekey.guard.model import Allowance, Asked, Cap, CapClass, Limit, Rule

STRANGER = ((1, 60), (3, 600), (5, 86_400))
OWNER = ((3, 86_400),)
#: Three guesses each at a code of 10 digits: a year of them spends less than a tenth of a ledger.
TEXT = ((3, 86_400), (12, 30 * 86_400))
RESERVE = ((1, 86_400),)
#: As many as strangers' codes: a flow may send some at once.
WORDS = STRANGER[1:]
_WORDS_OF = {
    Allowance.STRANGER: CapClass.WORDS,
    Allowance.KNOWN_BROWSER: CapClass.WORDS_KNOWN,
    Allowance.TEXT: CapClass.WORDS_BY_TEXT,
}


def limits(asked: Asked) -> Iterator[Limit]:
    """Strangers: 60 seconds apart, 3 in 10 minutes, 5 in 24 hours, per account and per address;
    one more in 24 hours as a link by email.

    A fallback to another channel comes sooner than 60 seconds, and counts like any other send.

    The owner's own doors: 3 in 24 hours each, per account, because an address may be shared. By
    text 12 in 30 days: anybody can ask in a number's name, and guess by text.

    Words about a recovery that nobody has proven are counted apart from its codes.
    """
    if asked.is_words:
        yield from _both(asked, _WORDS_OF[asked.allowance], WORDS)
        return
    match asked.allowance:
        case Allowance.STRANGER:
            cap_class = CapClass.LIGHT if asked.is_light else asked.allowance
            yield from _both(asked, cap_class, STRANGER[1:] if asked.is_fallback else STRANGER)
        case Allowance.RESERVE:
            yield from _both(asked, asked.allowance, RESERVE)
        case Allowance.TEXT:
            if asked.account_key is not None:
                yield Cap(asked.account_key, asked.allowance, TEXT)
        case _:
            if asked.account_key is not None:
                yield Cap(asked.account_key, asked.allowance, OWNER)


def _both(asked: Asked, cap_class: int, rules: tuple[tuple[int, int], ...]) -> Iterator[Limit]:
    for key in (asked.account_key, asked.address_key):
        if key is not None:
            yield Cap(key, cap_class, rules)


rule = Rule(limits)
