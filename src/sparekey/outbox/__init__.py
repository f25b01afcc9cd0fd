"""What we send: messages, sealed until they are handed to a gateway, and what became of them."""

from typing import TYPE_CHECKING, Any

from sparekey.outbox.allowances import sends_key
from sparekey.outbox.links import answer_token, not_me_token, read_answer_token, read_not_me_token
from sparekey.outbox.model import ARCHIVES, Envelope, State, seal_envelope
from sparekey.outbox.queue import wake
from sparekey.outbox.reporting import report
from sparekey.outbox.service import (
    Message,
    Test,
    brand_of,
    enqueue,
    find,
    may_be_denied,
    page,
    send_test,
)
from sparekey.outbox.store import Record

if TYPE_CHECKING:
    from sparekey.outbox.delivery import Delivery

__all__ = [
    "ARCHIVES",
    "Delivery",
    "Envelope",
    "Message",
    "Record",
    "State",
    "Test",
    "answer_token",
    "brand_of",
    "enqueue",
    "find",
    "may_be_denied",
    "not_me_token",
    "page",
    "read_answer_token",
    "read_not_me_token",
    "report",
    "seal_envelope",
    "send_test",
    "sends_key",
    "wake",
]


def __getattr__(name: str) -> Any:
    """A server that hands nothing over does not load how that is done."""
    if name == "Delivery":
        from sparekey.outbox.delivery import Delivery

        return Delivery
    raise AttributeError(name)
