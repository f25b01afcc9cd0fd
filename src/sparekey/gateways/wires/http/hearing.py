"""Callbacks of a provider known by configuration only: whose they are, and what they say."""

import base64
import hmac
from collections.abc import Sequence
from enum import StrEnum

from sparekey.gateways.model import (
    Forged,
    Heard,
    Incoming,
    Outcome,
    Raw,
    Report,
    Setting,
    Unreadable,
    UnusableSettings,
    Values,
)
from sparekey.gateways.wires._over_http import Document, Told
from sparekey.gateways.wires._over_http.meaning import plain_code
from sparekey.gateways.wires._over_http.numbers import e164, moment, ours
from sparekey.gateways.wires._over_http.proofs import only, require_recent, require_same
from sparekey.gateways.wires.http.rules import Condition, Rule, conditions_of, rules_of

HEARING = (
    Setting("outcomes", "one a line: sent|delivered|undelivered|failed|expired and its conditions",
            "no receipts are read"),
    Setting("outcome_items", "JSON pointer to a list of receipts in one callback", "one each"),
    Setting("outcome_ref", "JSON pointer or /field to the provider's name of the message", "none"),
    Setting("outcome_id", "the same to our {{ id }}, if it was sent along", "none"),
    Setting("outcome_reason", "the same to the provider's code for a failure", "none"),
    Setting("outcome_at", "the same to when it happened", "none"),
    Setting("incoming", "conditions of a callback that is a customer's message", "none is read"),
    Setting("incoming_items", "JSON pointer to a list of them in one callback", "one each"),
    Setting("incoming_from", "JSON pointer or /field to its sender", "none"),
    Setting("incoming_to", "the same to our number", "none"),
    Setting("incoming_text", "the same to its text", "none"),
    Setting("incoming_ref", "the same to the provider's name of it", "none"),
    Setting("incoming_channel", "sms, whatsapp or rcs", "sms"),
    Setting("signature", "how callbacks are proven: none, hmac-sha256, hmac-sha1, hmac-sha512, or "
            "shared (the secret itself)", "none"),
    Setting("signature_header", "the header that holds it", "x-signature"),
    Setting("signature_secret", "the secret it is made with", "none", is_secret=True),
    Setting("signature_encoding", "hex or base64", "hex"),
    Setting("signature_prefix", "what stands before it, as in sha256=", "nothing"),
    Setting("signature_over", "what is signed: {body}, {url} and {header:NAME} in order", "{body}"),
    Setting("signature_time", "the header with the time it was made (seconds), if one is signed",
            "none"),
)  # fmt: skip
_SCHEMES = ("none", "hmac-sha256", "hmac-sha1", "hmac-sha512", "shared")
_POINTERS = (
    *(f"outcome_{name}" for name in ("items", "ref", "id", "reason", "at")),
    *(f"incoming_{name}" for name in ("items", "from", "to", "text", "ref")),
)


class _Outcomes(StrEnum):
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    EXPIRED = "expired"


def check(told: Told) -> None:
    """Raise UnusableSettings for rules or a signature that cannot work."""
    rules_of("outcomes", told.values.get("outcomes", ""), _Outcomes)
    _incoming(told)
    for name in _POINTERS:
        told.maybe(name, like="(/[^/]*)+", takes="a JSON pointer such as /results")
    if told.choice("signature", *_SCHEMES) != "none":
        told.secret("signature_secret")
        told.choice("signature_encoding", "hex", "base64")
        _parts(told)
    if told.has("outcomes") and not (told.has("outcome_ref") or told.has("outcome_id")):
        raise UnusableSettings("outcomes needs outcome_ref or outcome_id.")
    if told.has("signature_time") and _time_part(told) not in _parts(told):
        raise UnusableSettings("signature_over must hold the header of signature_time.")


def is_signed(values: Values) -> bool:
    """Whether a scheme is configured."""
    return values.get("signature", "none") != "none"


