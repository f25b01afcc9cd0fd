"""Fetching mail from a mailbox by IMAP, for whoever cannot have it handed in; the slowest way.

The mailbox is ours alone: what was looked at is marked as seen and stays where it is, whether or
not it was about a message of ours. So is what is too large, and what came in a flood: anybody can
send both, and left unseen they would keep everybody else's mail from being looked at. A mail that
could not be kept because the database was away is found again.
"""

import asyncio
import imaplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import structlog

from sparekey.db import Db, is_passing
from sparekey.inbox.letters import return_path
from sparekey.inbox.service.letters import MOST_BYTES, Addressed, Full, addressed, keep_letter
from sparekey.kit.clock import Clock
from sparekey.kit.keyring import Keyring
from sparekey.kit.secret import Secret

if TYPE_CHECKING:
    from imap_tools.mailbox import BaseMailBox

EVERY = timedelta(minutes=1)
_AT_ONCE = 50
_PATIENCE_SECONDS = 30.0

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Whose mail to fetch; without TLS on loopback only."""

    host: str
    port: int
    user: str
    password: Secret[str]
    folder: str
    is_tls: bool


async def keep_polling(mailbox: Mailbox, db: Db, keyring: Keyring, clock: Clock) -> None:
    """Fetch what is new, every minute, until cancelled."""
    while True:
        await _poll_if_there(mailbox, db, keyring, clock)
        await asyncio.sleep(EVERY.total_seconds())


async def _poll_if_there(mailbox: Mailbox, db: Db, keyring: Keyring, clock: Clock) -> None:
    """A mailbox that is away for a while is no reason to end."""
    try:
        await poll(mailbox, db, keyring, clock)
    except Exception as error:
        _log.warning("imap_failed", error=type(error).__name__)
        if not _will_pass(error):
            raise


async def poll(mailbox: Mailbox, db: Db, keyring: Keyring, clock: Clock) -> int:
    """Fetch what has not been seen, at most 50 mails; how many were about messages of ours."""
    kept = 0
    done: list[str] = []
    for uid, octets in await asyncio.to_thread(_unseen, mailbox):
        for to in addressed(keyring, octets):
            kept += await _keep(db, keyring, to, octets, clock)
        done.append(uid)
    if done:
        await asyncio.to_thread(_mark, mailbox, done)
    return kept


async def _keep(db: Db, keyring: Keyring, to: Addressed, octets: bytes, clock: Clock) -> bool:
    """False when its message has got more than anybody writes: it stays in the mailbox."""
    try:
        await keep_letter(db, keyring, to, return_path(octets), octets, at=clock())
    except Full:
        _log.warning("imap_flooded")
        return False
    return True


def _unseen(mailbox: Mailbox) -> list[tuple[str, bytes]]:
    """The oldest mails that nobody has seen, whole and unread; of what is too large, nothing."""
    from imap_tools import AND

    with _opened(mailbox) as box:
        uids = box.uids(AND(seen=False))[:_AT_ONCE]
        found = [(uid, _fetched(box, uid)) for uid in uids]
    return [(uid, octets if len(octets) <= MOST_BYTES else b"") for uid, octets in found]


def _fetched(box: "BaseMailBox", uid: str) -> bytes:
    """One mail, and no more of it than tells that it is too large."""
    _, answered = cast(Any, box).client.uid("fetch", uid, f"(BODY.PEEK[]<0.{MOST_BYTES + 1}>)")
    parts = cast("list[tuple[bytes, bytes] | bytes | None]", answered)
    return next((part[1] for part in parts if isinstance(part, tuple)), b"")


def _mark(mailbox: Mailbox, uids: Sequence[str]) -> None:
    from imap_tools import MailMessageFlags

    with _opened(mailbox) as box:
        cast(Any, box).flag(list(uids), MailMessageFlags.SEEN, value=True)


def _opened(mailbox: Mailbox) -> "BaseMailBox":
    """Signed in; by TLS the server has to be the one that it says it is."""
    from imap_tools import MailBox, MailBoxUnencrypted

    if mailbox.is_tls:
        trusted = ssl.create_default_context()
        box = MailBox(mailbox.host, mailbox.port, _PATIENCE_SECONDS, ssl_context=trusted)
    else:
        box = MailBoxUnencrypted(mailbox.host, mailbox.port, _PATIENCE_SECONDS)
    return box.login(mailbox.user, mailbox.password.reveal(), mailbox.folder)


def _will_pass(error: Exception) -> bool:
    """Whether it is the mailbox, the line or the database that is away, and no defect of ours."""
    from imap_tools import ImapToolsError

    return isinstance(error, (ImapToolsError, imaplib.IMAP4.error, OSError)) or is_passing(error)
