"""Whatever comes to a hook is believed, forged, read or unreadable: nothing else happens."""

import asyncio
import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sparekey.gateways import KINDS, Forged, Hears, Incoming, Raw, Report, Unreadable, Values
from tests.gateways.http.cases import AT, HOOK, heard
from tests.gateways.http.providers import aws, configured, others, twilio, vonage

HEARS = {
    **configured.VALUES,
    "outcomes": "delivered /status=delivered\nsent /status",
    "outcome_ref": "/id",
    "incoming": "/from",
    "incoming_from": "/from",
    "incoming_items": "/messages",
    "signature": "hmac-sha256",
    "signature_secret": "hush",
    "signature_over": "{header:x-time}.{body}",
    "signature_time": "x-time",
}
KNOWN: dict[str, Values] = {
    "http": HEARS,
    "twilio": twilio.VALUES,
    "vonage": {**vonage.VALUES, "signature_secret": "hush"},
    "sinch": {**others.SINCH, "webhook_secret": "hush"},
    "messagebird": {**others.MESSAGEBIRD, "signing_key": "hush"},
    "infobip": others.INFOBIP,
    "plivo": others.PLIVO,
    "meta": others.META,
    "kannel": others.KANNEL,
    "aws": {**aws.KEYS, "topic": aws.TOPIC},
}
WORDS = [
    "type", "status", "id", "uuid", "dtmf", "digits", "messageId", "message_uuid", "results",
    "entry", "changes", "value", "statuses", "messages", "errors", "Type", "Message", "TopicArn",
    "SigningCertURL", "MessageUUID", "MessageSid", "MessageStatus", "from", "timestamp", "price",
    "usage", "sig", "hub.mode", "hub.challenge", "delivered", "mo_text", "Notification", "field",
    "recipient_delivery_report_sms", "message", "metadata", "SubscribeURL", "Signature", "CallSid",
    "CallStatus", "in-progress", "Digits",
]  # fmt: skip
WORD = st.sampled_from(WORDS) | st.text(max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORD,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORD, inner, max_size=6),
    max_leaves=20,
)
BODY = (
    st.binary(max_size=200)
    | JSON.map(lambda content: json.dumps(content).encode())
    | st.lists(st.tuples(WORD, WORD), max_size=6).map(
        lambda pairs: "&".join(f"{name}={text}" for name, text in pairs).encode("utf-8", "replace")
    )
)
HEADERS = [
    "content-type", "authorization", "x-twilio-signature", "x-sinch-webhook-signature",
    "x-sinch-webhook-signature-nonce", "x-sinch-webhook-signature-timestamp",
    "messagebird-signature-jwt", "x-plivo-signature-v3", "x-plivo-signature-v3-nonce",
    "x-hub-signature-256", "x-signature", "x-time",
]  # fmt: skip
VALUE = st.sampled_from(
    ["application/json", "application/x-www-form-urlencoded", "Bearer a.b.c", "0"]
) | st.text(st.characters(max_codepoint=255), max_size=40)
CAME = st.builds(
    Raw,
    st.sampled_from(["GET", "POST"]),
    st.text(st.characters(codec="utf-8", exclude_characters="#"), max_size=40).map(
        lambda query: f"{HOOK}?{query}"
    ),
    st.lists(st.tuples(st.sampled_from(HEADERS), VALUE), max_size=8).map(tuple),
    BODY,
    st.just(AT),
)
EXAMPLES = 150


def test_every_kind_that_hears_is_tried():
    hearing = {name for name in KINDS.names() if KINDS.get(name).hears is not None}

    assert hearing - KNOWN.keys() <= {"smpp", "smtp"}


async def _verified(hears: Hears, values: Values, came: Raw) -> None:
    await hears.verify(values, came)


@pytest.mark.parametrize("kind", KNOWN)
@given(came=CAME)
@settings(max_examples=EXAMPLES, deadline=None)
def test_nothing_that_comes_breaks_a_hook(kind: str, came: Raw):
    hears, values = heard(kind), KNOWN[kind]
    with suppress(Forged):
        asyncio.run(_verified(hears, values, came))
    reply = hears.reply(values, came)
    with suppress(Unreadable):
        said = hears.read(values, came)
        assert all(isinstance(one, Report | Incoming) for one in said)

    assert 200 <= reply.status < 300
    assert len(reply.body) <= 4096
