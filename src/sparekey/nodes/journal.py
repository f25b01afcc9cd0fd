"""The events that nodes append; their data names words of our own."""

from typing import Final

from sparekey.events import declare

CONSENTED: Final = declare(
    "flow.consent_given",
    "Somebody agreed to what they were shown; the data says to which words, when, in which run.",
)
