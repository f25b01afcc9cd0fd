"""SES as its service model describes it: an error's name stands in a header."""

from sparekey.gateways import Misconfigured, Refused, Throttled, Unsure
from tests.gateways.http.cases import TEXT, Provider
from tests.gateways.http.provider import Said
from tests.gateways.http.providers.aws import KEYS

VALUES = {**KEYS, "sender": "no-reply@acme.example"}
NAME = "0102017f-1111-2222-3333-123456789012-000000"


def _exception(name: str, status: int = 400) -> Said:
    return Said.json({"message": "alice@mail.example …"}, status, x_amzn_errortype=f"{name}:")


PROVIDERS = [
    Provider(
        "ses", VALUES, Said.json({"MessageId": NAME}), NAME, channel="email",
        message={"to": "alice@mail.example", "sender": "Acme", "subject": "Your code",
                 "html": f"<p>{TEXT}</p>"},
        faults=(
            (_exception("BadRequestException"), Refused),
            (_exception("MessageRejected"), Refused),
            (_exception("TooManyRequestsException", 429), Throttled),
            (_exception("ThrottlingException"), Throttled),
            (_exception("AccountSuspendedException"), Misconfigured),
            (_exception("SendingPausedException"), Misconfigured),
            (_exception("MailFromDomainNotVerifiedException"), Misconfigured),
            (_exception("LimitExceededException"), Misconfigured),
            (_exception("NotFoundException", 404), Misconfigured),
            (_exception("InternalFailure", 500), Unsure),
            (Said.json({}), Unsure),
        ),
    ),
]  # fmt: skip
