"""The kinds of gateways: one file or folder of `wires/` each."""

from sparekey.gateways.model import Gateway, Kind
from sparekey.kit.registry import BrokenPlugin, Registry, UnknownPlugin

KINDS = Registry("sparekey.gateways.wires", "sparekey.wires", declares="wire", of=Kind)


def hears(gateway: Gateway) -> bool:
    """Whether it can tell what became of messages, and bring replies."""
    try:
        return KINDS.get(gateway.kind).hears is not None
    except (UnknownPlugin, BrokenPlugin):
        return False
