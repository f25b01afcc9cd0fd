"""AWS: texts by End User Messaging, or by SNS for those who have not moved. Needs the extra `aws`,
whose library signs requests; they go out by the line that every wire over HTTP shares.

Calls are left out: SendVoiceMessage waits for no key.
"""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec

from sparekey.gateways.model import (
    Accepted,
    Hears,
    Outgoing,
    Refused,
    Setting,
    Unsure,
)
from sparekey.gateways.wires._over_http import Answer, Call, Dialect, Told, over_http
from sparekey.gateways.wires._over_http.numbers import life
from sparekey.gateways.wires._over_http.told import api_setting
from sparekey.gateways.wires.aws.asking import KEYS, Sign, failure_of, region_of, signing
from sparekey.gateways.wires.aws.topic import TOPIC, is_signed, read, verify

_MOST_CHARACTERS = 1600
_CODE_OF_XML = re.compile(rb"<Code>([A-Za-z]{1,60})</Code>")
_NAME_OF_XML = re.compile(rb"<MessageId>([0-9A-Za-z-]{1,64})</MessageId>")
_TARGET = "PinpointSMSVoiceV2"
_SETTINGS = (
    *KEYS,
    Setting("service", "eum (End User Messaging) or sns", "eum"),
    Setting("configuration_set", "the set whose events tell what became of it (eum)", "none"),
    Setting("topic", "the ARN of the SNS topic that calls the hook", "none: nothing is heard"),
    api_setting("the service's own in the region"),
)


def _speaks(told: Told, _hook_url: str) -> Dialect:
    region = region_of(told)
    told.maybe("topic", like=TOPIC, takes="the ARN of an SNS topic")
    events = told.maybe("configuration_set", like="[A-Za-z0-9_-]{1,64}", takes="a set's name")
    if told.choice("service", "eum", "sns") == "sns":
        api = told.address("api", f"https://sns.{region}.amazonaws.com")
        return _by_sns(signing(told, "sns", region), api)
    api = told.address("api", f"https://sms-voice.{region}.amazonaws.com")
    return _by_eum(signing(told, "sms-voice", region), api, events)


def _by_eum(sign: Sign, api: str, events: str) -> Dialect:
    def ask(operation: str, content: object) -> Call:
        headers = {
            "content-type": "application/x-amz-json-1.0",
            "x-amz-target": f"{_TARGET}.{operation}",
        }
        return sign("POST", f"{api}/", msgspec.json.encode(content), headers)

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
            raise failure_of(answer, message, said.text("/__type"), said.text("/Reason"))
        return _named(answer, said.text("/MessageId"))

    return Dialect(write, accepted, lambda: ask("DescribeAccountAttributes", {}), "signed in")


def _by_sns(sign: Sign, api: str) -> Dialect:
    def ask(action: str, fields: Mapping[str, str]) -> Call:
        encoded = urlencode({"Action": action, "Version": "2010-03-31", **fields}).encode()
        kind = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
        return sign("POST", f"{api}/", encoded, kind)

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
            raise failure_of(answer, message, code[1].decode() if code else "")
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


wire = over_http(("sms",), _SETTINGS, _speaks, Hears(verify, read, is_signed))
