"""What we send: messages, sealed until they are handed to a gateway, and what became of them."""

from typing import TYPE_CHECKING, Any

from sparekey.outbox.allowances import prefix_key, sends_key
from sparekey.outbox.journal import UNDELIVERED
from sparekey.outbox.links import answer_token, not_me_token, read_answer_token, read_not_me_token
from sparekey.outbox.model import ARCHIVES, Envelope, Lane, State, seal_envelope
from sparekey.outbox.queue import wake
from sparekey.outbox.reporting import conversions, report, spent, standing, sweep, watch
from sparekey.outbox.service import (
    Message,
    Test,
    brand_of,
    enqueue,
    envelope_of,
    find,
    goes_nowhere,
    lane_of,
    may_be_denied,
    oldest_due,
    page,
    send_test,
)
from sparekey.outbox.store import Conversion, Record, Standing

if TYPE_CHECKING:
    from sparekey.outbox.delivery import Delivery

__all__ = [
    "ARCHIVES",
    "UNDELIVERED",
    "Conversion",
    "Delivery",
    "Envelope",
    "Lane",
    "Message",
    "Record",
    "Standing",
    "State",
    "Test",
    "answer_token",
    "brand_of",
    "conversions",
    "enqueue",
    "envelope_of",
    "find",
    "goes_nowhere",
    "lane_of",
    "may_be_denied",
    "not_me_token",
    "oldest_due",
    "page",
    "prefix_key",
    "read_answer_token",
    "read_not_me_token",
    "report",
    "seal_envelope",
    "send_test",
    "sends_key",
    "spent",
    "standing",
    "sweep",
    "wake",
    "watch",
]


def __getattr__(name: str) -> Any:
    """A server that hands nothing over does not load how that is done."""
    if name == "Delivery":
        from sparekey.outbox.delivery import Delivery

        return Delivery
    raise AttributeError(name)
