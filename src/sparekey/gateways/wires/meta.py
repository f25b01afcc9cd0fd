"""Meta's WhatsApp Cloud API. A code goes in an approved template (category authentication); a text
without one arrives only within a day of the customer's own message."""

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
from sparekey.gateways.wires._over_http import Answer, Call, Dialect, Document, Told, over_http
from sparekey.gateways.wires._over_http.calls import json_call
from sparekey.gateways.wires._over_http.meaning import plain_code, throttled, unless_success
from sparekey.gateways.wires._over_http.numbers import bare, e164, moment
from sparekey.gateways.wires._over_http.proofs import mac_hex, only, require_same
from sparekey.gateways.wires._over_http.told import api_setting

_API = "https://graph.facebook.com"
_MOST_CHARACTERS = 4096
_LONGEST_CHALLENGE = 200
#: developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes: calls of
#: the app, of the account, messages of the number, messages to one person.
_TOO_FAST = frozenset({"4", "80007", "130429", "131056"})
#: Of the same list: rights (10, 131005), the token (190), the account (131031), what it owes
#: (131042), the number's registration (133010).
_OURS = frozenset({"10", "190", "131005", "131031", "131042", "133010"})
_OUTCOMES = {
    "sent": Outcome.SENT,
    "delivered": Outcome.DELIVERED,
    "read": Outcome.DELIVERED,
    "failed": Outcome.FAILED,
}
_SETTINGS = (
    Setting("number", "the id of the phone number that sends, digits only"),
    Setting("token", "the access token", is_secret=True),
    Setting("app_secret", "the app's secret: signs callbacks", is_secret=True),
    Setting("verify_token", "what Meta says when it first looks at the hook", is_secret=True),
    Setting("template", "the approved template whose {{1}} is the code", "the text itself"),
    Setting("button", "whether that template has a button with the code: yes or no", "yes"),
    Setting("version", "of the API", "v23.0"),
    api_setting(_API),
)


def _speaks(told: Told, _hook_url: str) -> Dialect:
    number = told.text("number", like="[0-9]{5,20}", takes="an id of digits")
    version = told.text("version", "v23.0", like=r"v[0-9]{1,3}\.[0-9]", takes="a version as v23.0")
    template = told.maybe("template", like="[a-z0-9_]{1,512}", takes="a template's name")
    has_button = told.choice("button", "yes", "no") == "yes"
    resource = f"{told.address('api', _API)}/{version}/{number}"
    headers = {"authorization": f"Bearer {told.secret('token').reveal()}"}
    told.secret("app_secret")
    told.secret("verify_token")

    def write(message: Outgoing) -> Call:
        content = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": bare(message.to),
            **_words(message, template, has_button),
        }
        return json_call(f"{resource}/messages", content, headers)

    def probe() -> Call:
        return Call("GET", f"{resource}?fields=id", headers)

    return Dialect(write, _accepted, probe, "signed in")


def _words(message: Outgoing, template: str, has_button: bool) -> dict[str, object]:
    if template and message.code:
        code = [{"type": "text", "text": message.code}]
        parts: list[dict[str, object]] = [{"type": "body", "parameters": code}]
        if has_button:
            parts.append({"type": "button", "sub_type": "url", "index": "0", "parameters": code})
        language = {"code": message.locale.replace("-", "_")}
        shown = {"name": template, "language": language, "components": parts}
        return {"type": "template", "template": shown}
    if len(message.text) > _MOST_CHARACTERS:
        raise Refused(f"it takes {_MOST_CHARACTERS} characters at most")
    return {"type": "text", "text": {"preview_url": False, "body": message.text}}


def _accepted(answer: Answer, message: Outgoing) -> Accepted:
    said = answer.document
    code = said.text("/error/code")
    if answer.status < 500 and code in _TOO_FAST:
        raise throttled(answer, message, code)
    if answer.status < 500 and code in _OURS:
        raise Misconfigured(f"{answer.status} {code}")
    unless_success(answer, message, code)
    name = said.text("/messages/0/id")
    if not name:
        raise Unsure(f"{answer.status} without a message")
    return Accepted(name)


async def _verify(values: Values, raw: Raw) -> None:
    """HMAC-SHA256 of the body; of the first look, the token that was agreed on."""
    told = Told(values)
    if raw.method == "GET":
        asked = parse_qs(urlsplit(raw.url).query)
        if asked.get("hub.mode") != ["subscribe"] or len(asked.get("hub.verify_token", [])) != 1:
            raise Forged("it is no first look")
        require_same(asked["hub.verify_token"][0], told.secret("verify_token").reveal())
        return
    right = "sha256=" + mac_hex(told.secret("app_secret"), raw.body)
    require_same(only(raw, "x-hub-signature-256"), right)


def _reply(_values: Values, raw: Raw) -> Reply:
    """What Meta wants to hear again at its first look."""
    if raw.method != "GET":
        return Reply(200)
    said = parse_qs(urlsplit(raw.url).query).get("hub.challenge", [""])[0]
    return Reply(200, body=said[:_LONGEST_CHALLENGE].encode() if said.isalnum() else b"")


def _read(_values: Values, raw: Raw) -> Sequence[Heard]:
    if raw.method == "GET":
        return []
    said = Document.of_raw(raw)
    if not said.has("/entry"):
        raise Unreadable("there is no entry")
    values = [
        change.at("/value")
        for entry in said.items("/entry")
        for change in entry.items("/changes")
        if change.text("/field") == "messages"
    ]
    return [heard for value in values for heard in _heard(value)]


def _heard(value: Document) -> Sequence[Heard]:
    found: list[Heard] = []
    for status in value.items("/statuses"):
        outcome = _OUTCOMES.get(status.text("/status"))
        if outcome is not None and status.has("/id"):
            at, reason = moment(status.text("/timestamp")), status.text("/errors/0/code")
            report = Report(outcome, status.text("/id"), at=at, reason=plain_code(reason))
            found.append(report)
    to = e164(value.text("/metadata/display_phone_number").replace(" ", "").replace("-", ""))
    for one in value.items("/messages"):
        text = one.text("/text/body") or one.text("/button/text")
        sender, at = e164(one.text("/from")), moment(one.text("/timestamp"))
        found.append(Incoming("whatsapp", sender, to, text, one.text("/id") or None, at))
    return found


wire = over_http(
    ("whatsapp",), _SETTINGS, _speaks, Hears(_verify, _read, lambda _values: True, _reply)
)
