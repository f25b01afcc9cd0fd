"""Asking AWS: requests signed by its library (the extra `aws`), and what a refusal's name means."""

import re
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from sparekey.gateways.model import (
    Misconfigured,
    Outgoing,
    Refused,
    Setting,
    UnusableSettings,
    WireFailure,
)
from sparekey.gateways.wires._over_http import Answer, Call, Told
from sparekey.gateways.wires._over_http.meaning import failure, plain_code, throttled

KEYS = (
    Setting("region", "the region, as in eu-west-1"),
    Setting("key", "the access key's id"),
    Setting("secret", "its secret", is_secret=True),
    Setting("session", "a session token, for keys that expire", "none", is_secret=True),
)
#: From method, address, body and headers to a signed request.
Sign = Callable[[str, str, bytes, Mapping[str, str]], Call]
#: Rights, keys, the account's own limits and resources: nothing goes until somebody acts.
_OURS = re.compile(
    "AccessDenied|Authorization|UnrecognizedClient|InvalidClientTokenId|SignatureDoesNotMatch"
    "|InvalidSignature|IncompleteSignature|MissingAuthentication|ExpiredToken|InvalidSecurity"
    "|OptInRequired|ResourceNotFound|ServiceQuotaExceeded|Conflict|QuotaExceeded"
    "|AccountSuspended|SendingPaused|NotVerified|LimitExceeded|NotFound"
)


def region_of(told: Told) -> str:
    """Where to ask."""
    return told.text("region", like="[a-z]{2}(-[a-z]+)+-[0-9]", takes="a region such as eu-west-1")


def signing(told: Told, service: str, region: str) -> Sign:
    """How requests to a service are signed (SigV4)."""
    try:
        auth: Any = import_module("botocore.auth")  # it has no types
        requests: Any = import_module("botocore.awsrequest")
        keys: Any = import_module("botocore.credentials")
    except ImportError as error:
        raise UnusableSettings("it needs the library of AWS: install sparekey[aws].") from error
    session = told.secret("session").reveal() if told.has("session") else None
    key = told.text("key", like="[A-Z0-9]{16,128}", takes="an access key's id")
    credentials = keys.Credentials(key, told.secret("secret").reveal(), session)
    signer = auth.SigV4Auth(credentials, service, region)

    def sign(method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Call:
        request = requests.AWSRequest(method, url, headers=dict(headers), data=body)
        signer.add_auth(request)
        return Call(method, url, dict(request.headers.items()), body)

    return sign


def failure_of(answer: Answer, message: Outgoing, kind: str, why: str = "") -> WireFailure:
    """By the exception's name: most of them are a 400."""
    code = kind.rpartition("#")[2].partition(":")[0]
    if answer.status < 500 and ("Throttl" in code or "TooManyRequests" in code):
        return throttled(answer, message, code)
    if answer.status < 500 and why.startswith("DESTINATION_"):  # opted out, or blocked: one person
        return Refused(f"{answer.status} {plain_code(why)}")
    if answer.status < 500 and _OURS.search(code):
        return Misconfigured(f"{answer.status} {plain_code(code)}")
    return failure(answer, message, code)
