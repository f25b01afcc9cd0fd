"""Sinch, MessageBird, Infobip, Plivo, Meta and Kannel as their documentation, their libraries and
(Kannel) its source describe them."""

from typing import Any

from sparekey.gateways import Misconfigured, Refused, Throttled, Unreachable, Unsure
from tests.gateways.http.cases import Provider
from tests.gateways.http.provider import Said

SINCH = {"plan": "plan-1", "token": "hush"}
MESSAGEBIRD = {"key": "live_hush"}
INFOBIP = {"key": "hush"}
PLIVO = {"account": "MA00000000000000000000", "token": "hush"}
META = {"number": "106540352242922", "token": "hush", "app_secret": "secret",
        "verify_token": "agreed"}  # fmt: skip
KANNEL = {"username": "recovery", "password": "hush"}


def _infobip(group: str, name: str) -> Said:
    status = {"groupId": 1, "groupName": group, "id": 26, "name": name, "description": "…"}
    one = {"messageId": "m-1", "status": status, "destination": "447700900123"}
    return Said.json({"bulkId": "b-1", "messages": [one]})


def _meta(code: int, status: int = 400) -> Said:
    error = {"message": "(#1) …", "type": "OAuthException", "code": code, "fbtrace_id": "A"}
    return Said.json({"error": error}, status)


def _bird(code: int, status: int = 422) -> Said:
    return Said.json({"errors": [{"code": code, "description": "…", "parameter": None}]}, status)


_BIRD: dict[str, Any] = {
    "id": "e8077d80",
    "recipients": {"items": [{"recipient": 447700900123, "status": "sent"}]},
}
_UNDELIVERED = {"id": "1", "recipients": {"items": [{"status": "delivery_failed"}]}}
PROVIDERS = [
    Provider(
        "sinch", SINCH, Said.json({"id": "01FC66621", "to": ["447700900123"]}, 201), "01FC66621",
        faults=(
            (Said.json({"code": "syntax_invalid_parameter_format", "text": "…"}, 400), Refused),
            (Said.json({"code": "unauthorized", "text": "…"}, 401), Misconfigured),
            (Said.json({"code": "too_many_requests", "text": "…"}, 429), Throttled),
            (Said.json({}, 201), Unsure),
        ),
    ),
    Provider(
        "messagebird", MESSAGEBIRD, Said.json(_BIRD, 201), "e8077d80",
        faults=(
            (_bird(9), Refused),
            (_bird(2, 401), Misconfigured),
            (_bird(25), Misconfigured),
            (Said.json({}, 402), Misconfigured),
            (Said.json(_UNDELIVERED, 201), Refused),
            (Said.json({}, 201), Unsure),
        ),
    ),
    Provider(
        "infobip", INFOBIP, _infobip("PENDING", "PENDING_ACCEPTED"), "m-1",
        faults=(
            (_infobip("REJECTED", "REJECTED_DESTINATION"), Refused),
            (_infobip("UNDELIVERABLE", "UNDELIVERABLE_NOT_DELIVERED"), Refused),
            (_infobip("REJECTED", "REJECTED_NOT_ENOUGH_CREDITS"), Misconfigured),
            (_infobip("SOMETHING_NEW", "X"), Unsure),
            (Said.json({"messages": []}), Unsure),
            (Said.json({"errorCode": "E400", "description": "…"}, 400), Refused),
            (Said.json({"errorCode": "E401", "description": "…"}, 401), Misconfigured),
        ),
    ),
    Provider(
        "plivo", PLIVO,
        Said.json({"message": "…", "message_uuid": ["db3ce55a"], "api_id": "a"}, 202),
        "db3ce55a",
        faults=(
            (Said.json({"api_id": "a", "error": "…"}, 400), Refused),
            (Said(401, b"Could not verify your access level"), Misconfigured),
            (Said.json({"message_uuid": []}, 202), Unsure),
            (Said.json({"message_uuid": "db3ce55a"}, 202), Unsure),
        ),
    ),
    Provider(
        "meta", META,
        Said.json({"messaging_product": "whatsapp", "messages": [{"id": "wamid.1"}]}),
        "wamid.1", channel="whatsapp",
        faults=(
            (_meta(131026), Refused),
            (_meta(190, 401), Misconfigured),
            (_meta(190), Misconfigured),
            (_meta(131031, 403), Misconfigured),
            (_meta(130429), Throttled),
            (_meta(131056), Throttled),
            (_meta(130429, 500), Unsure),
            (Said.json({"messages": []}), Unsure),
        ),
    ),
    Provider(
        "kannel", KANNEL, Said(202, b"0: Accepted for delivery"), None, addresses=("url",),
        probe=Said(400, b"Missing receiver(s) number(s), rejected"),
        faults=(
            (Said(403, b"Authorization failed for sendsms"), Misconfigured),
            (Said(403, b"Not routable. Do not try again."), Refused),
            (Said(400, b"Empty receiver number not allowed, rejected"), Refused),
            (Said(503, b"Temporal failure, try again later."), Unreachable),
            (Said(202, b"hello"), Unsure),
        ),
    ),
]  # fmt: skip
OF = {one.kind: one for one in PROVIDERS}
