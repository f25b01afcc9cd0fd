"""The event that the outbox appends; its data names the message and the failure."""

from typing import Final

from sparekey.events import declare

UNDELIVERED: Final = declare(
    "message.undelivered",
    "A message with a code or a link will not arrive: it could not be handed over, or a receipt"
    " whose sender is proven says so.",
)
