"""The kinds of gateways: one file or folder of `wires/` each."""

from sparekey.gateways.model import Kind
from sparekey.kit.registry import Registry

KINDS = Registry("sparekey.gateways.wires", "sparekey.wires", declares="wire", of=Kind)
