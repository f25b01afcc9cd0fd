"""What an SNS topic brings to the hook: proven by a certificate of SNS itself, and by the topic's
name, for everybody's topics are signed alike.

Events: docs.aws.amazon.com/end-user-messaging/latest/userguide/nx-features-messaging-events.html;
customers' texts: docs.aws.amazon.com/sms-voice/latest/userguide/two-way-sms-payload.html. Prices
are in US dollars, as everywhere in this API (`MaxPrice` and others in botocore's model of it).

A topic asks once whether the hook wants to hear it; a proven question about the configured topic
is answered on the spot, at the address of SNS that it names.
"""

import base64
import re
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

from sparekey.gateways.model import (
    Forged,
    Heard,
    Incoming,
    Outcome,
    Raw,
    Report,
    Unreachable,
    Unreadable,
    Values,
    WireFailure,
)
from sparekey.gateways.wires._over_http import Call, Document, Told
from sparekey.gateways.wires._over_http.meaning import plain_code
from sparekey.gateways.wires._over_http.numbers import count, e164, moment, money, ours
from sparekey.gateways.wires._over_http.proofs import require_same

#: An ARN of a topic.
TOPIC = r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]{1,256}"
_HOST = re.compile(r"sns\.[a-z0-9-]{5,25}\.amazonaws\.com(\.cn)?")
_PEM = re.compile(r"/SimpleNotificationService-[0-9a-f]{16,64}\.pem")
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
    ),
}  # fmt: skip
_MOST_CERTIFICATES = 16
_OUTCOMES = {
    "TEXT_SENT": Outcome.SENT,
    "TEXT_SUCCESSFUL": Outcome.SENT,
    "TEXT_DELIVERED": Outcome.DELIVERED,
    "TEXT_UNREACHABLE": Outcome.UNDELIVERED,
    "TEXT_CARRIER_UNREACHABLE": Outcome.UNDELIVERED,
    "TEXT_UNKNOWN": Outcome.UNDELIVERED,
    "TEXT_TTL_EXPIRED": Outcome.EXPIRED,
    **dict.fromkeys(
        ("TEXT_INVALID", "TEXT_INVALID_MESSAGE", "TEXT_BLOCKED", "TEXT_CARRIER_BLOCKED",
         "TEXT_SPAM", "TEXT_PROTECT_BLOCKED"),
        Outcome.FAILED,
    ),
}  # fmt: skip
_certificates: dict[str, bytes] = {}


def is_signed(values: Values) -> bool:
    """With a topic everything is."""
    return bool(values.get("topic"))


async def verify(values: Values, raw: Raw) -> None:
    """By SNS's certificate, fetched once from SNS's own host, and the topic's name."""
    if not is_signed(values):
        raise Forged("no topic is configured")
    said = Document.of_json(raw.body) or Document(None)
    require_same(said.text("/TopicArn"), Told(values).text("topic"))
    _require_signature(said, await _certificate(values, said.text("/SigningCertURL")))
    if said.text("/Type") == "SubscriptionConfirmation":
        await _confirm(values, said)


def read(_values: Values, raw: Raw) -> Sequence[Heard]:
    """An event of End User Messaging, or a customer's text."""
    said = Document.of_json(raw.body)
    if said is None or not said.has("/Type"):
        raise Unreadable("it is nothing of SNS")
    if said.text("/Type") != "Notification":
        return []
    event = Document.of_json(said.text("/Message").encode())
    if event is None:
        raise Unreadable("the message is not JSON")
    at = moment(said.text("/Timestamp"))
    if event.has("/messageBody"):
        sender, to = e164(event.text("/originationNumber")), e164(event.text("/destinationNumber"))
        ref = event.text("/inboundMessageId") or None
        return [Incoming("sms", sender, to, event.text("/messageBody"), ref, at)]
    outcome = _OUTCOMES.get(event.text("/eventType"))
    if outcome is None:
        return []
    price = money(event.text("/totalMessagePrice"))
    return [
        Report(
            outcome, event.text("/messageId") or None, ours(event.text("/context/message")),
            moment(event.text("/eventTimestamp")) or at,
            reason="" if outcome is Outcome.DELIVERED else plain_code(event.text("/messageStatus")),
            price=price, currency=None if price is None else "USD",
            parts=count(event.text("/totalMessageParts")),
        )
    ]  # fmt: skip


def _require_signature(said: Document, pem: bytes) -> None:
    """SHA-256 (SignatureVersion 2) or, of topics that were not changed to it, SHA-1 (1)."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA1, SHA256
    from cryptography.x509 import load_pem_x509_certificate

    digest = {"1": SHA1(), "2": SHA256()}.get(said.text("/SignatureVersion"))  # noqa: S303
    names = _SIGNED.get(said.text("/Type"))
    if digest is None or names is None:
        raise Forged("it is signed in no known way")
    signed = "".join(f"{n}\n{said.text(f'/{n}')}\n" for n in names if said.has(f"/{n}"))
    try:
        key = load_pem_x509_certificate(pem).public_key()
        given = base64.b64decode(said.text("/Signature"), validate=True)
        if not isinstance(key, RSAPublicKey):
            raise Forged("the certificate is of another kind")
        key.verify(given, signed.encode(), PKCS1v15(), digest)
    except (InvalidSignature, ValueError) as error:
        raise Forged("the signature is another's") from error


async def _certificate(values: Values, url: str) -> bytes:
    parts = urlsplit(url)
    is_theirs = parts.scheme == "https" and _HOST.fullmatch(parts.netloc)
    if not is_theirs or not _PEM.fullmatch(parts.path) or parts.query:
        raise Forged("the certificate is kept elsewhere")
    if url not in _certificates:
        pem = await _fetched(values, url)
        if len(_certificates) >= _MOST_CERTIFICATES:
            _certificates.clear()
        _certificates[url] = pem
    return _certificates[url]


async def _confirm(values: Values, said: Document) -> None:
    url = said.text("/SubscribeURL")
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    is_theirs = parts.scheme == "https" and _HOST.fullmatch(parts.netloc) and parts.path == "/"
    if not is_theirs or asked.get("TopicArn") != [said.text("/TopicArn")]:
        raise Forged("the question is asked elsewhere")
    await _fetched(values, url)


async def _fetched(values: Values, url: str) -> bytes:
    from sparekey.gateways.wires._over_http.line import Line, Patience

    line = Line(Told(values), Patience(answer=5.0, whole=8.0))
    try:
        answer = await line.ask(Call("GET", url))
        if not answer.is_success:
            raise Unreachable(f"{answer.status} from SNS")
    except WireFailure as error:
        raise Forged("SNS could not be asked") from error
    finally:
        await line.close()
    return answer.body
