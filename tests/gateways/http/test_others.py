"""Sinch, MessageBird, Infobip, Plivo, Meta, Kannel: what is asked of them, and what they tell."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest

from sparekey.gateways import (
    KINDS,
    Heard,
    Incoming,
    Outcome,
    Raw,
    Reply,
    Report,
    Unreadable,
    UnusableSettings,
)
from tests.gateways.http.cases import AT, CODE, HOOK, TEXT, form_raw, heard, json_raw, raw
from tests.gateways.http.provider import Asked, PlayedProvider
from tests.gateways.http.providers.others import (
    INFOBIP,
    KANNEL,
    MESSAGEBIRD,
    META,
    OF,
    PLIVO,
    SINCH,
)

OURS = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
VALUES: dict[str, Mapping[str, str]] = {
    "sinch": SINCH,
    "messagebird": MESSAGEBIRD,
    "infobip": INFOBIP,
    "plivo": PLIVO,
    "meta": META,
    "kannel": KANNEL,
}


async def asked(
    kind: str, provider: PlayedProvider, told: Mapping[str, str] | None = None, **changes: Any
) -> Asked:
    """What a message makes of a request; `told` changes settings."""
    provider.answers = [OF[kind].taken]
    settings: Mapping[str, str] = told or {}
    await OF[kind].wire(provider.url, **settings).send(OF[kind].outgoing(id=OURS, **changes))
    return provider.asked[0]


async def test_sinch_is_asked_for_a_receipt_and_told_when_it_is_too_late(
    provider: PlayedProvider,
):
    found = await asked("sinch", provider)

    assert (found.path, found.headers["authorization"]) == ("/xms/v1/plan-1/batches", "Bearer hush")
    assert found.json == {
        "from": "447700900001",
        "to": ["447700900123"],
        "body": TEXT,
        "type": "mt_text",
        "delivery_report": "per_recipient",
        "client_reference": str(OURS),
        "expire_at": "2026-03-04T12:10:00Z",
        "callback_url": HOOK,
    }


async def test_messagebird_is_asked_for_a_receipt_and_told_how_long(provider: PlayedProvider):
    found = await asked("messagebird", provider)

    assert (found.path, found.headers["authorization"]) == ("/messages", "AccessKey live_hush")
    assert found.json == {
        "originator": "447700900001",
        "recipients": ["447700900123"],
        "body": TEXT,
        "reference": str(OURS),
        "validity": 600,
        "datacoding": "auto",
        "reportUrl": HOOK,
    }


async def test_infobip_is_asked_with_our_own_id(provider: PlayedProvider):
    found = await asked("infobip", provider)
    [one] = found.json["messages"]

    assert (found.path, found.headers["authorization"]) == ("/sms/3/messages", "App hush")
    assert one == {
        "sender": "447700900001",
        "destinations": [{"to": "447700900123", "messageId": str(OURS)}],
        "content": {"text": TEXT},
        "options": {"validityPeriod": {"amount": 600, "timeUnit": "SECONDS"}},
        "webhooks": {
            "delivery": {"url": HOOK, "intermediateReport": False},
            "contentType": "application/json",
        },
    }


async def test_plivo_is_asked_to_keep_no_copy(provider: PlayedProvider):
    found = await asked("plivo", provider)

    assert found.path == f"/v1/Account/{PLIVO['account']}/Message/"
    assert found.json == {
        "src": "+447700900001",
        "dst": "447700900123",
        "text": TEXT,
        "type": "sms",
        "log": "false",
        "message_expiry": 600,
        "url": HOOK,
        "method": "POST",
    }


async def test_meta_gets_the_approved_form_and_the_code(provider: PlayedProvider):
    found = await asked("meta", provider, {"template": "sign_in"}, locale="de")
    code = [{"type": "text", "text": CODE}]

    assert found.path == "/v23.0/106540352242922/messages"
    assert found.headers["authorization"] == "Bearer hush"
    assert found.json["template"] == {
        "name": "sign_in",
        "language": {"code": "de"},
        "components": [
            {"type": "body", "parameters": code},
            {"type": "button", "sub_type": "url", "index": "0", "parameters": code},
        ],
    }


async def test_meta_gets_the_text_where_no_form_was_approved(provider: PlayedProvider):
    found = await asked("meta", provider)

    assert found.json["text"] == {"preview_url": False, "body": TEXT}
    assert (found.json["to"], found.json["type"]) == ("447700900123", "text")


async def test_kannel_is_told_everything_but_the_text_in_headers(provider: PlayedProvider):
    found = await asked("kannel", provider, {"smsc": "main"}, text="رمزك 1234 5678")
    kannel = {k: v for k, v in found.headers.items() if k.startswith("x-kannel")}

    assert found.body.decode() == "رمزك 1234 5678"
    assert kannel == {
        "x-kannel-username": "recovery",
        "x-kannel-password": "hush",
        "x-kannel-from": "+447700900001",
        "x-kannel-to": "+447700900123",
        "x-kannel-coding": "2",
        "x-kannel-validity": "10",
        "x-kannel-smsc": "main",
        "x-kannel-dlr-mask": "27",
        "x-kannel-dlr-url": f"{HOOK}?message={OURS}&type=%d",
    }


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("sinch", {"plan": "../other"}),
        ("sinch", {"api": "http://eu.sms.api.sinch.example"}),
        ("infobip", {"api": "abcde.api.infobip.com"}),
        ("plivo", {"account": "lower"}),
        ("meta", {"number": "+447700900001"}),
        ("meta", {"version": "23"}),
        ("meta", {"button": "perhaps"}),
        ("kannel", {"url": "ftp://kannel.example/"}),
        ("kannel", {"password": "a\nb"}),
    ],
)
def test_settings_that_cannot_work_are_refused(kind: str, changes: dict[str, str]):
    told = OF[kind].told("https://provider.example", **changes)

    KINDS.get(kind).check(OF[kind].told("https://provider.example"))
    with pytest.raises(UnusableSettings):
        KINDS.get(kind).check(told)


RECEIPT = "?" + urlencode({
    "id": "e8077d80", "reference": str(OURS), "recipient": "447700900123", "status": "delivered",
    "statusErrorCode": "", "statusDatetime": "2026-03-04T12:00:00+00:00",
})  # fmt: skip
FIELDS = (
    "MessageUUID=db3ce55a&Status=delivered&To=447700900123&From=447700900001&Units=1"
    "&TotalAmount=0.0055"
)


def meta_says(**value: Any) -> Raw:
    """A callback of WhatsApp."""
    value["metadata"] = {"display_phone_number": "447700900001", "phone_number_id": "1"}
    change = {"field": "messages", "value": {"messaging_product": "whatsapp", **value}}
    content = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}
    return json_raw(json.dumps(content))


def of_kannel(kind: int) -> Raw:
    """A receipt of Kannel's."""
    return raw(query=f"?message={OURS}&type={kind}", method="GET")