async def verify(values: Values, raw: Raw) -> None:
    """By the configured scheme; raises Forged."""
    told = Told(values)
    scheme = told.choice("signature", *_SCHEMES)
    if scheme == "none":
        return
    given = only(raw, told.text("signature_header", "x-signature").lower())
    secret = told.secret("signature_secret").reveal().encode()
    prefix = told.maybe("signature_prefix")
    if not given.startswith(prefix):
        raise Forged("the signature has another form")
    given = given.removeprefix(prefix)
    if scheme == "shared":
        require_same(given, secret.decode())
        return
    if not raw.body and "{url}" not in _parts(told):
        raise Forged("nothing of it is signed")
    if told.has("signature_time"):
        require_recent(only(raw, told.text("signature_time").lower()), raw)
    made = hmac.digest(secret, _signed(told, raw), scheme.removeprefix("hmac-"))
    is_hex = told.choice("signature_encoding", "hex", "base64") == "hex"
    right = made.hex() if is_hex else base64.b64encode(made).decode()
    require_same(given.lower() if is_hex else given, right)


def read(values: Values, raw: Raw) -> Sequence[Heard]:
    """Everything that one callback says."""
    told, document = Told(values), Document.of_raw(raw)
    rules = rules_of("outcomes", values.get("outcomes", ""), _Outcomes)
    messages = [
        _message(told, item)
        for item in document.items(values.get("incoming_items", ""))
        if told.has("incoming") and all(one.holds(item) for one in _incoming(told))
    ]
    if messages:
        return messages
    reports = [
        _report(told, rules, item) for item in document.items(values.get("outcome_items", ""))
    ]
    return [report for report in reports if report is not None]


def _report(told: Told, rules: Sequence[Rule[_Outcomes]], item: Document) -> Report | None:
    found = next((rule.meaning for rule in rules if rule.holds(item)), None)
    if found is None:
        return None
    ref = _at(told, "outcome_ref", item)
    mine = ours(_at(told, "outcome_id", item))
    if not ref and mine is None:
        raise Unreadable("a receipt names no message")
    reason = plain_code(_at(told, "outcome_reason", item))
    at = moment(_at(told, "outcome_at", item))
    return Report(Outcome(found.value), ref or None, mine, at, reason)


def _message(told: Told, item: Document) -> Incoming:
    sender, text = _at(told, "incoming_from", item), _at(told, "incoming_text", item)
    if not sender:
        raise Unreadable("a message has no sender")
    channel = told.choice("incoming_channel", "sms", "whatsapp", "rcs")
    to = e164(_at(told, "incoming_to", item))
    return Incoming(channel, e164(sender), to, text, _at(told, "incoming_ref", item) or None)


def _at(told: Told, setting: str, item: Document) -> str:
    return item.text(told.values[setting]) if told.has(setting) else ""


def _incoming(told: Told) -> tuple[Condition, ...]:
    try:
        return conditions_of(told.maybe("incoming").split())
    except ValueError as error:
        raise UnusableSettings(f"incoming: {error}.") from error


def _parts(told: Told) -> list[str]:
    """The literal and the named pieces of what is signed, in turn; UnusableSettings."""
    pieces = told.text("signature_over", "{body}").replace("{", "\0{").replace("}", "}\0")
    parts = [piece for piece in pieces.split("\0") if piece]
    for part in parts:
        is_known = part in {"{body}", "{url}"} or (part.startswith("{header:") and part[-1] == "}")
        if not is_known and ("{" in part or "}" in part):
            raise UnusableSettings("signature_over takes {body}, {url} and {header:NAME}.")
    if "{body}" not in parts:
        raise UnusableSettings("signature_over must hold {body}.")
    return parts


def _signed(told: Told, raw: Raw) -> bytes:
    def said(part: str) -> bytes:
        if part == "{body}":
            return raw.body
        if part == "{url}":
            return raw.url.encode()
        if part.startswith("{header:"):
            return only(raw, part[8:-1].lower()).encode()
        return part.encode()

    return b"".join(map(said, _parts(told)))


def _time_part(told: Told) -> str:
    return f"{{header:{told.text('signature_time')}}}"
