"""Vonage: what is asked of it, callbacks proven by its own libraries, and its calls."""

from decimal import Decimal
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from vonage_http_client.auth import Auth  # pyright: ignore[reportMissingTypeStubs]
from vonage_jwt.verify_jwt import verify_signature  # pyright: ignore[reportMissingTypeStubs]

from sparekey.gateways import (
    Forged,
    Heard,
    Incoming,
    Misconfigured,
    Outcome,
    Raw,
    Refused,
    Report,
    Unreadable,
    UnusableSettings,
)
from sparekey.gateways.wires.vonage import wire
from tests.gateways.http.cases import AT, CODE, HOOK, TEXT, form_raw, heard, json_raw, raw
from tests.gateways.http.provider import PlayedProvider, Said
from tests.gateways.http.providers.vonage import (
    APPLICATION,
    OF_APPLICATION,
    PROVIDERS,
    VALUES,
    private_key,
)
from tests.gateways.http.providers.vonage import (
    UUID as NAME,
)
from tests.gateways.letters import ed25519_key

TEXTS, WHATSAPP, RCS, CALLS = PROVIDERS
SECRET = "signature-secret-of-32-characters"
OTHER = "another-secret-of-32-characters--"
SIGNED = {**VALUES, "signature_secret": SECRET}
OURS = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


async def test_a_text_lives_as_long_as_its_code_in_milliseconds(provider: PlayedProvider):
    provider.answers = [TEXTS.taken]
    outgoing = TEXTS.outgoing()
    await TEXTS.wire(provider.url).send(outgoing)

    assert provider.asked[0].path == "/sms/json"
    assert provider.asked[0].form == {
        "from": "447700900001",
        "to": "447700900123",
        "text": TEXT,
        "type": "text",
        "ttl": "600000",
        "client-ref": str(outgoing.id),
        "status-report-req": "1",
        "callback": HOOK,
    }


async def test_a_text_beyond_the_gsm_alphabet_says_so(provider: PlayedProvider):
    provider.answers = [TEXTS.taken]
    await TEXTS.wire(provider.url).send(TEXTS.outgoing(text="رمزك 1234 5678"))

    assert provider.asked[0].form["type"] == "unicode"


async def test_a_text_may_go_by_the_other_api(provider: PlayedProvider):
    provider.answers = [WHATSAPP.taken]
    accepted = await TEXTS.wire(provider.url, texts="messages").send(TEXTS.outgoing())
    content = provider.asked[0].json

    assert accepted.ref == NAME
    assert provider.asked[0].path == "/v1/messages"
    assert (content["channel"], content["ttl"], content["text"]) == ("sms", 600, TEXT)
    assert content["webhook_url"] == HOOK


async def test_whatsapp_gets_the_approved_form_and_the_code(provider: PlayedProvider):
    provider.answers = [WHATSAPP.taken]
    one = WHATSAPP.wire(provider.url, whatsapp_template="acme:code")
    await one.send(WHATSAPP.outgoing(locale="es-MX"))
    content = provider.asked[0].json

    assert content["message_type"] == "template"
    assert content["template"] == {"name": "acme:code", "parameters": [CODE]}
    assert content["whatsapp"]["locale"] == "es_MX"


async def test_an_application_signs_in_with_a_token_of_its_own(provider: PlayedProvider):
    provider.answers = [RCS.taken]
    await RCS.wire(provider.url).send(RCS.outgoing())
    token = provider.asked[0].headers["authorization"].removeprefix("Bearer ")
    key = load_pem_private_key(private_key().encode(), None)
    assert isinstance(key, RSAPrivateKey)
    claims = jwt.decode(token, key.public_key(), ["RS256"])

    assert claims["application_id"] == APPLICATION
    assert claims["exp"] - claims["iat"] == 900


