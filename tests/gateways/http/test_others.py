"""Sinch, MessageBird, Infobip, Plivo, Meta, Kannel: what is asked, and callbacks that are proven by
the providers' own libraries where they publish one."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

import jwt
import pytest
from messagebird.error import ValidationError  # pyright: ignore[reportMissingTypeStubs]
from messagebird.request_validator import (  # pyright: ignore[reportMissingTypeStubs]
    RequestValidator,
)
from plivo.utils.signature_v3 import (  # pyright: ignore[reportMissingTypeStubs]
    construct_get_url,
    construct_post_url,
    get_signature_v3,
    validate_v3_signature,
)

from sparekey.gateways import (
    KINDS,
    Forged,
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


async def asked(kind: str, provider: PlayedProvider, told: Any = None, **changes: Any) -> Asked:
    """What a message makes of a request; `told` changes settings."""
    provider.answers = [OF[kind].taken]
    await OF[kind].wire(provider.url, **(told or {})).send(OF[kind].outgoing(id=OURS, **changes))
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


BODY = b'{"type": "mo_text"}'


def of_sinch(body: bytes, *, secret: str = "hush", at: int = 0, **changes: str) -> Raw:
    """A callback as Sinch signs one, by the standard library alone."""
    seconds = str(int(AT.timestamp()) + at)
    made = hmac.new(secret.encode(), BODY + f".n1.{seconds}".encode(), "sha256").digest()
    headers = {
        "x_sinch_webhook_signature": base64.b64encode(made).decode(),
        "x_sinch_webhook_signature_nonce": "n1",
        "x_sinch_webhook_signature_timestamp": seconds,
        **changes,
    }
    return json_raw(body, **headers)


async def test_sinch_is_believed_by_its_signature_of_now():
    told = {**SINCH, "webhook_secret": "hush"}
    await heard("sinch").verify(told, of_sinch(BODY))

    assert (heard("sinch").is_signed(told), heard("sinch").is_signed(SINCH)) == (True, False)
    for forged in (
        json_raw(BODY),
        of_sinch(BODY + b" "),
        of_sinch(BODY, secret="other"),
        of_sinch(BODY, at=301),
        of_sinch(BODY, at=-301),
        of_sinch(BODY, x_sinch_webhook_signature_nonce="n2"),
    ):
        with pytest.raises(Forged):
            await heard("sinch").verify(told, forged)


SIGNING = "signing-key-of-at-least-32-characters"
SIGNED_BIRD = {**MESSAGEBIRD, "signing_key": SIGNING}
RECEIPT = "?" + urlencode({
    "id": "e8077d80", "reference": str(OURS), "recipient": "447700900123", "status": "delivered",
    "statusErrorCode": "", "statusDatetime": "2026-03-04T12:00:00+00:00",
})  # fmt: skip


def token(query: str, body: bytes = b"", *, key: str = SIGNING, **claims: Any) -> str:
    """A token as MessageBird makes one."""
    import time

    now = int(time.time())
    made = {
        "iss": "MessageBird", "nbf": now - 1, "exp": now + 60, "jti": "1",
        "url_hash": hashlib.sha256((HOOK + query).encode()).hexdigest(), **claims,
    }  # fmt: skip
    if body:
        made["payload_hash"] = hashlib.sha256(body).hexdigest()
    return jwt.encode({k: v for k, v in made.items() if v is not None}, key, "HS256")


def of_bird(query: str, made: str, body: bytes = b"") -> Raw:
    """A callback with a token, which comes now: its library reads the clock."""
    from datetime import UTC, datetime

    method = "POST" if body else "GET"
    return raw(body, query=query, method=method, at=datetime.now(UTC),
               messagebird_signature_jwt=made)  # fmt: skip


@pytest.mark.parametrize(
    ("came", "is_good"),
    [
        ((RECEIPT, token(RECEIPT), b""), True),
        (("", token("", BODY), BODY), True),
        ((RECEIPT, token(RECEIPT, key="another-key-of-at-least-32-characters"), b""), False),
        ((RECEIPT + "&x=1", token(RECEIPT), b""), False),
        ((RECEIPT, token(RECEIPT, iss="Bird"), b""), False),
        ((RECEIPT, token(RECEIPT, exp=None), b""), False),
        ((RECEIPT, token(RECEIPT, exp=int(AT.timestamp()) - 900), b""), False),
        (("", token("", BODY), BODY + b" "), False),
        (("", token("", BODY), b""), False),
        (("", token(""), BODY), False),
    ],
)
async def test_messagebird_is_believed_when_its_own_library_believes_it(
    came: tuple[str, str, bytes], is_good: bool
):
    query, made, body = came
    library: Any = RequestValidator(SIGNING)
    try:
        library.validate_signature(made, HOOK + query, body)
    except ValidationError:
        assert not is_good
    else:
        assert is_good
    if is_good:
        await heard("messagebird").verify(SIGNED_BIRD, of_bird(query, made, body))
    else:
        with pytest.raises(Forged):
            await heard("messagebird").verify(SIGNED_BIRD, of_bird(query, made, body))


FIELDS = "MessageUUID=db3ce55a&Status=delivered&To=447700900123&From=447700900001&Units=1&TotalAmount=0.0055"


def of_plivo(query: str, encoded: str, *, key: str = "hush", nonce: str = "12345") -> Raw:
    """A callback as Plivo's library signs one."""
    fields: Any = {}
    for name, text in parse_qsl(encoded, keep_blank_values=True):
        fields.setdefault(name, []).append(text)
    sign: Any = get_signature_v3
    base: Any = construct_post_url(HOOK + query, fields) if encoded else construct_get_url(HOOK + query, {})  # fmt: skip
    made = sign(key.encode(), base.decode(), nonce.encode()).decode()
    return form_raw(
        encoded, query=query, x_plivo_signature_v3=f"other,{made}",
        x_plivo_signature_v3_nonce=nonce,
    )  # fmt: skip


