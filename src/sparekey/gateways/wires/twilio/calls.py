"""Twilio's Calls resource: a call that waits for the hash key and then says the code.

A call is one document (TwiML), sent with the request. Any other key would have Twilio fetch the
next document from us, which would have to hold the code; but a `<Gather>` that is ended by its
`finishOnKey` before any digit goes on with the document that it has
(www.twilio.com/docs/api/twiml/gather). It goes on after its `timeout` too, so the call has ended
before that (`TimeLimit`): no mailbox hears a code. Last of all the call asks our hook what to do
next, which is how we know that the code was said.
"""

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from sparekey.gateways.model import Heard, Misconfigured, Outcome, Outgoing, Reply, Report
from sparekey.gateways.wires._over_http.meaning import plain_code
from sparekey.gateways.wires._over_http.spoken import spoken

_CALL_SECONDS = 60
_KEY_SECONDS = 2 * _CALL_SECONDS
_RING_SECONDS = 45
#: Of synthetic voices: most speak the locale's own name, Arabic has one that is named.
_VOICES = {"ar": 'voice="Polly.Zeina" language="arb"'}
_ENDS = Reply(200, "text/xml", b"<Response><Hangup/></Response>")
_UNHEARD = frozenset({"busy", "no-answer", "failed", "canceled"})


def fields(message: Outgoing, hook_url: str) -> dict[str, str]:
    """The form; Misconfigured while there is no hook: that the code was said could not be told."""
    if not hook_url:
        raise Misconfigured("a call needs the hook's address")
    return {
        "To": message.to,
        "From": message.sender,
        "Twiml": _document(message, hook_url),
        "TimeLimit": str(_CALL_SECONDS),
        "Timeout": str(_RING_SECONDS),
        "StatusCallback": hook_url,
    }


def is_call(said: Mapping[str, str]) -> bool:
    """Whether a callback is about a call."""
    return "CallSid" in said


def heard(said: Mapping[str, str]) -> Sequence[Heard]:
    """What a call came to, as far as this says."""
    ref, status = said["CallSid"], said.get("CallStatus", "")
    if status == "in-progress":
        outcome = Outcome.UNDELIVERED if said.get("Digits") else Outcome.DELIVERED
        return [Report(outcome, ref)]
    if status in _UNHEARD:
        reason = plain_code(said.get("SipResponseCode", ""))
        return [Report(Outcome.UNDELIVERED, ref, reason=reason)]
    return []


def reply(said: Mapping[str, str]) -> Reply:
    """What a call that goes on does next: it ends."""
    return _ENDS if said.get("CallStatus") == "in-progress" else Reply()


def _document(message: Outgoing, hook_url: str) -> str:
    words = spoken(message)
    voice = _VOICES.get(words.locale, f"language={quoteattr(words.locale)}")
    asks, says, ends = map(escape, (words.asks_for_hash, words.says, words.ends))
    return (
        f'<Response><Gather input="dtmf" finishOnKey="#" timeout="{_KEY_SECONDS}"'
        f' action={quoteattr(hook_url)} method="POST"><Say {voice} loop="2">{asks}</Say></Gather>'
        f"<Say {voice}>{says}</Say><Say {voice}>{ends}</Say>"
        f'<Redirect method="POST">{escape(hook_url)}</Redirect></Response>'
    )
