"""Vonage's Voice API: a call that waits for a key and then says the code.

A call is one document (NCCO): it asks for a key, waits for it, then says the code. Vonage tells
the hook what was pressed; it goes on with the document that it has when it is given no other, so
that no answer of ours ever holds a code. Without a key it is given one that ends. A voice mailbox
is hung up on before that, where Vonage knows one.
"""

from sparekey.gateways.model import Accepted, Misconfigured, Outgoing, Reply, Unsure
from sparekey.gateways.wires._over_http import Answer, Call, Document, json_call
from sparekey.gateways.wires._over_http.meaning import unless_success
from sparekey.gateways.wires._over_http.numbers import bare
from sparekey.gateways.wires._over_http.spoken import spoken
from sparekey.gateways.wires.vonage.application import Application

_KEY_SECONDS = 10
#: What replaces the rest of a document; an empty one might count as none.
_ENDS = Reply(200, "application/json", b'[{"action":"wait","timeout":0.1}]')


def write(message: Outgoing, api: str, application: Application, hook_url: str) -> Call:
    """The request; Misconfigured while there is no hook: who pressed a key could not be told."""
    if not hook_url:
        raise Misconfigured("a call needs the hook's address")
    words = spoken(message)

    def talk(text: str) -> dict[str, object]:
        return {"action": "talk", "text": text, "language": words.locale}

    content = {
        "to": [{"type": "phone", "number": bare(message.to)}],
        "from": {"type": "phone", "number": bare(message.sender)},
        "ncco": [
            {**talk(words.asks), "bargeIn": True},
            {
                "action": "input",
                "type": ["dtmf"],
                "dtmf": {"maxDigits": 1, "timeOut": _KEY_SECONDS},
                "eventUrl": [hook_url],
                "eventMethod": "POST",
            },
            talk(words.says),
            talk(words.ends),
        ],
        "event_url": [hook_url],
        "event_method": "POST",
        "machine_detection": "hangup",
        "length_timer": 120,
        "ringing_timer": 45,
    }
    return json_call(f"{api}/v1/calls", content, application.authorization())


def accepted(answer: Answer, message: Outgoing) -> Accepted:
    """201 and the name of the call."""
    said = answer.document
    unless_success(answer, message, said.text("/type").rpartition("#")[2])
    name = said.text("/uuid")
    if not name:
        raise Unsure(f"{answer.status} without a call")
    return Accepted(name)


def is_input(document: Document) -> bool:
    """Whether this tells what was pressed."""
    return document.has("/dtmf")


def pressed(document: Document) -> bool:
    """Whether a key was: digits as an object's (2020 and later) or as themselves."""
    return bool(document.text("/dtmf/digits") or document.text("/dtmf"))


def reply(document: Document) -> Reply:
    """Nothing where the call may go on, a document that ends it where nobody pressed a key."""
    return Reply() if not is_input(document) or pressed(document) else _ENDS