SINCH_RECEIPT = {
    "type": "recipient_delivery_report_sms", "batch_id": "01FC", "recipient": "447700900123",
    "code": 400, "status": "Delivered", "at": "2026-03-04T12:00:00.000Z",
    "client_reference": str(OURS), "number_of_message_parts": 1,
}  # fmt: skip
INFOBIP_RECEIPTS = {
    "results": [
        {
            "bulkId": "b",
            "messageId": str(OURS),
            "to": "447700900123",
            "messageCount": 2,
            "doneAt": "2026-03-04T12:00:00.000+0000",
            "price": {"pricePerMessage": 0.01, "currency": "EUR"},
            "status": {"groupName": "DELIVERED", "name": "DELIVERED_TO_HANDSET"},
            "error": {"groupName": "OK", "id": 0, "name": "NO_ERROR", "permanent": False},
        },
        {"messageId": "m-2", "status": {"groupName": "UNDELIVERABLE"}, "error": {"id": 1}},
        {"messageId": "m-3", "status": {"groupName": "PENDING"}},
    ]
}
READ: list[tuple[str, Raw, list[Heard]]] = [
    (
        "sinch",
        json_raw(json.dumps(SINCH_RECEIPT)),
        [Report(Outcome.DELIVERED, "01FC", OURS, AT, reason="400", parts=1)],
    ),
    ("sinch", json_raw(json.dumps({**SINCH_RECEIPT, "status": "QUEUED"})), []),
    ("sinch", json_raw('{"type": "delivery_report_sms", "batch_id": "1"}'), []),
    (
        "sinch",
        json_raw('{"type": "mo_text", "id": "X", "from": "447700900123", "to": "12345",'
                 '"body": "NO", "received_at": "2026-03-04T12:00:00.000Z"}'),
        [Incoming("sms", "+447700900123", "12345", "NO", "X", AT)],
    ),
    (
        "messagebird",
        raw(query=RECEIPT, method="GET"),
        [Report(Outcome.DELIVERED, "e8077d80", OURS, AT)],
    ),
    (
        "messagebird",
        raw(query="?id=1&status=delivery_failed&statusErrorCode=103", method="GET"),
        [Report(Outcome.UNDELIVERED, "1", reason="103")],
    ),
    ("messagebird", raw(query="?id=1&status=scheduled", method="GET"), []),
    (
        "infobip",
        json_raw(json.dumps(INFOBIP_RECEIPTS)),
        [
            Report(Outcome.DELIVERED, str(OURS), OURS, AT, "NO_ERROR", Decimal("0.01"), "EUR", 2),
            Report(Outcome.UNDELIVERED, "m-2", reason="1"),
        ],
    ),
    (
        "infobip",
        json_raw('{"results": [{"messageId": "i", "from": "447700900123", "to": "12345",'
                 '"text": "NO", "cleanText": "NO"}], "messageCount": 1}'),
        [Incoming("sms", "+447700900123", "12345", "NO", "i")],
    ),
    (
        "plivo",
        form_raw(FIELDS),
        [Report(Outcome.DELIVERED, "db3ce55a", parts=1)],
    ),
    ("plivo", form_raw("MessageUUID=1&Status=queued"), []),
    (
        "plivo",
        form_raw("MessageUUID=1&From=447700900123&To=12345&Type=sms&Text=NO"),
        [Incoming("sms", "+447700900123", "12345", "NO", "1")],
    ),
    (
        "meta",
        meta_says(statuses=[
            {"id": "wamid.1", "status": "delivered", "timestamp": str(int(AT.timestamp()))},
            {"id": "wamid.2", "status": "failed", "errors": [{"code": 131026, "title": "…"}]},
            {"id": "wamid.3", "status": "new"},
        ]),
        [
            Report(Outcome.DELIVERED, "wamid.1", at=AT),
            Report(Outcome.FAILED, "wamid.2", reason="131026"),
        ],
    ),
    (
        "meta",
        meta_says(messages=[{"from": "447700900123", "id": "wamid.4", "type": "text",
                             "text": {"body": "NO"}}]),
        [Incoming("whatsapp", "+447700900123", "+447700900001", "NO", "wamid.4")],
    ),
    ("kannel", of_kannel(1), [Report(Outcome.DELIVERED, id=OURS)]),
    ("kannel", of_kannel(16), [Report(Outcome.FAILED, id=OURS)]),
    ("kannel", of_kannel(4), []),
    (
        "kannel",
        raw(query="?from=%2B447700900123&to=12345&text=NO&id=u", method="GET"),
        [Incoming("sms", "+447700900123", "12345", "NO", "u")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "came", "said"), READ)
def test_what_a_provider_tells_is_read(kind: str, came: Raw, said: list[Heard]):
    assert heard(kind).read(VALUES[kind], came) == said


def test_plivos_prices_count_once_it_is_said_what_they_are_in():
    [said] = heard("plivo").read({**PLIVO, "currency": "USD"}, form_raw(FIELDS))

    assert said == Report(
        Outcome.DELIVERED, "db3ce55a", price=Decimal("0.0055"), currency="USD", parts=1
    )


@pytest.mark.parametrize("kind", ["plivo", "vonage"])
def test_a_currency_is_one(kind: str):
    of_vonage = {"key": "abcd1234", "secret": "hush"}
    values = {**(PLIVO if kind == "plivo" else of_vonage), "currency": "euros"}
    with pytest.raises(UnusableSettings, match="currency takes three capital letters"):
        KINDS.get(kind).check(values)


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize(
    "came",
    [json_raw(b"{"), json_raw(b"{}"), json_raw(b"[1]"), form_raw("a=%ff"), raw(method="GET")],
)
def test_what_no_provider_tells_is_unreadable(kind: str, came: Raw):
    if kind == "meta" and came.method == "GET":
        assert heard(kind).read(VALUES[kind], came) == []
        return
    with pytest.raises(Unreadable):
        heard(kind).read(VALUES[kind], came)


def test_kannel_is_answered_with_nothing_that_it_could_text():
    assert heard("kannel").reply(KANNEL, raw(method="GET")) == Reply(200)
