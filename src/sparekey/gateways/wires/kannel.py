"""Kannel's sendsms, by POST: the text is the body, everything else a header, nothing an address.

For incoming texts its sms-service needs `get-url = HOOK?from=%p&to=%P&text=%a&id=%I`,
`alt-charset = UTF-8`, `omit-empty = true` and `max-messages = 0`: it texts whatever a hook answers.
"""

from collections.abc import Sequence

from sparekey.gateways.model import (
    Accepted,
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
    Unreachable,
    Unreadable,
    Unsure,
    Values,
)
from sparekey.gateways.wires._over_http import Answer, Call, Dialect, Document, Told, over_http
from sparekey.gateways.wires._over_http.meaning import unless_success
from sparekey.gateways.wires._over_http.numbers import e164, life, ours
from sparekey.kit import gsm7

#: Delivered, undelivered, at the carrier, rejected there (user's guide, delivery reports).
_MASK = 1 + 2 + 8 + 16
_OUTCOMES = {
    "1": Outcome.DELIVERED,
    "2": Outcome.UNDELIVERED,
    "8": Outcome.SENT,
    "16": Outcome.FAILED,
}
_TAKEN = (b"0:", b"3:", b"Sent.")
_SETTINGS = (
    Setting("url", "the address of sendsms, as in https://kannel.example:13013/cgi-bin/sendsms"),
    Setting("username", "of a sendsms-user"),
    Setting("password", "its password", is_secret=True),
    Setting("smsc", "the SMSC to go through", "Kannel's own choice"),
)


def _speaks(told: Told, hook_url: str) -> Dialect:
    url = told.address("url")
    signed_in = {
        "x-kannel-username": told.text("username"),
        "x-kannel-password": told.secret("password").reveal(),
        "content-type": "text/plain; charset=UTF-8",
    }
    smsc = told.maybe("smsc")

    def write(message: Outgoing) -> Call:
        headers = {
            **signed_in,
            "x-kannel-from": message.sender,
            "x-kannel-to": message.to,
            "x-kannel-coding": "0" if gsm7.is_gsm7(message.text) else "2",
            "x-kannel-validity": str(-(-life(message, least=60, most=86_400) // 60)),
        }
        if smsc:
            headers["x-kannel-smsc"] = smsc
        if hook_url:
            sign = "&" if "?" in hook_url else "?"
            headers["x-kannel-dlr-mask"] = str(_MASK)
            headers["x-kannel-dlr-url"] = f"{hook_url}{sign}message={message.id}&type=%d"
        return Call("POST", url, headers, message.text.encode())

    def probe() -> Call:
        """Signed in, and to nobody: 400 where the password is right."""
        return Call("POST", url, signed_in)

    return Dialect(write, _accepted, probe, "signed in", frozenset({400}))


def _accepted(answer: Answer, message: Outgoing) -> Accepted:
    if answer.status == 403 and answer.body.startswith(b"Not routable"):
        raise Refused("403, not routable")
    if answer.status == 403:
        raise Misconfigured("403, the user is not let in")
    if answer.status == 503 and answer.body.startswith(b"Temporal failure"):
        raise Unreachable("503, not taken")
    unless_success(answer, message)
    if not answer.body.startswith(_TAKEN):
        raise Unsure(f"{answer.status}, and nothing that Kannel says")
    return Accepted()


async def _verify(_values: Values, _raw: Raw) -> None:
    """Nothing proves it."""


def _read(_values: Values, raw: Raw) -> Sequence[Heard]:
    said = Document.of_raw(raw)
    if not said.has("/type"):
        if not said.has("/from"):
            raise Unreadable("it is neither a receipt nor a message")
        sender, to = e164(said.text("/from")), e164(said.text("/to"))
        return [Incoming("sms", sender, to, said.text("/text"), said.text("/id") or None)]
    mine = ours(said.text("/message"))
    if mine is None:
        raise Unreadable("a receipt names no message of ours")
    outcome = _OUTCOMES.get(said.text("/type"))
    return [] if outcome is None else [Report(outcome, id=mine)]


def _reply(_values: Values, _raw: Raw) -> Reply:
    """200 and nothing: anything else would be texted to the sender."""
    return Reply(200)


wire = over_http(("sms",), _SETTINGS, _speaks, Hears(_verify, _read, lambda _values: False, _reply))