@pytest.mark.parametrize(
    ("locale", "language", "digits"),
    [
        ("en", "en-US", "1, 2, 3, 4, 5, 6, 7, 8."),
        ("de-AT", "de-DE", "1, 2, 3, 4, 5, 6, 7, 8."),
        ("fr", "fr-FR", "1, 2, 3, 4, 5, 6, 7, 8."),
        ("es", "es-ES", "1, 2, 3, 4, 5, 6, 7, 8."),
        ("ar", "ar", "1، 2، 3، 4، 5، 6، 7، 8."),
        ("nl", "en-US", "1, 2, 3, 4, 5, 6, 7, 8."),
    ],
)
async def test_a_call_waits_for_a_key_and_says_the_code_twice(
    provider: PlayedProvider, locale: str, language: str, digits: str
):
    provider.answers = [CALLS.taken]
    await CALLS.wire(provider.url).send(CALLS.outgoing(locale=locale))
    content = provider.asked[0].json
    asks, waits, says, ends = content["ncco"]

    assert [one["action"] for one in content["ncco"]] == ["talk", "input", "talk", "talk"]
    assert {one["language"] for one in (asks, says, ends)} == {language}
    assert waits["dtmf"] == {"maxDigits": 1, "timeOut": 10}
    assert says["text"].count(digits) == 2
    assert not any(sign.isdigit() for sign in asks["text"] + ends["text"])
    assert (waits["eventUrl"], content["machine_detection"]) == ([HOOK], "hangup")


@pytest.mark.parametrize(
    ("code", "failure", "values"),
    [("", Refused, OF_APPLICATION), (CODE, Misconfigured, VALUES)],
)
async def test_a_call_needs_a_code_and_an_application(
    provider: PlayedProvider, code: str, failure: type[Exception], values: dict[str, str]
):
    without = {name: values.get(name, "") for name in ("application", "private_key")}
    with pytest.raises(failure):
        await CALLS.wire(provider.url, **without).send(CALLS.outgoing(code=code))

    assert provider.asked == []


PRESSED = {"dtmf": {"digits": "1", "timed_out": False}, "uuid": NAME}
SILENT = {"dtmf": {"digits": "", "timed_out": True}, "uuid": NAME}


@pytest.mark.parametrize("silent", [SILENT, {"dtmf": "", "timed_out": True, "uuid": NAME}])
def test_a_call_goes_on_behind_a_key_only_and_no_answer_of_ours_holds_a_code(silent: object):
    goes_on = heard("vonage").reply(VALUES, json_raw(msgspec.json.encode(PRESSED)))
    ends = heard("vonage").reply(VALUES, json_raw(msgspec.json.encode(silent)))
    event = heard("vonage").reply(VALUES, json_raw(b'{"uuid": "1", "status": "ringing"}'))
    garbage = heard("vonage").reply(VALUES, json_raw(b"{"))

    assert (goes_on.status, goes_on.body) == (204, b"")
    assert msgspec.json.decode(ends.body) == [{"action": "wait", "timeout": 0.1}]
    assert (ends.status, ends.media_type) == (200, "application/json")
    assert (event.body, garbage.body) == (b"", b"")


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "a b"},
        {"application": APPLICATION},
        {"application": "1", "private_key": private_key()},
        {"application": APPLICATION, "private_key": "none"},
        {"application": APPLICATION, "private_key": ed25519_key()},
        {"texts": "rcs"},
        {"signature_method": "md5hash"},
        {"rest": "ftp://rest.nexmo.example"},
    ],
)
def test_settings_that_cannot_work_are_refused(changes: dict[str, str]):
    with pytest.raises(UnusableSettings):
        wire.check({**VALUES, **changes})


