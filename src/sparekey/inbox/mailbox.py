"""One visit to a mailbox by IMAP (RFC 3501): what waits there, its octets, and marking it.

The library behind it blocks, so each step runs in a thread; leaving, for whatever reason, ends the
line first, so that no thread stays with a server that has gone silent.
"""

import asyncio
import imaplib
import socket
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sparekey.kit.secret import Secret

if TYPE_CHECKING:
    from imap_tools.mailbox import BaseMailBox

#: How long the server may be silent.
_PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Whose mail to fetch; without TLS on loopback only."""

    host: str
    port: int
    user: str
    password: Secret[str]
    folder: str
    is_tls: bool

    @property
    def place(self) -> str:
        """Which mailbox it is, for telling it from others."""
        return f"{self.user} {self.folder} {self.host}:{self.port}"


class SignInRefused(Exception):
    """The server does not know this user with this password."""


@asynccontextmanager
async def visiting(mailbox: Mailbox) -> AsyncGenerator["Visit"]:
    """Signed in for the length of the block; by TLS the server has to be the one it says it is."""
    box = await asyncio.to_thread(_signed_in, mailbox)
    try:
        yield Visit(box)
        await asyncio.to_thread(cast(Any, box).logout)
    finally:
        with suppress(OSError):
            box.client.sock.shutdown(socket.SHUT_RDWR)  # wakes a thread that still reads
        await asyncio.to_thread(_ended, box)


class Visit:
    """A mailbox that we are signed in to."""

    def __init__(self, box: "BaseMailBox") -> None:
        self._client: Any = cast(Any, box.client)
        told = self._client.untagged_responses.get("UIDVALIDITY", [b""])
        #: A mail's number means the same mail as long as this is the same (RFC 3501, 2.3.1.1).
        self.validity = cast(bytes, told[-1]).decode()

    async def unseen(self) -> list[str]:
        """The mails that nobody has looked at, oldest first, by their numbers (UIDs)."""
        found = await self._ask("SEARCH", "UNSEEN")
        return b" ".join(cast(bytes, part) for part in found if part).decode().split()

    async def octets(self, uid: str, *, most: int) -> bytes | None:
        """The first so many octets of a mail; None when it has gone."""
        for part in await self._ask("FETCH", uid, f"(BODY.PEEK[]<0.{most}>)"):
            if isinstance(part, tuple):
                return cast(bytes, part[1])
            if part is not None and b"BODY[" in part:  # nothing in it: no literal follows
                return b""
        return None

    async def mark(self, uid: str, flags: str) -> None:
        """Set flags of a mail; nothing is ever removed."""
        await self._ask("STORE", uid, "+FLAGS.SILENT", f"({flags})")

    async def _ask(self, command: str, *words: str) -> list[Any]:
        status, parts = await asyncio.to_thread(self._client.uid, command, *words)
        if status != "OK":
            raise imaplib.IMAP4.error(f"{command} was answered {status}")
        return cast("list[Any]", parts)


def _signed_in(mailbox: Mailbox) -> "BaseMailBox":
    from imap_tools import MailBox, MailBoxUnencrypted

    if mailbox.is_tls:
        trusted = ssl.create_default_context()
        box = MailBox(mailbox.host, mailbox.port, _PATIENCE_SECONDS, ssl_context=trusted)
    else:
        box = MailBoxUnencrypted(mailbox.host, mailbox.port, _PATIENCE_SECONDS)
    try:
        _sign_in(box, mailbox)
        cast(Any, box.folder).set(mailbox.folder)
    except BaseException:
        _ended(box)
        raise
    return box


def _sign_in(box: "BaseMailBox", mailbox: Mailbox) -> None:
    from imap_tools import MailboxLoginError

    password = mailbox.password.reveal()
    is_plain = (mailbox.user + password).isascii()
    try:
        (box.login if is_plain else box.login_utf8)(mailbox.user, password, None)
    except imaplib.IMAP4.abort:  # the line broke
        raise
    except (MailboxLoginError, imaplib.IMAP4.error) as error:
        raise SignInRefused from error


def _ended(box: "BaseMailBox") -> None:
    with suppress(OSError):  # it was ended before
        box.client.shutdown()


def what_is_wrong(error: BaseException) -> str:
    """What an operator can do about a visit that failed, in words without an address."""
    from imap_tools import MailboxFolderSelectError

    match error:
        case SignInRefused():
            return "sign-in was refused: check the user and SPAREKEY_IMAP_PASSWORD"
        case MailboxFolderSelectError():
            return "the folder cannot be opened: check the end of SPAREKEY_IMAP"
        case ssl.SSLCertVerificationError():
            return "its certificate is not one to trust: check the name in SPAREKEY_IMAP"
        case TimeoutError():
            return "it is too slow, or silent"
        case OSError():
            return "it is not reached: check host and port, and the network"
        case imaplib.IMAP4.error():
            return "it ended the line, or answered with a refusal"
        case _:
            return "it failed in a way that nobody foresaw"
