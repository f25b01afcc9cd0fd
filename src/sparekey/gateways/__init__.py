"""Gateways: configured connections to carriers and providers, and the wires they speak."""

from sparekey.gateways.model import (
    Accepted,
    Around,
    Keep,
    Kind,
    Misconfigured,
    Outgoing,
    Refused,
    Throttled,
    Unreachable,
    Unsure,
    Wire,
    WireFailure,
)
from sparekey.gateways.service import KINDS, Gateways

__all__ = [
    "KINDS",
    "Accepted",
    "Around",
    "Gateways",
    "Keep",
    "Kind",
    "Misconfigured",
    "Outgoing",
    "Refused",
    "Throttled",
    "Unreachable",
    "Unsure",
    "Wire",
    "WireFailure",
]
