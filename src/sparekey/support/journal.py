"""The events of tickets; their data names topics, never what was said."""

from typing import Final

from sparekey.events import declare

OPENED: Final = declare("ticket.opened", "Somebody has to be seen to by a person.")
CHANGED: Final = declare("ticket.changed", "A ticket came into another state.")
