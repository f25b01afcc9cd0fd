"""Vonage's SMS API: it answers 200 to everything and says in the body what became of each part."""

from collections.abc import Mapping

from sparekey.gateways.model import Accepted, Misconfigured, Outgoing, Refused, Unsure, WireFailure
from sparekey.gateways.wires._over_http import Answer, Call, form
from sparekey.gateways.wires._over_http.meaning import plain_code, throttled, unless_success
from sparekey.gateways.wires._over_http.numbers import bare, life
from sparekey.kit import gsm7

_LONGEST_CALLBACK = 100
_TAKEN, _THROTTLED, _INTERNAL = "0", "1", "5"
#: Credentials, a barred or empty account, a bad signature, a sender that is not ours.
_OURS = frozenset({"4", "8", "9", "14", "15", "29"})


def write(message: Outgoing, rest: str, signed_in: Mapping[str, str], hook_url: str) -> Call:
    """The request; `ttl` is in milliseconds here."""
    fields = {
        "from": bare(message.sender),
        "to": bare(message.to),
        "text": message.text,
        "type": "text" if gsm7.is_gsm7(message.text) else "unicode",
        "ttl": str(1000 * life(message, least=20, most=604_800)),
        "client-ref": str(message.id),
        "status-report-req": "1",
    }
    if 0 < len(hook_url) <= _LONGEST_CALLBACK:
        fields["callback"] = hook_url
    return form(f"{rest}/sms/json", fields, signed_in)


def accepted(answer: Answer, message: Outgoing) -> Accepted:
    """What the parts came to: all of them, none, or some, which is neither."""
    unless_success(answer, message)
    parts = answer.document.items("/messages")
    statuses = {part.text("/status") for part in parts}
    if not parts or "" in statuses:
        raise Unsure(f"{answer.status} and no status")
    if statuses == {_TAKEN}:
        return Accepted(parts[0].text("/message-id") or None)
    if _TAKEN in statuses:
        raise Unsure("only some parts were taken")
    raise _failure(sorted(statuses)[0], answer, message)


def _failure(status: str, answer: Answer, message: Outgoing) -> WireFailure:
    reason = f"{answer.status} status {plain_code(status)}"
    if status == _THROTTLED:
        return throttled(answer, message, status)
    if status in _OURS:
        return Misconfigured(reason)
    return Unsure(reason) if status == _INTERNAL else Refused(reason)
