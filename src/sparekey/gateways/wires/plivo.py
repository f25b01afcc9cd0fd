"""Plivo: texts by the Message resource. Calls are left out: their document is fetched from us when
the phone is answered, and would have to hold the code.

Callbacks: plivo.com/docs/messaging/api/message/message-status-callbacks, which names no currency.
The probe reads the account, as `plivo-python: plivo/resources/accounts.py` does.
"""

from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

from sparekey.gateways.model import (
    Accepted,
    Forged,
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
from sparekey.gateways.wires._over_http import Answer, Call, Dialect, Told, over_http
from sparekey.gateways.wires._over_http.calls import basic, json_call
from sparekey.gateways.wires._over_http.document import form_of, once_each
from sparekey.gateways.wires._over_http.meaning import plain_code, unless_success
from sparekey.gateways.wires._over_http.numbers import bare, count, e164, life, money
from sparekey.gateways.wires._over_http.proofs import mac_base64, only, require_any
from sparekey.gateways.wires._over_http.told import api_setting, currency_setting

_API = "https://api.plivo.com"
_MOST_SIGNATURES = 10
_OUTCOMES = {
    "sent": Outcome.SENT,
    "delivered": Outcome.DELIVERED,
    "read": Outcome.DELIVERED,
    "undelivered": Outcome.UNDELIVERED,
    "failed": Outcome.FAILED,
}
_SETTINGS = (
    Setting("account", "the auth id"),
    Setting("token", "the auth token: signs in, and signs callbacks", is_secret=True),
    currency_setting("prices are not used"),
    api_setting(_API),
)


def _speaks(told: Told, hook_url: str) -> Dialect:
    account = told.text("account", like="[0-9A-Z]{8,40}", takes="the auth id")
    told.currency()
    resource = f"{told.address('api', _API)}/v1/Account/{account}/"
    headers = basic(account, told.secret("token"))

    def write(message: Outgoing) -> Call:
        content: dict[str, object] = {
            "src": message.sender,
            "dst": bare(message.to),
            "text": message.text,
            "type": "sms",
            "log": "false",
            "message_expiry": life(message, least=5, most=10_800),
        }
        if hook_url:
            content |= {"url": hook_url, "method": "POST"}
        return json_call(f"{resource}Message/", content, headers)

    def probe() -> Call:
        return Call("GET", resource, headers)

    return Dialect(write, _accepted, probe, "signed in")


def _accepted(answer: Answer, message: Outgoing) -> Accepted:
    unless_success(answer, message)
    name = answer.document.text("/message_uuid/0")
    if not name:
        raise Unsure(f"{answer.status} without a message")
    return Accepted(name)


async def _verify(values: Values, raw: Raw) -> None:
    """Version 3 of its signatures: over the address, the fields and a nonce."""
    nonce = only(raw, "x-plivo-signature-v3-nonce")
    given = only(raw, "x-plivo-signature-v3").split(",")
    try:
        signed = f"{_base(raw)}.{nonce}".encode()
    except (Unreadable, ValueError) as error:
        raise Forged("the fields cannot be read") from error
    right = mac_base64(Told(values).secret("token"), signed)
    require_any(right, given[:_MOST_SIGNATURES])


def _base(raw: Raw) -> str:
    parts = urlsplit(raw.url)
    query = parse_qs(parts.query, keep_blank_values=True)
    asked = "&".join(f"{name}={text}" for name in sorted(query) for text in sorted(query[name]))
    address = parts._replace(query="", fragment="").geturl()
    fields: dict[str, list[str]] = {}
    for name, text in form_of(raw):
        fields.setdefault(name, []).append(text)
    said = "".join(name + text for name in sorted(fields) for text in sorted(fields[name]))
    if not said:
        return f"{address}?{asked}" if asked else address
    return f"{address}?{asked}.{said}" if asked else f"{address}?{said}"


def _read(values: Values, raw: Raw) -> Sequence[Heard]:
    fields = once_each(form_of(raw))
    ref = fields.get("MessageUUID")
    if not ref:
        raise Unreadable("there is no MessageUUID")
    if "Status" not in fields:
        sender, to = e164(fields.get("From", "")), e164(fields.get("To", ""))
        return [Incoming("sms", sender, to, fields.get("Text", ""), ref)]
    outcome = _OUTCOMES.get(fields["Status"])
    if outcome is None:
        return []
    billed_in = Told(values).currency()
    price = money(fields.get("TotalAmount", "")) if billed_in else None
    return [
        Report(
            outcome, ref, reason=plain_code(fields.get("ErrorCode", "")),
            price=price, currency=None if price is None else billed_in,
            parts=count(fields.get("Units", "")),
        )
    ]  # fmt: skip


wire = over_http(
    ("sms",), _SETTINGS, _speaks, Hears(_verify, _read, is_signed=lambda _values: True)
)
