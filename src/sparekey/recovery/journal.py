"""The events that recoveries append; their data holds ids and words of our own."""

from typing import Final

from sparekey.events import declare

ACCOUNT_RECOVERED: Final = declare(
    "account.recovered",
    "An owner is back in: sessions begun before are to end, every address is told.",
)
DENIED: Final = declare("recovery.denied", "A recovery was called off by its id.")
REPUDIATED: Final = declare(
    "recovery.repudiated",
    'Somebody said "that wasn\'t me" with the token of a message: a person has to look.',
)
