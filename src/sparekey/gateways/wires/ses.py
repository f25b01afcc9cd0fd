"""Mail by the API of AWS SES, version 2. Needs the extra `aws`, whose library signs requests; they
go out by the line that every wire over HTTP shares.

A message is the mail that the wire `smtp` writes, sent raw (`SendEmail` in botocore's model of
`sesv2`); SES signs it. Bounces come by mail to the address with our token, as of a mail server. SES
may count opens and rewrite links where an account asks for it: not in these messages.
"""

import base64
from dataclasses import replace

import msgspec

from sparekey.gateways.model import Accepted, Outgoing, Refused, Setting, Unsure
from sparekey.gateways.wires._over_http import Answer, Call, Dialect, Told, over_http
from sparekey.gateways.wires._over_http.told import api_setting
from sparekey.gateways.wires.aws.asking import KEYS, failure_of, region_of, signing
from sparekey.gateways.wires.smtp.letter import write as letter_of
from sparekey.gateways.wires.smtp.settings import LETTERHEAD, read_letterhead, takes_replies

_JSON = {"content-type": "application/json"}
_UNTRACKED = {"OpenTrackingEnabled": "DISABLED", "ClickTrackingEnabled": "DISABLED"}
_SETTINGS = (
    *KEYS,
    Setting("sender", "the address that messages come from, verified by SES"),
    *LETTERHEAD,
    Setting("configuration_set", "the set that messages are sent with", "the account's"),
    api_setting("the service's own in the region"),
)


def _speaks(told: Told, _hook_url: str) -> Dialect:
    region = region_of(told)
    api = told.address("api", f"https://email.{region}.amazonaws.com")
    events = told.maybe("configuration_set", like="[A-Za-z0-9_-]{1,64}", takes="a set's name")
    head = read_letterhead(told.values)
    sign = signing(told, "ses", region)

    def write(message: Outgoing) -> Call:
        letter = letter_of(message, head)
        if letter.needs_utf8:
            raise Refused("SES takes ASCII addresses only")
        content: dict[str, object] = {
            "FromEmailAddress": head.sender,
            "Destination": {"ToAddresses": [letter.to]},
            "FeedbackForwardingEmailAddress": letter.sender,
            "Content": {"Raw": {"Data": base64.b64encode(letter.octets).decode()}},
            "ConfigurationOverrides": {"Tracking": _UNTRACKED},
        }
        if events:
            content["ConfigurationSetName"] = events
        url = f"{api}/v2/email/outbound-emails"
        return sign("POST", url, msgspec.json.encode(content), _JSON)

    def probe() -> Call:
        return sign("GET", f"{api}/v2/email/account", b"", {})

    return Dialect(write, _accepted, probe, "signed in")


def _accepted(answer: Answer, message: Outgoing) -> Accepted:
    said = answer.document
    if not answer.is_success:
        raise failure_of(answer, message, answer.error_type or said.text("/__type"))
    name = said.text("/MessageId")
    if not name:
        raise Unsure(f"{answer.status} without a message")
    return Accepted(name)


wire = replace(over_http(("email",), _SETTINGS, _speaks), takes_replies=takes_replies)
