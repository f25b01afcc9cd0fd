"""Sinch, MessageBird, Infobip, Plivo, Meta, Kannel: whose a callback is, by the providers' own
libraries where they publish one."""

import base64
import hashlib
import hmac
import time
from datetime import UTC, datetime
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

import jwt
import pytest
from messagebird.error import ValidationError  # pyright: ignore[reportMissingTypeStubs]
from messagebird.request_validator import (  # pyright: ignore[reportMissingTypeStubs]
    RequestValidator,
)

from sparekey.gateways import Forged, Raw, Reply
from tests.gateways.http.cases import AT, HOOK, form_raw, heard, json_raw, raw
from tests.gateways.http.providers.others import INFOBIP, KANNEL, MESSAGEBIRD, META, PLIVO, SINCH

#: It has no types.
PLIVOS: Any = import_module("plivo.utils.signature_v3")
OURS = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
BODY = b'{"type": "mo_text"}'


def of_sinch(body: bytes, *, key: str = "hush", at: int = 0, **changes: str) -> Raw:
    """A callback as Sinch signs one, by the standard library alone."""
    seconds = str(int(AT.timestamp()) + at)
    made = hmac.new(key.encode(), BODY + f".n1.{seconds}".encode(), "sha256").digest()
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
        of_sinch(BODY, key="other"),
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
    now = int(time.time())
    made = {
        "iss": "MessageBird", "nbf": now - 1, "exp": now + 3600, "jti": "1",
        "url_hash": hashlib.sha256((HOOK + query).encode()).hexdigest(), **claims,
    }  # fmt: skip
    if body:
        made["payload_hash"] = hashlib.sha256(body).hexdigest()
    return jwt.encode({k: v for k, v in made.items() if v is not None}, key, "HS256")


def of_bird(query: str, made: str, body: bytes = b"") -> Raw:
    """A callback with a token, which comes now: its library reads the clock."""
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


FIELDS = (
    "MessageUUID=db3ce55a&Status=delivered&To=447700900123&From=447700900001&Units=1"
    "&TotalAmount=0.0055"
)


def of_plivo(query: str, encoded: str, *, key: str = "hush", nonce: str = "12345") -> Raw:
    """A callback as Plivo's library signs one."""
    fields: Any = {}
    for name, text in parse_qsl(encoded, keep_blank_values=True):
        fields.setdefault(name, []).append(text)
    sign: Any = PLIVOS.get_signature_v3
    url: Any = HOOK + query
    base: Any = (
        PLIVOS.construct_post_url(url, fields) if encoded else PLIVOS.construct_get_url(url, {})
    )
    made = sign(key.encode(), base.decode(), nonce.encode()).decode()
    return form_raw(
        encoded, query=query, x_plivo_signature_v3=f"other,{made}",
        x_plivo_signature_v3_nonce=nonce,
    )  # fmt: skip


@pytest.mark.parametrize("query", ["", "?b=2&a=1&a=0", "?empty="])
@pytest.mark.parametrize("encoded", [FIELDS, f"{FIELDS}&Text=Ja+%F0%9F%91%8D&Twice=b&Twice=a", ""])
async def test_plivo_is_believed_by_its_signature(query: str, encoded: str):
    good = of_plivo(query, encoded)
    validate: Any = PLIVOS.validate_v3_signature
    fields: Any = dict(parse_qsl(encoded, keep_blank_values=True))
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


def of_meta(body: bytes, key: str = "secret") -> Raw:
    """A callback as Meta signs one, by the standard library alone."""
    made = hmac.new(key.encode(), body, "sha256").hexdigest()
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
        json_raw(
            b"{}", x_hub_signature_256=(of_meta(b"{}").header("x-hub-signature-256") or "")[7:]
        ),
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
    for kind, told in (("infobip", INFOBIP), ("kannel", KANNEL)):
        await heard(kind).verify(told, json_raw(b"{}"))
        assert not heard(kind).is_signed(told)