@pytest.mark.parametrize("query", ["", "?b=2&a=1&a=0", "?empty="])
@pytest.mark.parametrize("encoded", [FIELDS, f"{FIELDS}&Text=Ja+%F0%9F%91%8D&Twice=b&Twice=a", ""])
async def test_plivo_is_believed_by_its_signature(query: str, encoded: str):
    good = of_plivo(query, encoded)
    validate: Any = validate_v3_signature
    fields: Any = {k: v for k, v in parse_qsl(encoded, keep_blank_values=True)}
    is_plain = "Twice" not in encoded
    method = "POST" if encoded else "GET"
    await heard("plivo").verify(PLIVO, good)

    assert not is_plain or validate(
        method, HOOK + query, "12345", "hush", good.header("x-plivo-signature-v3"), fields
    )


@pytest.mark.parametrize(
    "forged",
    [
        form_raw(FIELDS),
        form_raw(FIELDS, x_plivo_signature_v3="", x_plivo_signature_v3_nonce="1"),
        of_plivo("", FIELDS, key="other"),
        form_raw(FIELDS + "&More=1", x_plivo_signature_v3_nonce="12345",
                 x_plivo_signature_v3=of_plivo("", FIELDS).header("x-plivo-signature-v3") or ""),
        form_raw(FIELDS, x_plivo_signature_v3_nonce="54321",
                 x_plivo_signature_v3=of_plivo("", FIELDS).header("x-plivo-signature-v3") or ""),
        form_raw(FIELDS + "&a=%ff", x_plivo_signature_v3="a", x_plivo_signature_v3_nonce="1"),
    ],
)  # fmt: skip
async def test_what_plivo_did_not_sign_is_forged(forged: Raw):
    with pytest.raises(Forged):
        await heard("plivo").verify(PLIVO, forged)


def of_meta(body: bytes, secret: str = "secret") -> Raw:
    """A callback as Meta signs one, by the standard library alone."""
    made = hmac.new(secret.encode(), body, "sha256").hexdigest()
    return json_raw(body, x_hub_signature_256=f"sha256={made}")


