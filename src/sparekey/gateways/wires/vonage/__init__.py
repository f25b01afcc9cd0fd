"""Vonage: texts by its SMS or its Messages API, WhatsApp and RCS by the latter, calls by Voice."""

from sparekey.gateways.model import Accepted, Hears, Misconfigured, Outgoing, Setting
from sparekey.gateways.wires._over_http import Answer, Call, Dialect, Told, over_http
from sparekey.gateways.wires._over_http.calls import basic
from sparekey.gateways.wires._over_http.told import api_setting, currency_setting
from sparekey.gateways.wires.vonage import calls, messages, sms
from sparekey.gateways.wires.vonage.application import Application, application_of
from sparekey.gateways.wires.vonage.hearing import (
    ACCOUNTS_CURRENCY,
    METHODS,
    is_signed,
    read,
    reply,
    verify,
)

_API, _REST = "https://api.nexmo.com", "https://rest.nexmo.com"
_SETTINGS = (
    Setting("key", "the account's API key"),
    Setting("secret", "its API secret", is_secret=True),
    Setting("application", "the application's id: calls need one", "none: no calls"),
    Setting("private_key", "its private key (PEM)", "none: no calls", is_secret=True),
    Setting("texts", "which API texts go by: sms or messages", "sms"),
    Setting("whatsapp_template", "the approved template, {{1}} its code, as namespace:name",
            "the text itself"),
    Setting("signature_secret", "what signs callbacks", "nobody proves them", is_secret=True),
    Setting("signature_method", "of the SMS API's: sha256, sha512, sha1 or md5 (HMAC)", "sha256"),
    currency_setting(ACCOUNTS_CURRENCY),
    api_setting(_API),
    Setting("rest", "the address of the SMS API", _REST),
)  # fmt: skip


def _speaks(told: Told, hook_url: str) -> Dialect:
    api, rest = told.address("api", _API), told.address("rest", _REST)
    signed_in = basic(told.text("key", like="[0-9A-Za-z]{1,64}"), told.secret("secret"))
    application = application_of(told)
    by_messages = told.choice("texts", "sms", "messages") == "messages"
    template = told.maybe("whatsapp_template")
    told.choice("signature_method", *METHODS)
    told.currency(ACCOUNTS_CURRENCY)

    def authorization() -> dict[str, str]:
        return application.authorization() if application else signed_in

    def write(message: Outgoing) -> Call:
        if message.channel == "voice":
            return calls.write(message, api, _needed(application), hook_url)
        if message.channel == "sms" and not by_messages:
            return sms.write(message, rest, signed_in, hook_url)
        return messages.write(message, api, authorization(), template, hook_url)

    def accepted(answer: Answer, message: Outgoing) -> Accepted:
        if message.channel == "voice":
            return calls.accepted(answer, message)
        if message.channel == "sms" and not by_messages:
            return sms.accepted(answer, message)
        return messages.accepted(answer, message)

    def probe() -> Call:
        return Call("GET", f"{rest}/account/get-balance", signed_in)

    return Dialect(write, accepted, probe, "signed in")


def _needed(application: Application | None) -> Application:
    if application is None:
        raise Misconfigured("calls need application and private_key")
    return application


wire = over_http(
    ("sms", "whatsapp", "rcs", "voice"), _SETTINGS, _speaks, Hears(verify, read, is_signed, reply)
)
