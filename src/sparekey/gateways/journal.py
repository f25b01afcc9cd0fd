"""The events of gateways; their data holds ids only."""

from typing import Final

from sparekey.events import declare

HOOK_FORGED: Final = declare(
    "gateways.hook_forged",
    "Somebody who knows a hook's path sent what its provider has not signed; told once an hour.",
)
HOOK_MOVED: Final = declare("gateways.hook_moved", "A gateway's hook has got another path.")
