"""Any provider that is spoken to over HTTP, by configuration alone: what to send where, what its
answers mean, and where its callbacks say what.

Calls are left out: nobody here can promise that a configured provider waits for a key press.
"""

import re

from sparekey.gateways.model import (
    Accepted,
    Hears,
    Misconfigured,
    Outgoing,
    Refused,
    Setting,
    Unreachable,
    Unsure,
    UnusableSettings,
    WireFailure,
)
from sparekey.gateways.wires._over_http import Answer, Call, Dialect, Told, over_http
from sparekey.gateways.wires._over_http.calls import MAX_BODY_BYTES
from sparekey.gateways.wires._over_http.meaning import throttled, unless_success
from sparekey.gateways.wires._over_http.told import is_safe_address
from sparekey.gateways.wires.http.filling import FORMATS, headers_of, template_of, values_of
from sparekey.gateways.wires.http.hearing import HEARING, check, is_signed, read, verify
from sparekey.gateways.wires.http.rules import Meaning, meaning_of, rules_of

_SETTINGS = (
    Setting("url", "where to send; may hold {{ to }}, {{ sender }} and {{ id }}, never the text"),
    Setting("body", "what to send: Liquid with {{ to }}, {{ text }} and the guide's other values"),
    Setting("method", "POST, PUT or PATCH", "POST"),
    Setting("format", "what the body is, json, form, xml or text: values are escaped for it",
            "json"),
    Setting("headers", "one a line: Name: value", "none but content-type", is_secret=True),
    Setting("answers", "one a line: accepted|refused|throttled|unreachable|misconfigured|unsure "
            "and its conditions", "by status"),
    Setting("ref", "JSON pointer to the provider's name of the message in its answer", "none"),
    Setting("probe", "an address that may be asked (GET) with the same headers, to no effect",
            "the root of url (HEAD)"),
    *HEARING,
)  # fmt: skip


def _speaks(told: Told, hook_url: str) -> Dialect:
    method = told.choice("method", "POST", "PUT", "PATCH")
    kind = told.choice("format", *FORMATS)
    url = template_of("url", told.text("url"), "url")
    body = template_of("body", told.values.get("body", ""), kind)
    headers = {"content-type": FORMATS[kind], **headers_of(told.values.get("headers", ""))}
    rules = rules_of("answers", told.values.get("answers", ""), Meaning)
    ref = told.maybe("ref", like="(/[^/]*)+", takes="a JSON pointer such as /messages/0/id")
    probe = _probe(told, headers)
    if not is_safe_address(url.sample):
        raise UnusableSettings("url takes an https address (http on loopback only).")
    check(told)

    def write(message: Outgoing) -> Call:
        values = values_of(message, hook_url)
        written = body.filled(values).encode()
        if len(written) > MAX_BODY_BYTES:
            raise Refused("the body is longer than any message")
        return Call(method, url.filled(values), headers, written)

    def accepted(answer: Answer, message: Outgoing) -> Accepted:
        meaning = meaning_of(rules, answer)
        if meaning is None:
            unless_success(answer, message)
            if any(rule.meaning is Meaning.ACCEPTED for rule in rules):
                raise Unsure(f"{answer.status}, and no rule knows the answer")
        elif meaning is not Meaning.ACCEPTED:
            raise _failure(meaning, answer, message)
        return Accepted((answer.document.text(ref) if ref else "") or None)

    return Dialect(write, accepted, lambda: probe, "signed in" if told.has("probe") else "")


def _failure(meaning: Meaning, answer: Answer, message: Outgoing) -> WireFailure:
    reason = f"{answer.status}, by the gateway's rules"
    match meaning:
        case Meaning.THROTTLED:
            return throttled(answer, message)
        case Meaning.UNREACHABLE:
            return Unreachable(reason)
        case Meaning.MISCONFIGURED:
            return Misconfigured(reason)
        case Meaning.UNSURE:
            return Unsure(reason)
        case _:
            return Refused(reason)


def _probe(told: Told, headers: dict[str, str]) -> Call:
    if told.has("probe"):
        return Call("GET", told.address("probe"), headers)
    scheme, _, rest = told.text("url").partition("://")
    host = re.split("[/?#]", rest, maxsplit=1)[0]
    if "{" in host:
        raise UnusableSettings("url takes no value in its host.")
    return Call("HEAD", f"{scheme}://{host}/")


wire = over_http(
    ("sms", "whatsapp", "rcs", "email"), _SETTINGS, _speaks, Hears(verify, read, is_signed)
)
