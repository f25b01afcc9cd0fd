"""Gateways: configured connections to carriers and providers, and the wires they speak."""

from sparekey.gateways.kinds import KINDS
from sparekey.gateways.model import (
    Accepted,
    Around,
    Gateway,
    Keep,
    Kind,
    Misconfigured,
    Outgoing,
    Refused,
    Setting,
    Throttled,
    Unreachable,
    Unsure,
    UnusableSettings,
    Values,
    Wire,
    WireFailure,
)
from sparekey.gateways.service.configuring import add, examine, of_brand
from sparekey.gateways.service.routes import Gateways

__all__ = [
    "KINDS",
    "Accepted",
    "Around",
    "Gateway",
    "Gateways",
    "Keep",
    "Kind",
    "Misconfigured",
    "Outgoing",
    "Refused",
    "Setting",
    "Throttled",
    "Unreachable",
    "Unsure",
    "UnusableSettings",
    "Values",
    "Wire",
    "WireFailure",
    "add",
    "examine",
    "of_brand",
]
