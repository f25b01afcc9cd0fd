"""The events that flows append; their data names flows, versions and outcomes."""

from typing import Final

from sparekey.events import declare

CHANGED: Final = declare("flow.changed", "Somebody changed the draft of a flow.")
PUBLISHED: Final = declare("flow.published", "A version of a flow went live, or on trial.")
ROLLED_BACK: Final = declare(
    "flow.rolled_back", "A version was taken back, by a person or because its outcome fell."
)
PARKED: Final = declare("flow.run_parked", "A run cannot go on by itself: a person has to look.")
DECIDED: Final = declare("flow.run_decided", "A person let a parked run go on.")
ENDED: Final = declare("flow.run_ended", "A run came to its end; the data says with which outcome.")
