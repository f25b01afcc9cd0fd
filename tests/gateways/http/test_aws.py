"""AWS: requests that its own models and a played AWS (moto) accept, and topics that prove
themselves."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from botocore.loaders import Loader  # pyright: ignore[reportMissingTypeStubs]
from botocore.model import ServiceModel  # pyright: ignore[reportMissingTypeStubs]
from botocore.validate import ParamValidator  # pyright: ignore[reportMissingTypeStubs]
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

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
from sparekey.gateways.wires.aws import topic, wire
from tests.gateways.http.cases import AT, TEXT, heard, json_raw
from tests.gateways.http.provider import PlayedProvider, Said
from tests.gateways.http.providers.aws import KEYS, NAME, PROVIDERS, TOPIC
from tests.world.certificates import Authority, authority

EUM, SNS = PROVIDERS


async def test_a_request_of_end_user_messaging_is_one_by_its_own_model(provider: PlayedProvider):
    provider.answers = [EUM.taken]
    outgoing = EUM.outgoing()
    await EUM.wire(provider.url, configuration_set="texts").send(outgoing)
    asked = provider.asked[0]
    loaded: Any = Loader()
    model: Any = ServiceModel(loaded.load_service_model("pinpoint-sms-voice-v2", "service-2"))
    shape = model.operation_model("SendTextMessage").input_shape
    validator: Any = ParamValidator()
    report = validator.validate(asked.json, shape)

    assert not report.has_errors()
    assert asked.headers["x-amz-target"] == "PinpointSMSVoiceV2.SendTextMessage"
    assert "/eu-west-1/sms-voice/aws4_request" in asked.headers["authorization"]
    assert (asked.json["TimeToLive"], asked.json["MessageBody"]) == (600, TEXT)
    assert asked.json["Context"] == {"message": str(outgoing.id)}
    assert asked.json["ConfigurationSetName"] == "texts"


@pytest.mark.parametrize(
    ("sender", "name"),
    [("Acme", "AWS.SNS.SMS.SenderID"), ("+447700900001", "AWS.MM.SMS.OriginationNumber")],
)
async def test_a_request_of_sns_names_its_sender(provider: PlayedProvider, sender: str, name: str):
    provider.answers = [SNS.taken]
    await SNS.wire(provider.url).send(SNS.outgoing(sender=sender))
    fields = provider.asked[0].form

    assert (fields["Action"], fields["PhoneNumber"]) == ("Publish", "+447700900123")
    assert fields["MessageAttributes.entry.2.Name"] == name
    assert fields["MessageAttributes.entry.2.Value.StringValue"] == sender


async def test_a_played_aws_takes_a_text(moto: str):
    accepted = await SNS.wire(moto).send(SNS.outgoing())
    async with httpx.AsyncClient(trust_env=False) as client:
        taken = (await client.get(f"{moto}/moto-api/data.json")).text

    assert accepted.ref
    assert TEXT in taken


async def test_a_played_aws_refuses_what_is_no_number(moto: str):
    with pytest.raises(Refused):
        await SNS.wire(moto).send(SNS.outgoing(to="nobody"))


async def test_a_decoy_is_let_in_by_a_played_aws(moto: str):
    await SNS.wire(moto).drop(SNS.outgoing())
    assert wire.examine is not None
    found = [one async for one in wire.examine(SNS.told(moto))]

    assert found[0].advice is None


@pytest.mark.parametrize(
    "changes",
    [
        {"region": "dublin"},
        {"key": "short"},
        {"service": "pinpoint"},
        {"topic": "arn:aws:sqs:eu-west-1:123456789012:texts"},
        {"configuration_set": "a b"},
        {"api": "http://sms-voice.eu-west-1.amazonaws.example"},
    ],
)
def test_settings_that_cannot_work_are_refused(changes: dict[str, str]):
    wire.check(KEYS)

    with pytest.raises(UnusableSettings):
        wire.check({**KEYS, **changes})


@dataclass(slots=True)
class Topic:
    """SNS: a server with its name, reached by a proxy, that serves its certificate."""

    house: PlayedProvider = field(default_factory=PlayedProvider)
    trusted: Authority = field(default_factory=authority)
    proxy: str = ""
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    @property
    def pem(self) -> bytes:
        """What it signs with."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(1)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .sign(self.key, SHA256())
        )
        return made.public_bytes(Encoding.PEM)

    @property
    def asked(self) -> list[str]:
        """What it was asked for."""
        return [one.path for one in self.house.asked]

    @property
    def told(self) -> dict[str, str]:
        """The settings of a gateway that hears it."""
        return {**KEYS, "topic": TOPIC, "proxy": self.proxy, "ca": self.trusted.pem}

    def says(self, message: str, version: str = "2", **changes: str) -> dict[str, str]:
        """A notification, signed as SNS documents it."""
        said = {
            "Type": "Notification",
            "MessageId": "22b80b92",
            "TopicArn": TOPIC,
            "Message": message,
            "Timestamp": "2026-03-04T12:00:00.000Z",
            "SignatureVersion": version,
            "SigningCertURL": "https://sns.eu-west-1.amazonaws.com/"
            "SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
            **changes,
        }
        names = ["Message", "MessageId", "SubscribeURL", "Subject", "Timestamp", "Token",
                 "TopicArn", "Type"]  # fmt: skip
        text = "".join(f"{name}\n{said[name]}\n" for name in names if name in said)
        digest = SHA1() if version == "1" else SHA256()  # noqa: S303
        made = self.key.sign(text.encode(), PKCS1v15(), digest)
        return {**said, "Signature": base64.b64encode(made).decode()}