def first_look(**changes: str) -> Raw:
    """Meta's first request."""
    asked = {
        "hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "agreed",
        **{name.replace("_", ".", 1): text for name, text in changes.items()},
    }  # fmt: skip
    return raw(query=f"?{urlencode(asked)}", method="GET")


async def test_meta_is_believed_by_its_signature_and_answered_at_its_first_look():
    await heard("meta").verify(META, of_meta(b"{}"))
    await heard("meta").verify(META, first_look())
    told = heard("meta").reply(META, first_look())
    script = heard("meta").reply(META, first_look(hub_challenge="<script>"))

    assert told == Reply(200, "text/plain", b"1158201444")
    assert script.body == b""
    assert heard("meta").read(META, first_look()) == []


@pytest.mark.parametrize(
    "forged",
    [
        json_raw(b"{}"),
        of_meta(b"{}", "other"),
        json_raw(b"{ }", x_hub_signature_256=of_meta(b"{}").header("x-hub-signature-256") or ""),
        json_raw(b"{}", x_hub_signature_256=(of_meta(b"{}").header("x-hub-signature-256") or "")[7:]),
        first_look(hub_verify_token="other"),
        first_look(hub_mode="unsubscribe"),
        raw(method="GET"),
        raw(query="?hub.mode=subscribe&hub.verify_token=agreed&hub.verify_token=x", method="GET"),
    ],
)
async def test_what_meta_did_not_sign_is_forged(forged: Raw):
    with pytest.raises(Forged):
        await heard("meta").verify(META, forged)


async def test_infobip_and_kannel_prove_nothing_and_say_so():
    for kind in ("infobip", "kannel"):
        await heard(kind).verify(VALUES[kind], json_raw(b"{}"))
        assert not heard(kind).is_signed(VALUES[kind])


def meta_says(**value: Any) -> Raw:
    """A callback of WhatsApp."""
    value["metadata"] = {"display_phone_number": "447700900001", "phone_number_id": "1"}
    change = {"field": "messages", "value": {"messaging_product": "whatsapp", **value}}
    content = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}
    return json_raw(json.dumps(content))


SINCH_RECEIPT = {
    "type": "recipient_delivery_report_sms", "batch_id": "01FC", "recipient": "447700900123",
    "code": 400, "status": "Delivered", "at": "2026-03-04T12:00:00.000Z",
    "client_reference": str(OURS), "number_of_message_parts": 1,
}  # fmt: skip
INFOBIP_RECEIPTS = {
    "results": [
        {
            "bulkId": "b", "messageId": str(OURS), "to": "447700900123", "messageCount": 2,
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
        [Report(Outcome.DELIVERED, "db3ce55a", price=Decimal("0.0055"), currency="USD", parts=1)],
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
    ("kannel", raw(query=f"?message={OURS}&type=1", method="GET"), [Report(Outcome.DELIVERED, id=OURS)]),
    ("kannel", raw(query=f"?message={OURS}&type=16", method="GET"), [Report(Outcome.FAILED, id=OURS)]),
    ("kannel", raw(query=f"?message={OURS}&type=4", method="GET"), []),
    (
        "kannel",
        raw(query="?from=%2B447700900123&to=12345&text=NO&id=u", method="GET"),
        [Incoming("sms", "+447700900123", "12345", "NO", "u")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "came", "said"), READ)
def test_what_a_provider_tells_is_read(kind: str, came: Raw, said: list[Heard]):
    assert heard(kind).read(VALUES[kind], came) == said


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize(
    "came", [json_raw(b"{"), json_raw(b"{}"), json_raw(b"[1]"), form_raw("a=%ff"), raw(method="GET")]
)
def test_what_no_provider_tells_is_unreadable(kind: str, came: Raw):
    if kind == "meta" and came.method == "GET":
        assert heard(kind).read(VALUES[kind], came) == []
        return
    with pytest.raises(Unreadable):
        heard(kind).read(VALUES[kind], came)


def test_kannel_is_answered_with_nothing_that_it_could_text():
    assert heard("kannel").reply(KANNEL, raw(method="GET")) == Reply(200)
