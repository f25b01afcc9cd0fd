"""Twilio: what is asked of it, and callbacks proven by its own library."""

import base64
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl
from xml.etree.ElementTree import Element, canonicalize, fromstring

import pytest
from twilio.request_validator import RequestValidator  # pyright: ignore[reportMissingTypeStubs]
from twilio.twiml.voice_response import (  # pyright: ignore[reportMissingTypeStubs]
    Gather,
    Redirect,
    Say,
    VoiceResponse,
)

from sparekey.gateways import (
    KINDS,
    Around,
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
from sparekey.gateways.wires.twilio import wire
from tests.gateways.http.cases import AT, CODE, HOOK, TEXT, Provider, around, form_raw, heard, raw
from tests.gateways.http.provider import PlayedProvider
from tests.gateways.http.providers.twilio import ACCOUNT, CALL, PROVIDERS, SID, TOKEN, VALUES

TEXTS, WHATSAPP, CALLS = PROVIDERS
SERVICE, CONTENT, KEY = "MG" + "b" * 32, "HX" + "c" * 32, "SK" + "d" * 32
RECEIPT = f"MessageSid={SID}&MessageStatus=delivered&To=%2B447700900123&From=%2B447700900001"


async def sent(one: Provider, provider: PlayedProvider, **changes: str) -> dict[str, str]:
    """The form that a message makes."""
    provider.answers = [one.taken]
    await one.wire(provider.url, **changes).send(one.outgoing())
    return provider.asked[0].form


async def test_a_text_says_how_long_it_is_worth_something_and_keeps_no_copy(
    provider: PlayedProvider,
):
    fields = await sent(TEXTS, provider)
    asked = provider.asked[0]

    assert asked.path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert asked.headers["authorization"] == basic(ACCOUNT, TOKEN)
    assert fields == {
        "To": "+447700900123",
        "From": "+447700900001",
        "Body": TEXT,
        "ValidityPeriod": "600",
        "ContentRetention": "discard",
        "AddressRetention": "obfuscate",
        "StatusCallback": HOOK,
    }


async def test_a_key_signs_in_and_a_service_sends(provider: PlayedProvider):
    fields = await sent(TEXTS, provider, key=KEY, key_secret="hush", service=SERVICE)

    assert provider.asked[0].headers["authorization"] == basic(KEY, "hush")
    assert fields["MessagingServiceSid"] == SERVICE
    assert "From" not in fields


async def test_whatsapp_gets_the_approved_form_and_the_code(provider: PlayedProvider):
    fields = await sent(WHATSAPP, provider, content=CONTENT)

    assert (fields["To"], fields["From"]) == ("whatsapp:+447700900123", "whatsapp:+447700900001")
    assert fields["ContentSid"] == CONTENT
    assert fields["ContentVariables"] == f'{{"1": "{CODE}"}}'
    assert "Body" not in fields


async def test_a_text_longer_than_twilio_takes_goes_nowhere(provider: PlayedProvider):
    with pytest.raises(Refused):
        await TEXTS.wire(provider.url).send(TEXTS.outgoing(text="x" * 1601))

    assert provider.asked == []


@pytest.mark.parametrize(
    "changes",
    [
        {"account": "AC1"},
        {"key": KEY},
        {"key": "AC", "key_secret": "hush"},
        {"service": "b" * 34},
        {"api": "http://api.twilio.example"},
        {"api": "https://user:word@api.twilio.example"},
        {"token": "two\nlines"},
        {"connections": "0"},
        {"ca": "no certificate"},
        {"proxy": "socks5://127.0.0.1"},
        {"timeout": "60"},
    ],
)
def test_settings_that_cannot_work_are_refused_without_being_quoted(changes: dict[str, str]):
    with pytest.raises(UnusableSettings) as raised:
        wire.check({**VALUES, **changes})

    assert not any(text in str(raised.value) for text in changes.values() if len(text) > 3)


def basic(name: str, secret: str) -> str:
    """The header of RFC 7617."""
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()


class Fields(dict[str, str]):
    """Form fields as web frameworks hand them to Twilio's library."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        super().__init__(pairs)
        self._pairs = pairs

    def getall(self, name: str) -> list[str]:
        """Every value of a field."""
        return [text for known, text in self._pairs if known == name]


def signed(encoded: str, *, token: str = TOKEN, query: str = "", url: str = HOOK) -> Raw:
    """A callback that Twilio's library signs."""
    library: Any = RequestValidator(token)
    made = library.compute_signature(
        url + query, Fields(parse_qsl(encoded, keep_blank_values=True))
    )
    return form_raw(encoded, query=query, x_twilio_signature=made)


@pytest.mark.parametrize(
    "encoded",
    [
        RECEIPT,
        f"{RECEIPT}&New=field&Body=Ja+%F0%9F%91%8D%26%3D&NumMedia=0&ErrorCode=",
        f"{RECEIPT}&Twice=b&Twice=a&Twice=a",
    ],
)
async def test_what_twilio_signs_is_believed(encoded: str):
    await heard("twilio").verify(VALUES, signed(encoded))


@pytest.mark.parametrize("port", ["", ":443"])
async def test_twilio_may_sign_the_address_with_or_without_its_port(port: str):
    url = HOOK.replace(".example/", f".example{port}/")

    await heard("twilio").verify(VALUES, signed(RECEIPT, url=url))


async def test_a_body_of_json_is_proven_by_its_hash():
    body = b'{"MessageSid": "SM1"}'
    query = f"?bodySHA256={sha256(body).hexdigest()}"
    library: Any = RequestValidator(TOKEN)
    made = library.compute_signature(HOOK + query, {})
    good = raw(body, query=query, x_twilio_signature=made, content_type="application/json")
    bad = raw(body + b" ", query=query, x_twilio_signature=made)
    await heard("twilio").verify(VALUES, good)

    with pytest.raises(Forged):
        await heard("twilio").verify(VALUES, bad)


@pytest.mark.parametrize(
    "forged",
    [
        form_raw(RECEIPT),
        form_raw(RECEIPT, x_twilio_signature=""),
        form_raw(RECEIPT, x_twilio_signature="AAAA"),
        form_raw(RECEIPT, x_twilio_signature="ü"),
        signed(RECEIPT, token="54321"),
        signed(RECEIPT, url="https://elsewhere.example/hooks/1"),
        signed(RECEIPT, url=HOOK.replace("https", "http")),
        form_raw(RECEIPT + "&x=\xff", x_twilio_signature="AAAA"),
    ],
)
async def test_what_twilio_did_not_sign_is_forged(forged: Raw):
    with pytest.raises(Forged):
        await heard("twilio").verify(VALUES, forged)


async def test_a_good_signature_for_other_fields_is_forged():
    good = signed(RECEIPT)
    other = Raw("POST", HOOK, good.headers, good.body.replace(b"delivered", b"failed"), AT)

    with pytest.raises(Forged):
        await heard("twilio").verify(VALUES, other)


async def test_a_signature_that_came_twice_is_none():
    good = signed(RECEIPT)
    twice = Raw("POST", HOOK, (*good.headers, good.headers[0], good.headers[1]), good.body, AT)

    with pytest.raises(Forged):
        await heard("twilio").verify(VALUES, twice)


def receipt(status: str, more: str = "") -> Raw:
    """A receipt of Twilio's."""
    return form_raw(RECEIPT.replace("delivered", status) + more)


READ: list[tuple[Raw, list[Heard]]] = [
    (receipt("sent"), [Report(Outcome.SENT, SID)]),
    (receipt("delivered"), [Report(Outcome.DELIVERED, SID)]),
    (receipt("read"), [Report(Outcome.DELIVERED, SID)]),
    (
        receipt("undelivered", "&ErrorCode=30003"),
        [Report(Outcome.UNDELIVERED, SID, reason="30003")],
    ),
    (receipt("failed", "&ErrorCode=30008"), [Report(Outcome.FAILED, SID, reason="30008")]),
    (receipt("queued"), []),
    (receipt("partially_delivered"), []),
    (
        form_raw(f"MessageSid={SID}&SmsStatus=received&From=%2B447700900123&To=12345&Body=NO"),
        [Incoming("sms", "+447700900123", "12345", "NO", SID)],
    ),
    (
        form_raw(f"MessageSid={SID}&From=whatsapp%3A%2B447700900123&To=whatsapp%3A%2B447700900001"
                 "&Body=N%C3%A3o&WaId=447700900123"),
        [Incoming("whatsapp", "+447700900123", "+447700900001", "Não", SID)],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("came", "said"), READ)
def test_what_twilio_says_is_read(came: Raw, said: list[Heard]):
    assert heard("twilio").read(VALUES, came) == said


@pytest.mark.parametrize(
    "encoded", ["", "MessageStatus=delivered", "a&b=%ff", RECEIPT + "&MessageSid=SM2"]
)
def test_what_is_no_callback_of_twilio_is_unreadable(encoded: str):
    with pytest.raises(Unreadable):
        heard("twilio").read(VALUES, form_raw(encoded))


def document(asks: str, says: str, ends: str, **voice: str) -> str:
    """The call as Twilio's own library writes it."""
    made: Any = VoiceResponse()
    gather: Any = Gather(input="dtmf", finish_on_key="#", timeout=120, action=HOOK, method="POST")
    gather.append(Say(asks, loop=2, **voice))
    for part in (gather, Say(says, **voice), Say(ends, **voice), Redirect(HOOK, method="POST")):
        made.append(part)
    return str(made)


@pytest.mark.parametrize(
    ("locale", "voice", "digits"),
    [
        ("en-GB", {"language": "en-US"}, "1, 2, 3, 4, 5, 6, 7, 8."),
        ("de", {"language": "de-DE"}, "1, 2, 3, 4, 5, 6, 7, 8."),
        ("fr", {"language": "fr-FR"}, "1, 2, 3, 4, 5, 6, 7, 8."),
        ("es-ES", {"language": "es-ES"}, "1, 2, 3, 4, 5, 6, 7, 8."),
        ("ar", {"voice": "Polly.Zeina", "language": "arb"}, "1، 2، 3، 4، 5، 6، 7، 8."),
        ("nl", {"language": "en-US"}, "1, 2, 3, 4, 5, 6, 7, 8."),
    ],
)
async def test_a_call_waits_for_the_hash_key_and_says_the_code_twice(
    provider: PlayedProvider, locale: str, voice: dict[str, str], digits: str
):
    provider.answers = [CALLS.taken]
    await CALLS.wire(provider.url).send(CALLS.outgoing(locale=locale))
    asked = provider.asked[0]
    fields = asked.form
    twiml = fields.pop("Twiml")
    asks, says, ends = (say.text or "" for say in written(twiml).iter("Say"))

    assert asked.path == f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
    assert canonical(twiml) == canonical(document(asks, says, ends, **voice))
    assert says.count(digits) == 2
    assert not any(sign.isdigit() for sign in asks + ends)
    assert len(twiml) <= 4000
    assert fields == {
        "To": "+447700900123",
        "From": "+447700900001",
        "TimeLimit": "60",
        "Timeout": "45",
        "StatusCallback": HOOK,
    }


def written(twiml: str) -> Element:
    """What our own wire wrote."""
    return fromstring(twiml)  # noqa: S314


def canonical(xml: str) -> str:
    return canonicalize(xml, strip_text=True)


async def test_a_call_ends_before_silence_could_be_taken_for_a_key(provider: PlayedProvider):
    fields = await sent(CALLS, provider)
    gather = written(fields["Twiml"]).find("Gather")

    assert gather is not None
    assert int(gather.attrib["timeout"]) > int(fields["TimeLimit"])


async def test_a_call_needs_a_code_and_a_hook(provider: PlayedProvider):
    deaf = KINDS.get("twilio").open(Around(keep=around().keep), {**VALUES, "api": provider.url})
    with pytest.raises(Misconfigured, match="hook"):
        await deaf.send(CALLS.outgoing())
    with pytest.raises(Refused):
        await CALLS.wire(provider.url).send(CALLS.outgoing(code=""))

    assert provider.asked == []


OF_CALLS: list[tuple[str, list[Heard]]] = [
    ("CallStatus=in-progress", [Report(Outcome.DELIVERED, CALL)]),
    ("CallStatus=in-progress&Digits=5", [Report(Outcome.UNDELIVERED, CALL)]),
    ("CallStatus=no-answer", [Report(Outcome.UNDELIVERED, CALL)]),
    ("CallStatus=busy&SipResponseCode=486", [Report(Outcome.UNDELIVERED, CALL, reason="486")]),
    ("CallStatus=completed", []),
    ("CallStatus=ringing", []),
]


@pytest.mark.parametrize(("said", "reports"), OF_CALLS)
def test_what_a_call_came_to_is_read(said: str, reports: list[Heard]):
    assert heard("twilio").read(VALUES, form_raw(f"CallSid={CALL}&{said}")) == reports


@pytest.mark.parametrize(("said", "_reports"), OF_CALLS)
def test_no_answer_to_a_call_holds_more_than_its_end(said: str, _reports: list[Heard]):
    reply = heard("twilio").reply(VALUES, form_raw(f"CallSid={CALL}&{said}"))
    goes_on = "in-progress" in said

    assert reply.body == (b"<Response><Hangup/></Response>" if goes_on else b"")
    assert reply.status == (200 if goes_on else 204)
    assert heard("twilio").reply(VALUES, form_raw("a=%ff")).body == b""
