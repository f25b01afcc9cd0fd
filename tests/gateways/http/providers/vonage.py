"""Vonage as its specifications and its own libraries describe it."""

from functools import cache

from sparekey.gateways import Misconfigured, Refused, Throttled, Unsure
from tests.gateways.http.cases import Provider
from tests.gateways.http.provider import Said
from tests.gateways.letters import rsa_key

APPLICATION = "78d335fa-323d-0114-9c3d-d6f0d48968cf"
UUID = "63f61863-4a51-4f6b-86e1-46edebcf9356"


@cache
def private_key() -> str:
    """Of the application."""
    return rsa_key()


VALUES = {"key": "abcd1234", "secret": "abcdef0123456789"}
OF_APPLICATION = {**VALUES, "application": APPLICATION, "private_key": private_key()}


def _parts(*statuses: str) -> Said:
    parts = [
        {"to": "447700900123", "message-id": f"ID{n}", "status": status, "error-text": "…"}
        for n, status in enumerate(statuses)
    ]
    return Said.json({"message-count": str(len(parts)), "messages": parts})


def _problem(status: int, name: str) -> Said:
    url = f"https://developer.vonage.com/api-errors/messages#{name}"
    return Said.json({"type": url, "title": "…", "detail": "…", "instance": "…"}, status)


_OF_SMS = (
    (_parts("1"), Throttled),
    (_parts("3"), Refused),
    (_parts("4"), Misconfigured),
    (_parts("5"), Unsure),
    (_parts("7"), Refused),
    (_parts("9"), Misconfigured),
    (_parts("15"), Misconfigured),
    (_parts("0", "1"), Unsure),
    (_parts(), Unsure),
    (Said.json({"messages": [{"to": "447700900123"}]}), Unsure),
    (Said.json({"messages": "none"}), Unsure),
)
_OF_OTHERS = (
    (_problem(422, "1120"), Refused),
    (_problem(401, "unauthorized"), Misconfigured),
    (_problem(429, "throttled"), Throttled),
    (_problem(500, "1010"), Unsure),
    (Said.json({}, 202), Unsure),
)
_BOTH = ("api", "rest")
_MESSAGE = Said.json({"message_uuid": UUID}, 202)
_CALL = Said.json(
    {"uuid": UUID, "status": "started", "direction": "outbound", "conversation_uuid": "CON-1"}, 201
)
PROVIDERS = [
    Provider("vonage", VALUES, _parts("0", "0"), "ID0", _BOTH, faults=_OF_SMS),
    Provider("vonage", VALUES, _MESSAGE, UUID, _BOTH, channel="whatsapp", faults=_OF_OTHERS),
    Provider("vonage", OF_APPLICATION, _MESSAGE, UUID, _BOTH, channel="rcs", faults=_OF_OTHERS),
    Provider("vonage", OF_APPLICATION, _CALL, UUID, _BOTH, channel="voice", faults=_OF_OTHERS),
]
