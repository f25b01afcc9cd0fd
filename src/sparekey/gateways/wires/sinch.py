"""Sinch: texts by its XMS API. Its calls are left out: see decision 26.

The probe lists groups (`sinch-sdk-python: sinch/domains/sms/endpoints/groups/list_groups.py`).
"""

from collections.abc import Sequence
from datetime import UTC, timedelta

from sparekey.gateways.model import (
    Accepted,
    Heard,
    Hears,
    Incoming,
    Outcome,
    Outgoing,
    Raw,
    Report,
    Setting,
    Unreadable,
    Unsure,
    Values,
)
from sparekey.gateways.wires._over_http import Answer, Call, Dialect, Document, Told, over_http
from sparekey.gateways.wires._over_http.calls import json_call
from sparekey.gateways.wires._over_http.meaning import plain_code, unless_success
from sparekey.gateways.wires._over_http.numbers import bare, count, e164, life, moment, ours
from sparekey.gateways.wires._over_http.proofs import (
    mac_base64,
    only,
    require_recent,
    require_same,
)
from sparekey.gateways.wires._over_http.told import api_setting

_API = "https://eu.sms.api.sinch.com"
_LONGEST_LIFE = 3 * 86_400
_OUTCOMES = {
    "dispatched": Outcome.SENT,
    "delivered": Outcome.DELIVERED,
    "aborted": Outcome.FAILED,
    "cancelled": Outcome.FAILED,
    "rejected": Outcome.FAILED,
    "deleted": Outcome.FAILED,
    "failed": Outcome.UNDELIVERED,
    "expired": Outcome.EXPIRED,
}
_SETTINGS = (
    Setting("plan", "the service plan's id"),
    Setting("token", "its API token", is_secret=True),
    Setting("webhook_secret", "what signs callbacks", "nobody proves them", is_secret=True),
    api_setting(_API),
)


def _speaks(told: Told, hook_url: str) -> Dialect:
    plan = told.text("plan", like="[0-9A-Za-z_-]{1,64}", takes="the plan's id")
    resource = f"{told.address('api', _API)}/xms/v1/{plan}"
    headers = {"authorization": f"Bearer {told.secret('token').reveal()}"}

    def write(message: Outgoing) -> Call:
        left = timedelta(seconds=life(message, least=60, most=_LONGEST_LIFE))
        expires_at = (message.sent_at + left).astimezone(UTC)
        content = {
            "from": bare(message.sender),
            "to": [bare(message.to)],
            "body": message.text,
            "type": "mt_text",
            "delivery_report": "per_recipient",
            "client_reference": str(message.id),
            "expire_at": expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        if hook_url:
            content["callback_url"] = hook_url
        return json_call(f"{resource}/batches", content, headers)

    def probe() -> Call:
        return Call("GET", f"{resource}/groups?page_size=1", headers)

    return Dialect(write, _accepted, probe, "signed in")


def _accepted(answer: Answer, message: Outgoing) -> Accepted:
    said = answer.document
    unless_success(answer, message, said.text("/code"))
    name = said.text("/id")
    if not name:
        raise Unsure(f"{answer.status} without a batch")
    return Accepted(name)


def _is_signed(values: Values) -> bool:
    return bool(values.get("webhook_secret"))


async def _verify(values: Values, raw: Raw) -> None:
    """HMAC-SHA256 over body, nonce and time."""
    if not _is_signed(values):
        return
    nonce = only(raw, "x-sinch-webhook-signature-nonce")
    timestamp = only(raw, "x-sinch-webhook-signature-timestamp")
    signed = raw.body + f".{nonce}.{timestamp}".encode()
    right = mac_base64(Told(values).secret("webhook_secret"), signed)
    require_same(only(raw, "x-sinch-webhook-signature"), right)
    require_recent(timestamp, raw)


def _read(_values: Values, raw: Raw) -> Sequence[Heard]:
    said = Document.of_raw(raw)
    match said.text("/type"):
        case "recipient_delivery_report_sms":
            return _report(said)
        case "mo_text":
            sender, to = e164(said.text("/from")), e164(said.text("/to"))
            ref, at = said.text("/id") or None, moment(said.text("/received_at"))
            return [Incoming("sms", sender, to, said.text("/body"), ref, at)]
        case "":
            raise Unreadable("there is no type")
        case _:
            return []


def _report(said: Document) -> Sequence[Heard]:
    outcome = _OUTCOMES.get(said.text("/status").lower())
    if outcome is None:
        return []
    ref, mine = said.text("/batch_id") or None, ours(said.text("/client_reference"))
    if ref is None and mine is None:
        raise Unreadable("a receipt names no message")
    return [
        Report(
            outcome, ref, mine, moment(said.text("/at")),
            reason=plain_code(said.text("/code")),
            parts=count(said.text("/number_of_message_parts")),
        )
    ]  # fmt: skip


wire = over_http(("sms",), _SETTINGS, _speaks, Hears(_verify, _read, _is_signed))
