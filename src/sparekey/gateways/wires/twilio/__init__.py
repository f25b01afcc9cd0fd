"""Twilio: texts and WhatsApp by the Messages resource of its API of 2010-04-01, calls by Calls."""

import hashlib
import json
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

from sparekey.gateways.model import (
    Accepted,
    Forged,
    Heard,
    Hears,
    Incoming,
    Misconfigured,
    Outcome,
    Outgoing,
    Raw,
    Refused,
    Reply,
    Report,
    Setting,
    Unreadable,
    Unsure,
    Values,
)
from sparekey.gateways.wires._over_http import Answer, Call, Dialect, Told, form, over_http
from sparekey.gateways.wires._over_http.calls import basic
from sparekey.gateways.wires._over_http.document import form_of, once_each
from sparekey.gateways.wires._over_http.meaning import failure, plain_code, throttled
from sparekey.gateways.wires._over_http.numbers import e164, life
from sparekey.gateways.wires._over_http.proofs import mac_base64, only, require_any, require_same
from sparekey.gateways.wires._over_http.told import api_setting
from sparekey.gateways.wires.twilio import calls

_API = "https://api.twilio.com"
_MOST_CHARACTERS = 1600
#: The account or the sender is at fault, not the recipient: nothing will go until it is mended.
_OURS = frozenset({"20003", "20404", "21603", "21606", "21608", "21659", "21660", "63007"})
_OUTCOMES = {
    "sent": Outcome.SENT,
    "delivered": Outcome.DELIVERED,
    "read": Outcome.DELIVERED,
    "undelivered": Outcome.UNDELIVERED,
    "failed": Outcome.FAILED,
    "canceled": Outcome.FAILED,
}
_SETTINGS = (
    Setting("account", "the account's SID: AC and 32 signs"),
    Setting("token", "its auth token: signs callbacks, and requests without a key", is_secret=True),
    Setting("key", "the SID of an API key to send with: SK and 32 signs", "the account's token"),
    Setting("key_secret", "that key's secret", "the account's token", is_secret=True),
    Setting("service", "the messaging service to send from: MG and 32 signs", "the sender"),
    Setting("content", "WhatsApp: the approved template, {{1}} its code: HX…", "the text itself"),
    api_setting(_API),
)


def _speaks(told: Told, hook_url: str) -> Dialect:
    account = told.text("account", like="AC[0-9a-fA-F]{32}", takes="AC and 32 signs")
    key = told.maybe("key", like="SK[0-9a-fA-F]{32}", takes="SK and 32 signs")
    secret = told.secret("key_secret" if told.together("key", "key_secret") else "token")
    told.secret("token")
    service = told.maybe("service", like="MG[0-9a-fA-F]{32}", takes="MG and 32 signs")
    content = told.maybe("content", like="HX[0-9a-fA-F]{32}", takes="HX and 32 signs")
    resource = f"{told.address('api', _API)}/2010-04-01/Accounts/{account}"
    headers = basic(key or account, secret)

    def write(message: Outgoing) -> Call:
        if message.channel == "voice":
            return form(f"{resource}/Calls.json", calls.fields(message, hook_url), headers)
        prefix = "whatsapp:" if message.channel == "whatsapp" else ""
        fields = {
            "To": prefix + message.to,
            "ValidityPeriod": str(life(message, least=1, most=36000)),
            "ContentRetention": "discard",
            "AddressRetention": "obfuscate",
            **_words(message, content),
        }
        is_service = service and not prefix
        fields |= (
            {"MessagingServiceSid": service} if is_service else {"From": prefix + message.sender}
        )
        if hook_url:
            fields["StatusCallback"] = hook_url
        return form(f"{resource}/Messages.json", fields, headers)

    def probe() -> Call:
        return Call("GET", f"{resource}.json", headers)

    return Dialect(write, _accepted, probe, "signed in")


def _words(message: Outgoing, content: str) -> dict[str, str]:
    if message.channel == "whatsapp" and content and message.code:
        return {"ContentSid": content, "ContentVariables": json.dumps({"1": message.code})}
    if len(message.text) > _MOST_CHARACTERS:
        raise Refused(f"it takes {_MOST_CHARACTERS} characters at most")
    return {"Body": message.text}


def _accepted(answer: Answer, message: Outgoing) -> Accepted:
    said = answer.document
    if answer.is_success:
        sid = said.text("/sid")
        if not sid:
            raise Unsure(f"{answer.status} without a message")
        if said.text("/status") in {"failed", "undelivered", "canceled"}:
            raise Refused(f"{answer.status} {plain_code(said.text('/error_code'))}".rstrip())
        return Accepted(sid)
    code = said.text("/code")
    if answer.status < 500 and code in _OURS:
        raise Misconfigured(f"{answer.status} {code}")
    if answer.status < 500 and code in {"20429", "14107"}:
        raise throttled(answer, message, code)
    raise failure(answer, message, code)


async def _verify(values: Values, raw: Raw) -> None:
    """By the auth token and SHA-1, over the configured address and the form as it came."""
    told = Told(values)
    given = only(raw, "x-twilio-signature")
    query = parse_qs(urlsplit(raw.url).query)
    sealed = query.get("bodySHA256", [])
    fields: dict[str, set[str]] = {}
    if sealed:
        require_same(sealed[0].lower(), hashlib.sha256(raw.body).hexdigest())
    else:
        try:
            for name, text in form_of(raw):
                fields.setdefault(name, set()).add(text)
        except Unreadable as error:
            raise Forged("the form cannot be read") from error
    said = "".join(name + text for name in sorted(fields) for text in sorted(fields[name]))
    right = [
        mac_base64(told.secret("token"), (url + said).encode(), "sha1") for url in _urls(raw.url)
    ]
    require_any(given, right)


def _urls(url: str) -> Sequence[str]:
    """With and without its port: Twilio signs either."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition(":")[0] if parts.port else parts.netloc
    port = parts.port or {"https": 443, "http": 80}[parts.scheme]
    return [parts._replace(netloc=netloc).geturl() for netloc in (host, f"{host}:{port}")]


def _reply(_values: Values, raw: Raw) -> Reply:
    """Nothing, or what a call does next."""
    try:
        return calls.reply(once_each(form_of(raw)))
    except Unreadable:
        return Reply()


def _read(_values: Values, raw: Raw) -> Sequence[Heard]:
    fields = once_each(form_of(raw))
    if calls.is_call(fields):
        return calls.heard(fields)
    ref = fields.get("MessageSid") or fields.get("SmsSid")
    if not ref:
        raise Unreadable("there is no MessageSid")
    status = fields.get("MessageStatus") or fields.get("SmsStatus", "")
    if "Body" in fields and status in {"", "received", "receiving"}:
        sender, to = fields.get("From", ""), fields.get("To", "")
        channel = "whatsapp" if sender.startswith("whatsapp:") else "sms"
        return [Incoming(channel, e164(sender), e164(to), fields["Body"], ref)]
    outcome = _OUTCOMES.get(status)
    reason = plain_code(fields.get("ErrorCode", ""))
    return [] if outcome is None else [Report(outcome, ref, reason=reason)]


wire = over_http(
    ("sms", "whatsapp", "voice"),
    _SETTINGS,
    _speaks,
    Hears(_verify, _read, lambda _values: True, _reply),
)
