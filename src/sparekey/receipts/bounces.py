"""Reading a mail that a mail server sent back: what it says has become of ours (RFC 3464).

Most servers write a delivery status that a machine can read; flufl.bounce knows the dialects of
those that do not. A mail that is neither says nothing, whoever it is from.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.message import Message
from typing import Any, cast

from sparekey.gateways import Outcome

_STATUS = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})")
#: What flufl.bounce's detectors raise over a mail without the headers that they look for.
_ON_NONSENSE = (LookupError, ValueError, TypeError, AttributeError, MessageError)
_OUTCOMES = {"delivered": Outcome.DELIVERED, "failed": Outcome.UNDELIVERED}


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a server says: `outcome` None while it still tries; `reason` is its status code."""

    outcome: Outcome | None
    reason: str = ""


def read_bounce(mail: Message) -> Bounce | None:
    """What a mail to one of our bounce addresses says; None when it is no bounce at all.

    One recipient got each of our mails, so the worst of several statuses is the message's.
    """
    found = [_said(fields) for fields in _recipients(mail)]
    told = [one for one in found if one is not None]
    if told:
        return min(told, key=_severity)
    return _in_dialect(mail)


def _recipients(mail: Message) -> Iterator[Message]:
    """The fields about each recipient of a delivery status; the first group is the report's own."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            groups: object = part.get_payload()
            if isinstance(groups, list):
                found = cast("list[object]", groups)[1:]
                yield from (one for one in found if isinstance(one, Message))


def _said(fields: Message) -> Bounce | None:
    """`relayed` and `expanded` say that it went on to where nobody reports from."""
    action = str(fields.get("Action", "")).strip().lower()
    status = _STATUS.match(str(fields.get("Status", "")))
    reason = ".".join(status.groups()) if status else ""
    if action in _OUTCOMES:
        return Bounce(_OUTCOMES[action], reason)
    if action in {"delayed", "relayed", "expanded"}:
        return Bounce(None, reason)
    return None


def _severity(bounce: Bounce) -> int:
    order = (Outcome.UNDELIVERED, None, Outcome.DELIVERED)
    return order.index(bounce.outcome)


def _in_dialect(mail: Message) -> Bounce | None:
    import flufl.bounce

    try:
        temporary, permanent = cast(Any, flufl.bounce).all_failures(mail)
    except _ON_NONSENSE:
        return None
    if permanent:
        return Bounce(Outcome.UNDELIVERED)
    return Bounce(None) if temporary else None
