"""What Vonage tells the hook, and how it is proven: by a token, or by `sig` of the SMS API."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from sparekey.gateways.model import (
    Forged,
    Heard,
    Incoming,
    Outcome,
    Raw,
    Reply,
    Report,
    Unreadable,
    Values,
)
from sparekey.gateways.wires._over_http import Document, Told
from sparekey.gateways.wires._over_http.document import fields_of, form_of, once_each, pointer_to
from sparekey.gateways.wires._over_http.meaning import plain_code
from sparekey.gateways.wires._over_http.numbers import currency, e164, moment, money, ours
from sparekey.gateways.wires._over_http.proofs import (
    bearer,
    claims_of,
    mac_hex,
    require_payload,
    require_same,
)
from sparekey.gateways.wires.vonage import calls

#: Prices of the SMS API name no currency: an account is billed in euros until that is changed in
#: its dashboard (developer.nexmo.com/api/pricing).
ACCOUNTS_CURRENCY = "EUR"
METHODS = ("sha256", "sha512", "sha1", "md5")
_OUTCOMES = {
    "buffered": Outcome.SENT,
    "accepted": Outcome.SENT,
    "submitted": Outcome.SENT,
    "delivered": Outcome.DELIVERED,
    "read": Outcome.DELIVERED,
    "undeliverable": Outcome.UNDELIVERED,
    "expired": Outcome.EXPIRED,
    "failed": Outcome.FAILED,
    "rejected": Outcome.FAILED,
}
_UNHEARD = frozenset(
    ("busy", "cancelled", "failed", "machine", "rejected", "timeout", "unanswered")
)


def is_signed(values: Values) -> bool:
    """Whether the secret is known that signs."""
    return bool(values.get("signature_secret"))


async def verify(values: Values, raw: Raw) -> None:
    """By the token, which names the body's hash; by `sig` where the SMS API calls."""
    if not is_signed(values):
        return
    told = Told(values)
    secret = told.secret("signature_secret")
    if any(name == "authorization" for name, _ in raw.headers):
        if not raw.body:
            raise Forged("the token says nothing of a query")
        require_payload(claims_of(bearer(raw), secret, raw), raw)
        return
    try:
        fields = _flat(raw)
    except Unreadable as error:
        raise Forged("the fields cannot be read") from error
    given = fields.pop("sig", "")
    said = "".join(
        f"&{name}={fields[name].replace('&', '_').replace('=', '_')}" for name in sorted(fields)
    )
    method = told.choice("signature_method", *METHODS)
    require_same(given.lower(), mac_hex(secret, said.encode(), method))


def read(values: Values, raw: Raw) -> Sequence[Heard]:
    """A receipt or a message of the SMS or the Messages API, or what a call came to."""
    said = Document.of_raw(raw)
    if said.has("/message_uuid"):
        return _of_messages(said)
    if said.has("/messageId"):
        return _of_sms(said, Told(values).currency(ACCOUNTS_CURRENCY))
    if not said.has("/uuid"):
        raise Unreadable("it names no message")
    at = moment(said.text("/timestamp"))
    if calls.is_input(said) and calls.pressed(said):
        return [Report(Outcome.DELIVERED, said.text("/uuid"), at=at)]
    if calls.is_input(said) or said.text("/status") in _UNHEARD:
        return [Report(Outcome.UNDELIVERED, said.text("/uuid"), at=at)]
    return []


def reply(_values: Values, raw: Raw) -> Reply:
    """204, or what a call does next."""
    try:
        return calls.reply(Document.of_raw(raw))
    except Unreadable:
        return Reply()


def _of_messages(said: Document) -> Sequence[Heard]:
    ref, at = said.text("/message_uuid"), moment(said.text("/timestamp"))
    if not said.has("/status"):
        sender, to = e164(said.text("/from")), e164(said.text("/to"))
        channel = said.text("/channel", "sms")
        return [Incoming(channel, sender, to, said.text("/text"), ref, at)]
    outcome = _OUTCOMES.get(said.text("/status"))
    if outcome is None:
        return []
    return [
        Report(
            outcome, ref, ours(said.text("/client_ref")), at,
            reason=plain_code(said.text("/error/title") or said.text("/error/type")),
            price=money(said.text("/usage/price")), currency=currency(said.text("/usage/currency")),
        )
    ]  # fmt: skip


def _of_sms(said: Document, billed_in: str | None) -> Sequence[Heard]:
    ref = said.text("/messageId")
    if not said.has("/status"):
        sender, to = e164(said.text("/msisdn")), e164(said.text("/to"))
        return [Incoming("sms", sender, to, said.text("/text"), ref)]
    outcome = _OUTCOMES.get(said.text("/status"))
    if outcome is None:
        return []
    price = money(said.text("/price"))
    return [
        Report(
            outcome, ref, ours(said.text("/client-ref")),
            reason=plain_code(said.text("/err-code")),
            price=price, currency=None if price is None else billed_in,
        )
    ]  # fmt: skip


def _flat(raw: Raw) -> dict[str, str]:
    """The fields that `sig` is over, each once."""
    if not raw.body:
        return once_each(fields_of(urlsplit(raw.url).query))
    if "json" not in (raw.header("content-type") or ""):
        return once_each(form_of(raw))
    found = Document.of_raw(raw)
    return {name: found.text(pointer_to(name)) for name in found.names()}
