"""AWS as its service models describe it: End User Messaging speaks JSON, SNS XML."""

from sparekey.gateways import Misconfigured, Refused, Throttled, Unsure
from tests.gateways.http.cases import Provider
from tests.gateways.http.provider import Said

KEYS = {"region": "eu-west-1", "key": "AKIAIOSFODNN7EXAMPLE", "secret": "hush"}
TOPIC = "arn:aws:sns:eu-west-1:123456789012:texts"
NAME = "12345678-1111-2222-3333-123456789012"


def _exception(name: str, status: int = 400, **more: str) -> Said:
    kind = f"com.amazonaws.pinpointsmsvoicev2#{name}"
    return Said.json({"__type": kind, "Message": "…", **more}, status)


def _of_sns(code: str, status: int) -> Said:
    text = f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code></Error></ErrorResponse>"
    return Said(status, text.encode())


PROVIDERS = [
    Provider(
        "aws", KEYS, Said.json({"MessageId": NAME}), NAME,
        faults=(
            (_exception("ValidationException", Reason="INVALID_PARAMETER"), Refused),
            (_exception("ThrottlingException"), Throttled),
            (_exception("AccessDeniedException"), Misconfigured),
            (_exception("ServiceQuotaExceededException", Reason="SPEND_LIMIT"), Misconfigured),
            (_exception("ConflictException", Reason="DESTINATION_PHONE_NUMBER_OPTED_OUT"), Refused),
            (_exception("ConflictException", Reason="RESOURCE_NOT_ACTIVE"), Misconfigured),
            (_exception("InternalServerException", 500), Unsure),
            (_exception("ThrottlingException", 500), Unsure),
            (Said.json({}), Unsure),
        ),
    ),
    Provider(
        "aws", {**KEYS, "service": "sns"},
        Said(200, f"<PublishResult><MessageId>{NAME}</MessageId></PublishResult>".encode()), NAME,
        faults=(
            (_of_sns("InvalidParameter", 400), Refused),
            (_of_sns("Throttling", 400), Throttled),
            (_of_sns("AuthorizationError", 403), Misconfigured),
            (_of_sns("InvalidClientTokenId", 403), Misconfigured),
            (_of_sns("InternalFailure", 500), Unsure),
            (Said(200, b"<PublishResponse/>"), Unsure),
        ),
    ),
]  # fmt: skip
