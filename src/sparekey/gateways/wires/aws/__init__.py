"""AWS: texts by End User Messaging, or by SNS for those who have not moved. Needs the extra `aws`,
whose library signs requests; they go out by the line that every wire over HTTP shares.

Calls are left out: SendVoiceMessage waits for no key.
"""

import re
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any
from urllib.parse import urlencode

import msgspec

from sparekey.gateways.model import (
    Accepted,
    Hears,
    Misconfigured,
    Outgoing,
    Refused,
    Setting,
    Unsure,
    UnusableSettings,
    WireFailure,
)
from sparekey.gateways.wires._over_http import Answer, Call, Dialect, Told, over_http
from sparekey.gateways.wires._over_http.meaning import failure, plain_code, throttled
from sparekey.gateways.wires._over_http.numbers import life
from sparekey.gateways.wires._over_http.told import api_setting
from sparekey.gateways.wires.aws.topic import TOPIC, is_signed, read, verify

_MOST_CHARACTERS = 1600
_CODE_OF_XML = re.compile(rb"<Code>([A-Za-z]{1,60})</Code>")
_NAME_OF_XML = re.compile(rb"<MessageId>([0-9A-Za-z-]{1,64})</MessageId>")
_TARGET = "PinpointSMSVoiceV2"
#: Rights, keys, the account's own limits and resources: nothing goes until somebody acts.
_OURS = re.compile(
    "AccessDenied|Authorization|UnrecognizedClient|InvalidClientTokenId|SignatureDoesNotMatch"
    "|InvalidSignature|IncompleteSignature|MissingAuthentication|ExpiredToken|InvalidSecurity"
    "|OptInRequired|ResourceNotFound|ServiceQuotaExceeded|Conflict|QuotaExceeded"
)
_REGION = "[a-z]{2}(-[a-z]+)+-[0-9]"
_SETTINGS = (
    Setting("region", "the region, as in eu-west-1"),
    Setting("key", "the access key's id"),
    Setting("secret", "its secret", is_secret=True),
    Setting("session", "a session token, for keys that expire", "none", is_secret=True),
    Setting("service", "eum (End User Messaging) or sns", "eum"),
    Setting("configuration_set", "the set whose events tell what became of it (eum)", "none"),
    Setting("topic", "the ARN of the SNS topic that calls the hook", "none: nothing is heard"),
    api_setting("the service's own in the region"),
)
Sign = Callable[[str, bytes, Mapping[str, str]], Call]


def _speaks(told: Told, _hook_url: str) -> Dialect:
    region = told.text("region", like=_REGION, takes="a region such as eu-west-1")
    told.maybe("topic", like=TOPIC, takes="the ARN of an SNS topic")
    events = told.maybe("configuration_set", like="[A-Za-z0-9_-]{1,64}", takes="a set's name")
    if told.choice("service", "eum", "sns") == "sns":
        api = told.address("api", f"https://sns.{region}.amazonaws.com")
        return _by_sns(_signing(told, "sns", region), api)
    api = told.address("api", f"https://sms-voice.{region}.amazonaws.com")
    return _by_eum(_signing(told, "sms-voice", region), api, events)


def _by_eum(sign: Sign, api: str, events: str) -> Dialect:
    def ask(operation: str, content: object) -> Call:
        headers = {
            "content-type": "application/x-amz-json-1.0",
            "x-amz-target": f"{_TARGET}.{operation}",
        }
        return sign(f"{api}/", msgspec.json.encode(content), headers)

    def write(message: Outgoing) -> Call:
        content = {
            "DestinationPhoneNumber": message.to,
            "OriginationIdentity": message.sender,
            "MessageBody": _body(message),
            "MessageType": "TRANSACTIONAL",
            "TimeToLive": life(message, least=5, most=259_200),
            "Context": {"message": str(message.id)},
        }
        if events:
            content["ConfigurationSetName"] = events
        return ask("SendTextMessage", content)

    def accepted(answer: Answer, message: Outgoing) -> Accepted:
        said = answer.document
        if not answer.is_success:
            raise _failure(answer, message, said.text("/__type"), said.text("/Reason"))
        return _named(answer, said.text("/MessageId"))

    return Dialect(write, accepted, lambda: ask("DescribeAccountAttributes", {}), "signed in")


def _by_sns(sign: Sign, api: str) -> Dialect:
    def ask(action: str, fields: Mapping[str, str]) -> Call:
        encoded = urlencode({"Action": action, "Version": "2010-03-31", **fields}).encode()
        kind = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
        return sign(f"{api}/", encoded, kind)

    def write(message: Outgoing) -> Call:
        is_number = message.sender.startswith("+")
        attributes = {
            "AWS.SNS.SMS.SMSType": "Transactional",
            "AWS.MM.SMS.OriginationNumber" if is_number else "AWS.SNS.SMS.SenderID": message.sender,
        }
        fields = {"PhoneNumber": message.to, "Message": _body(message)}
        for number, (name, value) in enumerate(attributes.items(), 1):
            entry = f"MessageAttributes.entry.{number}"
            fields |= {
                f"{entry}.Name": name,
                f"{entry}.Value.DataType": "String",
                f"{entry}.Value.StringValue": value,
            }
        return ask("Publish", fields)

    def accepted(answer: Answer, message: Outgoing) -> Accepted:
        code, name = _CODE_OF_XML.search(answer.body), _NAME_OF_XML.search(answer.body)
        if not answer.is_success:
            raise _failure(answer, message, code[1].decode() if code else "")
        return _named(answer, name[1].decode() if name else "")

    return Dialect(write, accepted, lambda: ask("GetSMSAttributes", {}), "signed in")


def _body(message: Outgoing) -> str:
    if len(message.text) > _MOST_CHARACTERS:
        raise Refused(f"it takes {_MOST_CHARACTERS} characters at most")
    return message.text


def _named(answer: Answer, name: str) -> Accepted:
    if not name:
        raise Unsure(f"{answer.status} without a message")
    return Accepted(name)


def _failure(answer: Answer, message: Outgoing, kind: str, why: str = "") -> WireFailure:
    """By the exception's name: most of them are a 400."""
    code = kind.rpartition("#")[2]
    if answer.status < 500 and ("Throttl" in code or "TooManyRequests" in code):
        return throttled(answer, message, code)
    if answer.status < 500 and why.startswith("DESTINATION_"):  # opted out, or blocked: one person
        return Refused(f"{answer.status} {plain_code(why)}")
    if answer.status < 500 and _OURS.search(code):
        return Misconfigured(f"{answer.status} {plain_code(code)}")
    return failure(answer, message, code)


def _signing(told: Told, service: str, region: str) -> Sign:
    try:
        auth: Any = import_module("botocore.auth")  # it has no types
        requests: Any = import_module("botocore.awsrequest")
        keys: Any = import_module("botocore.credentials")
    except ImportError as error:
        raise UnusableSettings("aws needs its library: install sparekey[aws].") from error
    session = told.secret("session").reveal() if told.has("session") else None
    key = told.text("key", like="[A-Z0-9]{16,128}", takes="an access key's id")
    credentials = keys.Credentials(key, told.secret("secret").reveal(), session)
    signer = auth.SigV4Auth(credentials, service, region)

    def sign(url: str, body: bytes, headers: Mapping[str, str]) -> Call:
        request = requests.AWSRequest("POST", url, headers=dict(headers), data=body)
        signer.add_auth(request)
        return Call("POST", url, dict(request.headers.items()), body)

    return sign


wire = over_http(("sms",), _SETTINGS, _speaks, Hears(verify, read, is_signed))
