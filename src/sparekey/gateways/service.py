"""Which gateway a brand's message goes through."""

from functools import cached_property

from sparekey.gateways.model import Around, Kind, Wire
from sparekey.kit.registry import Registry

KINDS = Registry("sparekey.gateways.wires", "sparekey.wires", declares="wire", of=Kind)


class Gateways:
    """The open wires of this process."""

    def __init__(self, around: Around) -> None:
        self._around = around

    def choose(self, *, is_sandbox: bool, channel: str) -> tuple[str, Wire] | None:
        """The gateway for a brand's channel and its name; None when the brand has none.

        A sandbox brand has the sandbox and nothing else, for ever.
        """
        if is_sandbox and channel in KINDS.get("sandbox").channels:
            return "sandbox", self._sandbox
        return None

    @cached_property
    def _sandbox(self) -> Wire:
        return KINDS.get("sandbox").open(self._around)
