"""MessageBird (now Bird), by the REST API that carries its name. Only receipts come back: what its
hooks say of incoming texts has no source at hand."""

from collections.abc import Sequence
from hashlib import sha256

from sparekey.gateways.model import (
    Accepted,
    Forged,
    Heard,
    Hears,
    Misconfigured,
    Outcome,
    Outgoing,
    Raw,
    Refused,
    Report,
    Setting,
    Unreadable,
    Unsure,
    Values,
)
from sparekey.gateways.wires._over_http import Answer, Call, Dialect, Document, Told, over_http
from sparekey.gateways.wires._over_http.calls import json_call
from sparekey.gateways.wires._over_http.meaning import plain_code, unless_success
from sparekey.gateways.wires._over_http.numbers import bare, life, moment, ours
from sparekey.gateways.wires._over_http.proofs import claims_of, only, require_payload, require_same
from sparekey.gateways.wires._over_http.told import api_setting

_API = "https://rest.messagebird.com"
_ALGORITHMS = ("HS256", "HS384", "HS512")
_NOT_ALLOWED, _NO_CREDIT = "2", "25"
_OUTCOMES = {
    "sent": Outcome.SENT,
    "buffered": Outcome.SENT,
    "delivered": Outcome.DELIVERED,
    "expired": Outcome.EXPIRED,
    "delivery_failed": Outcome.UNDELIVERED,
}
_SETTINGS = (
    Setting("key", "the access key", is_secret=True),
    Setting("signing_key", "what signs callbacks", "nobody proves them", is_secret=True),
    api_setting(_API),
)


def _speaks(told: Told, hook_url: str) -> Dialect:
    api = told.address("api", _API)
    headers = {"authorization": f"AccessKey {told.secret('key').reveal()}"}

    def write(message: Outgoing) -> Call:
        content: dict[str, object] = {
            "originator": bare(message.sender),
            "recipients": [bare(message.to)],
            "body": message.text,
            "reference": str(message.id),
            "validity": life(message, least=1, most=172_800),
            "datacoding": "auto",
        }
        if hook_url:
            content["reportUrl"] = hook_url
        return json_call(f"{api}/messages", content, headers)

    def probe() -> Call:
        return Call("GET", f"{api}/balance", headers)

    return Dialect(write, _accepted, probe, "signed in")


def _accepted(answer: Answer, message: Outgoing) -> Accepted:
    said = answer.document
    code = said.text("/errors/0/code")
    if answer.status < 500 and code in {_NOT_ALLOWED, _NO_CREDIT}:
        raise Misconfigured(f"{answer.status} {code}")
    unless_success(answer, message, code)
    name = said.text("/id")
    statuses = {one.text("/status") for one in said.items("/recipients/items")}
    if not name:
        raise Unsure(f"{answer.status} without a message")
    if statuses & {"delivery_failed", "expired"}:
        raise Refused(f"{answer.status}, not for this recipient")
    return Accepted(name)


def _is_signed(values: Values) -> bool:
    return bool(values.get("signing_key"))


async def _verify(values: Values, raw: Raw) -> None:
    """By a token over the address and the body."""
    if not _is_signed(values):
        return
    token = only(raw, "messagebird-signature-jwt")
    claims = claims_of(token, Told(values).secret("signing_key"), raw, algorithms=_ALGORITHMS)
    if claims.get("iss") != "MessageBird" or not {"exp", "nbf"} <= claims.keys():
        raise Forged("the token is of somebody else")
    require_same(str(claims.get("url_hash", "")).lower(), sha256(raw.url.encode()).hexdigest())
    if raw.body:
        require_payload(claims, raw)
    elif claims.get("payload_hash"):
        raise Forged("the token is of another body")


def _read(_values: Values, raw: Raw) -> Sequence[Heard]:
    said = Document.of_raw(raw)
    status, ref = said.text("/status"), said.text("/id")
    if not status or not ref:
        raise Unreadable("it is no receipt")
    outcome = _OUTCOMES.get(status)
    if outcome is None:
        return []
    # A + in a query that nobody escaped arrives as a space.
    at = moment(said.text("/statusDatetime").replace(" ", "+"))
    reason = plain_code(said.text("/statusErrorCode"))
    return [Report(outcome, ref, ours(said.text("/reference")), at, reason)]


wire = over_http(("sms",), _SETTINGS, _speaks, Hears(_verify, _read, _is_signed))