def token(body: bytes, *, key: str = SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    """A token as Vonage makes one for a body."""
    now = int(AT.timestamp())
    made = {
        "iat": now,
        "jti": "1",
        "iss": "Vonage",
        "api_key": "abcd1234",
        "payload_hash": sha256(body).hexdigest(),
        **claims,
    }
    return jwt.encode(made, key, algorithm)


BODY = msgspec.json.encode({"message_uuid": NAME, "status": "delivered"})


async def test_a_token_for_the_body_is_believed_and_vonage_makes_it_so():
    made = token(BODY)
    await heard("vonage").verify(SIGNED, json_raw(BODY, authorization=f"Bearer {made}"))

    assert verify_signature(made, SECRET)


@pytest.mark.parametrize(
    "forged",
    [
        json_raw(BODY),
        json_raw(BODY, authorization="Bearer "),
        json_raw(BODY, authorization="Basic abc"),
        json_raw(BODY, authorization="Bearer a.b.c"),
        json_raw(BODY, authorization=f"Bearer {token(BODY, key=OTHER)}"),
        json_raw(BODY, authorization=f"Bearer {token(BODY + b' ')}"),
        json_raw(BODY, authorization=f"Bearer {token(BODY, payload_hash=None)}"),
        json_raw(BODY, authorization=f"Bearer {token(BODY, exp=int(AT.timestamp()) - 900)}"),
        json_raw(BODY, authorization=f"Bearer {token(BODY, nbf=int(AT.timestamp()) + 900)}"),
        json_raw(BODY, authorization=f"Bearer {token(BODY, algorithm='none', key='')}"),
        json_raw(BODY, authorization=f"Bearer {token(BODY, algorithm='HS512')}"),
        raw(query=f"?message_uuid={NAME}", method="GET", authorization=f"Bearer {token(b'')}"),
        Raw("POST", HOOK, (("authorization", f"Bearer {token(BODY)}"),) * 2, BODY, AT),
    ],
)
async def test_what_no_token_vouches_for_is_forged(forged: Raw):
    with pytest.raises(Forged):
        await heard("vonage").verify(SIGNED, forged)


RECEIPT = {
    "msisdn": "447700900123",
    "to": "Acme",
    "messageId": "0A00000001",
    "status": "delivered",
    "err-code": "0",
    "price": "0.03330000",
    "client-ref": str(OURS),
    "message-timestamp": "2026-03-04 12:00:01",
    "timestamp": str(int(AT.timestamp())),
    "nonce": "a&b=c",
}


def sig(fields: dict[str, str], method: Any = "sha256", secret: str = SECRET) -> dict[str, str]:
    """The fields with `sig`, as Vonage's library makes it."""
    made: Any = Auth(api_key="a", api_secret="b", signature_secret=secret, signature_method=method)
    return {**fields, "sig": made.sign_params(dict(fields))}


@pytest.mark.parametrize("method", ["sha256", "sha512", "sha1", "md5"])
async def test_fields_are_proven_by_their_sig_however_they_come(method: str):
    told = {**SIGNED, "signature_method": method}
    encoded = urlencode(sig(RECEIPT, method))
    shouted = encoded.partition("&sig=")
    await heard("vonage").verify(told, form_raw(encoded))
    await heard("vonage").verify(told, form_raw(f"{shouted[0]}&sig={shouted[2].upper()}"))
    await heard("vonage").verify(told, raw(query=f"?{encoded}", method="GET"))
    await heard("vonage").verify(told, json_raw(msgspec.json.encode(sig(RECEIPT, method))))

    with pytest.raises(Forged):
        await heard("vonage").verify(told, form_raw(encoded.replace("delivered", "failed")))


@pytest.mark.parametrize(
    "encoded",
    [
        urlencode(RECEIPT),
        urlencode(sig(RECEIPT, secret="another secret")),
        urlencode(sig(RECEIPT)) + "&status=failed",
        urlencode({**sig(RECEIPT), "more": "1"}),
        urlencode({**RECEIPT, "sig": ""}),
    ],
)
async def test_fields_without_their_sig_are_forged(encoded: str):
    with pytest.raises(Forged):
        await heard("vonage").verify(SIGNED, form_raw(encoded))


async def test_without_the_secret_nothing_is_proven_and_it_says_so():
    await heard("vonage").verify(VALUES, form_raw(urlencode(RECEIPT)))

    assert not heard("vonage").is_signed(VALUES)
    assert heard("vonage").is_signed(SIGNED)


def of_messages(**changes: Any) -> Raw:
    """A callback of the Messages API."""
    content = {
        "message_uuid": NAME,
        "to": "447700900123",
        "from": "447700900001",
        "timestamp": "2026-03-04T12:00:00.000Z",
        "channel": "whatsapp",
        **changes,
    }
    return json_raw(msgspec.json.encode(content))


def test_prices_of_the_sms_api_are_in_what_the_account_is_billed_in():
    [said] = heard("vonage").read({**VALUES, "currency": "USD"}, form_raw(urlencode(RECEIPT)))

    assert isinstance(said, Report)
    assert (said.price, said.currency) == (Decimal("0.0333"), "USD")


def test_receipts_of_both_apis_are_read():
    of_sms = heard("vonage").read(VALUES, form_raw(urlencode(RECEIPT)))
    usage = {"usage": {"price": "0.0333", "currency": "EUR"}, "client_ref": str(OURS)}
    read = heard("vonage").read(VALUES, of_messages(status="read", **usage))
    error = {"type": "https://…", "title": "1300", "detail": "Not part of the provider network"}
    rejected = heard("vonage").read(VALUES, of_messages(status="rejected", error=error))

    assert of_sms == [
        Report(Outcome.DELIVERED, "0A00000001", OURS, reason="0",
               price=Decimal("0.0333"),
               currency="EUR")
    ]  # fmt: skip
    assert isinstance(read[0], Report)
    assert (read[0].outcome, read[0].id, str(read[0].price)) == (Outcome.DELIVERED, OURS, "0.0333")
    assert read[0].at == AT
    assert isinstance(rejected[0], Report)
    assert (rejected[0].outcome, rejected[0].reason) == (Outcome.FAILED, "1300")


def test_messages_of_both_apis_are_read():
    inbound = {"msisdn": "447700900123", "to": "12345", "messageId": "0B1", "text": "NO",
               "type": "text"}  # fmt: skip
    of_sms = heard("vonage").read(VALUES, raw(query=f"?{urlencode(inbound)}", method="GET"))
    whatsapp = heard("vonage").read(VALUES, of_messages(text="NEIN", message_type="text"))

    assert of_sms == [Incoming("sms", "+447700900123", "12345", "NO", "0B1")]
    assert whatsapp == [Incoming("whatsapp", "+447700900001", "+447700900123", "NEIN", NAME, AT)]


CALL_EVENTS: list[tuple[object, list[Heard]]] = [
    (PRESSED, [Report(Outcome.DELIVERED, NAME)]),
    (SILENT, [Report(Outcome.UNDELIVERED, NAME)]),
    ({"uuid": NAME, "status": "busy"}, [Report(Outcome.UNDELIVERED, NAME)]),
    ({"uuid": NAME, "status": "machine"}, [Report(Outcome.UNDELIVERED, NAME)]),
    ({"uuid": NAME, "status": "ringing"}, []),
    ({"uuid": NAME, "status": "completed"}, []),
]


@pytest.mark.parametrize(("event", "said"), CALL_EVENTS)
def test_a_call_counts_as_delivered_once_a_key_was_pressed(event: object, said: list[Heard]):
    assert heard("vonage").read(VALUES, json_raw(msgspec.json.encode(event))) == said


@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b'"text"', b'{"status": "delivered"}'])
def test_what_is_no_callback_of_vonage_is_unreadable(body: bytes):
    with pytest.raises(Unreadable):
        heard("vonage").read(VALUES, json_raw(body))


async def test_a_balance_that_may_be_asked_for_shows_that_we_are_let_in(provider: PlayedProvider):
    provider.answers = [Said.json({"value": 3.14}), Said(401)]
    assert wire.examine is not None
    told = TEXTS.told(provider.url)
    good = [one async for one in wire.examine(told)]
    bad = [one async for one in wire.examine(told)]

    assert good[0].advice is None
    assert "signed in" in good[0].about
    assert not good[1].was_checked  # nobody proves callbacks without the secret
    assert "401" in (bad[0].advice or "")
    assert provider.asked[0].path == "/account/get-balance"
