"""Vonage's Messages API: WhatsApp and RCS, and texts for whoever wants them this way."""

from collections.abc import Mapping

from sparekey.gateways.model import Accepted, Outgoing, Refused, Unsure
from sparekey.gateways.wires._over_http import Answer, Call, json_call
from sparekey.gateways.wires._over_http.meaning import unless_success
from sparekey.gateways.wires._over_http.numbers import bare, life

_MOST_CHARACTERS = {"sms": 1000, "whatsapp": 4096, "rcs": 3072}


def write(
    message: Outgoing, api: str, signed_in: Mapping[str, str], template: str, hook_url: str
) -> Call:
    """The request; `ttl` is in seconds here."""
    content: dict[str, object] = {
        "channel": message.channel,
        "to": bare(message.to),
        "from": bare(message.sender),
        "client_ref": str(message.id),
        **_words(message, template),
    }
    if message.channel != "whatsapp":
        content["ttl"] = life(message, least=20, most=604_800)
    if hook_url:
        content |= {"webhook_url": hook_url, "webhook_version": "v1"}
    return json_call(f"{api}/v1/messages", content, signed_in)


def accepted(answer: Answer, message: Outgoing) -> Accepted:
    """202 and the name of the message."""
    said = answer.document
    unless_success(answer, message, said.text("/type").rpartition("#")[2])
    name = said.text("/message_uuid")
    if not name:
        raise Unsure(f"{answer.status} without a message")
    return Accepted(name)


def _words(message: Outgoing, template: str) -> dict[str, object]:
    if message.channel == "whatsapp" and template and message.code:
        return {
            "message_type": "template",
            "template": {"name": template, "parameters": [message.code]},
            "whatsapp": {"policy": "deterministic", "locale": message.locale.replace("-", "_")},
        }
    if len(message.text) > _MOST_CHARACTERS[message.channel]:
        raise Refused(f"it takes {_MOST_CHARACTERS[message.channel]} characters at most")
    return {"message_type": "text", "text": message.text}
