"""The event that a brand's words append; its data names template, locale and version."""

from typing import Final

from sparekey.events import declare

CHANGED: Final = declare(
    "template.changed", "A brand changed its words for a message, or took ours back."
)
