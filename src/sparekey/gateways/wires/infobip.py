"""Infobip: texts by version 3 of its SMS API. It does not sign callbacks: the hook's secret path is
all that shows whose they are."""

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
    Report,
    Setting,
    Unreadable,
    Unsure,
    Values,
)
from sparekey.gateways.wires._over_http import Answer, Call, Dialect, Document, Told, over_http
from sparekey.gateways.wires._over_http.calls import json_call
from sparekey.gateways.wires._over_http.meaning import plain_code, unless_success
from sparekey.gateways.wires._over_http.numbers import (
    bare,
    count,
    currency,
    e164,
    life,
    moment,
    money,
    ours,
)

_TAKEN = frozenset({"PENDING", "DELIVERED", "ACCEPTED"})
_NEVER = frozenset({"REJECTED", "UNDELIVERABLE", "EXPIRED"})
#: The account or the sender is at fault, not the recipient.
_OURS = frozenset({"REJECTED_NOT_ENOUGH_CREDITS", "REJECTED_SENDER", "REJECTED_ACCOUNT_SUSPENDED"})
_OUTCOMES = {
    "DELIVERED": Outcome.DELIVERED,
    "UNDELIVERABLE": Outcome.UNDELIVERED,
    "EXPIRED": Outcome.EXPIRED,
    "REJECTED": Outcome.FAILED,
}
_SETTINGS = (
    Setting("api", "the address of your own API, as in https://abcde.api.infobip.com"),
    Setting("key", "the API key", is_secret=True),
)


def _speaks(told: Told, hook_url: str) -> Dialect:
    api = told.address("api")
    headers = {"authorization": f"App {told.secret('key').reveal()}", "accept": "application/json"}

    def write(message: Outgoing) -> Call:
        validity = {"amount": life(message, least=60, most=172_800), "timeUnit": "SECONDS"}
        content: dict[str, object] = {
            "sender": bare(message.sender),
            "destinations": [{"to": bare(message.to), "messageId": str(message.id)}],
            "content": {"text": message.text},
            "options": {"validityPeriod": validity},
        }
        if hook_url:
            delivery = {"url": hook_url, "intermediateReport": False}
            content["webhooks"] = {"delivery": delivery, "contentType": "application/json"}
        return json_call(f"{api}/sms/3/messages", {"messages": [content]}, headers)

    return Dialect(write, _accepted, lambda: Call("HEAD", f"{api}/"))


def _accepted(answer: Answer, message: Outgoing) -> Accepted:
    """A 200 holds what became of each recipient: ours is the only one."""
    said = answer.document
    unless_success(answer, message, said.text("/errorCode"))
    name, status = said.text("/messages/0/messageId"), said.text("/messages/0/status/name")
    group = said.text("/messages/0/status/groupName")
    if status in _OURS:
        raise Misconfigured(f"{answer.status} {plain_code(status)}")
    if group in _NEVER:
        raise Refused(f"{answer.status} {plain_code(status)}")
    if group not in _TAKEN or not name:
        raise Unsure(f"{answer.status} without a status")
    return Accepted(name)


async def _verify(_values: Values, _raw: Raw) -> None:
    """Nothing proves it."""


def _read(_values: Values, raw: Raw) -> Sequence[Heard]:
    """A batch: receipts or messages."""
    said = Document.of_raw(raw)
    if not said.has("/results"):
        raise Unreadable("there are no results")
    found = [_one(one) for one in said.items("/results")]
    return [one for one in found if one is not None]


def _one(said: Document) -> Heard | None:
    ref = said.text("/messageId")
    if not ref:
        raise Unreadable("a result names no message")
    if not said.has("/status"):
        sender, to = e164(said.text("/from")), e164(said.text("/to"))
        return Incoming(
            "sms", sender, to, said.text("/text"), ref, moment(said.text("/receivedAt"))
        )
    outcome = _OUTCOMES.get(said.text("/status/groupName"))
    if outcome is None:
        return None
    price = money(said.text("/price/pricePerMessage"))
    return Report(
        outcome, ref, ours(ref), moment(said.text("/doneAt")),
        reason=plain_code(said.text("/error/name") or said.text("/error/id")),
        price=price, currency=currency(said.text("/price/currency")),
        parts=count(said.text("/messageCount")),
    )  # fmt: skip


wire = over_http(
    ("sms",), _SETTINGS, _speaks, Hears(_verify, _read, is_signed=lambda _values: False)
)
