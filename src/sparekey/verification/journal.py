"""The event that challenges append; its data names the message and, where known, the failure."""

from typing import Final

from sparekey.events import declare

UNCONFIRMED: Final = declare(
    "verification.unconfirmed",
    "The message of a challenge that a recovery owns was not confirmed in time, or failed.",
)