@pytest.fixture
async def sns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Topic]:
    """At the other end of a tunnel, whatever host is asked for."""
    made = Topic()
    made.house.answers = [Said(200, made.pem)]
    monkeypatch.setattr(topic, "_certificates", {})  # kept for the life of a process
    certificate, key = made.trusted.certify("sns.eu-west-1.amazonaws.com", tmp_path)
    async with made.house.listening(certificate, key):
        tunnel = await asyncio.start_server(_Tunnel(made.house.port).carry, "127.0.0.1", 0)
        made.proxy = f"http://127.0.0.1:{tunnel.sockets[0].getsockname()[1]}"
        yield made
        tunnel.close()


@dataclass(frozen=True, slots=True)
class _Tunnel:
    """A proxy that leads to one port only."""

    port: int

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer a CONNECT, then pass on what comes, both ways."""
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 Established\r\n\r\n")
        inside, outside = await asyncio.open_connection("127.0.0.1", self.port)
        await asyncio.gather(_pass_on(reader, outside), _pass_on(inside, writer))


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while octets := await reader.read(4096):
            writer.write(octets)
            await writer.drain()
    writer.close()


@pytest.mark.parametrize("version", ["1", "2"])
async def test_a_topic_is_believed_and_its_certificate_fetched_once(sns: Topic, version: str):
    said = json.dumps(sns.says("{}", version, Subject="texts"))
    await heard("aws").verify(sns.told, json_raw(said))
    await heard("aws").verify(sns.told, json_raw(said))

    assert len(sns.asked) == 1
    assert heard("aws").is_signed(sns.told)
    assert not heard("aws").is_signed(KEYS)


OTHER_TOPIC = "arn:aws:sns:eu-west-1:210987654321:texts"
PEM_PATH = "/SimpleNotificationService-0123456789abcdef.pem"
ELSEWHERE = [
    f"https://sns.eu-west-1.amazonaws.com.evil.example{PEM_PATH}",
    f"https://evil.example{PEM_PATH}",
    f"http://sns.eu-west-1.amazonaws.com{PEM_PATH}",
    f"https://sns.eu-west-1.amazonaws.com@evil.example{PEM_PATH}",
    "https://sns.eu-west-1.amazonaws.com/other.pem",
    f"https://s3.eu-west-1.amazonaws.com{PEM_PATH}",
    "",
]


@pytest.mark.parametrize("url", ELSEWHERE)
async def test_a_certificate_from_elsewhere_is_never_fetched(sns: Topic, url: str):
    with pytest.raises(Forged):
        await heard("aws").verify(
            sns.told, json_raw(json.dumps(sns.says("{}", SigningCertURL=url)))
        )

    assert sns.asked == []


async def test_a_topic_of_somebody_else_is_signed_as_well_and_forged(sns: Topic):
    with pytest.raises(Forged):
        await heard("aws").verify(
            sns.told, json_raw(json.dumps(sns.says("{}", TopicArn=OTHER_TOPIC)))
        )

    assert sns.asked == []


async def test_what_sns_did_not_sign_is_forged(sns: Topic):
    good = sns.says("{}")
    for forged in (
        {**good, "Message": '{"eventType": "TEXT_DELIVERED"}'},
        {**good, "Signature": "AAAA"},
        {**good, "Signature": "?"},
        {**good, "SignatureVersion": "3"},
        {**good, "Type": "UnsubscribeConfirmation"},
        Topic(key=rsa.generate_private_key(65537, 2048)).says("{}"),
    ):
        with pytest.raises(Forged):
            await heard("aws").verify(sns.told, json_raw(json.dumps(forged)))
    for body in (b"", b"{", b"[]"):
        with pytest.raises(Forged):
            await heard("aws").verify(sns.told, json_raw(body))
    with pytest.raises(Forged):
        await heard("aws").verify(KEYS, json_raw(json.dumps(good)))


def question(sns: Topic, url: str) -> Raw:
    """A topic asks whether the hook wants to hear it."""
    return json_raw(
        json.dumps(sns.says("…", Type="SubscriptionConfirmation", Token="t", SubscribeURL=url))
    )


async def test_a_proven_question_of_the_topic_is_answered_at_sns(sns: Topic):
    query = f"Action=ConfirmSubscription&TopicArn={TOPIC}&Token=t"
    url = f"https://sns.eu-west-1.amazonaws.com/?{query}"
    await heard("aws").verify(sns.told, question(sns, url))

    assert f"https://sns.eu-west-1.amazonaws.com{sns.asked[-1]}" == url
    assert heard("aws").read(sns.told, question(sns, url)) == []


@pytest.mark.parametrize(
    "url",
    [
        f"https://inside.example/?Action=ConfirmSubscription&TopicArn={TOPIC}",
        f"http://sns.eu-west-1.amazonaws.com/?TopicArn={TOPIC}",
        f"https://sns.eu-west-1.amazonaws.com/?TopicArn={OTHER_TOPIC}",
        "https://sns.eu-west-1.amazonaws.com/",
    ],
)
async def test_a_question_is_answered_nowhere_else(sns: Topic, url: str):
    with pytest.raises(Forged):
        await heard("aws").verify(sns.told, question(sns, url))

    assert all(path.endswith(".pem") for path in sns.asked)


EVENT = {
    "eventType": "TEXT_DELIVERED", "eventVersion": "1.0", "isFinal": True, "messageId": NAME,
    "eventTimestamp": int(AT.timestamp() * 1000), "messageStatus": "DELIVERED",
    "context": {"message": "01890a5d-ac96-774b-bcce-b302099a8057"}, "totalMessageParts": 1,
    "totalMessagePrice": 0.02,
}  # fmt: skip
READ: list[tuple[object, list[Heard]]] = [
    (
        EVENT,
        [
            Report(
                Outcome.DELIVERED, NAME,
                UUID("01890a5d-ac96-774b-bcce-b302099a8057"), AT, "",
                Decimal("0.02"), "USD", 1,
            )
        ],
    ),
    (
        {"eventType": "TEXT_TTL_EXPIRED", "messageId": NAME, "messageStatus": "TTL_EXPIRED"},
        [Report(Outcome.EXPIRED, NAME, at=AT, reason="TTL_EXPIRED")],
    ),
    ({"eventType": "TEXT_PENDING", "messageId": NAME}, []),
    (
        {"originationNumber": "+447700900123", "destinationNumber": "+447700900001",
         "messageKeyword": "NO", "messageBody": "NO", "inboundMessageId": "in-1"},
        [Incoming("sms", "+447700900123", "+447700900001", "NO", "in-1", AT)],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("event", "said"), READ)
def test_what_a_topic_tells_is_read(event: object, said: list[Heard]):
    notification = {
        "Type": "Notification",
        "Message": json.dumps(event),
        "Timestamp": "2026-03-04T12:00:00.000Z",
    }

    assert heard("aws").read(KEYS, json_raw(json.dumps(notification))) == said


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b'{"Type": "Notification", "Message": "hi"}'])
def test_what_is_nothing_of_a_topic_is_unreadable(body: bytes):
    with pytest.raises(Unreadable):
        heard("aws").read(KEYS, json_raw(body))


async def test_a_session_token_goes_along(provider: PlayedProvider):
    provider.answers = [EUM.taken]
    await EUM.wire(provider.url, session="token-of-an-hour").send(EUM.outgoing())

    assert provider.asked[0].headers["x-amz-security-token"] == "token-of-an-hour"


async def test_a_clock_that_is_wrong_is_ours_to_mend(provider: PlayedProvider):
    provider.answers = [Said.json({"__type": "x#InvalidSignatureException"}, 400)]
    with pytest.raises(Misconfigured):
        await EUM.wire(provider.url).send(EUM.outgoing())
