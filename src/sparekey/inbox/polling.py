"""Fetching mail from a mailbox by IMAP, for whoever cannot have it handed in; the slowest way.

The mailbox is ours alone: what was looked at is marked as seen and stays where it is, whether or
not it was about a message of ours. What nothing can be made of is flagged too, for a person; what
cannot be kept yet stays unseen, and is passed over until it can. So every mail has its turn,
whatever lies before it; and however many workers look, and die, a mail is kept once.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

import structlog

from sparekey.db import Db, is_passing
from sparekey.inbox.letters import return_path
from sparekey.inbox.mailbox import Mailbox, Visit, visiting, what_is_wrong
from sparekey.inbox.service.letters import (
    MOST_BYTES,
    Addressed,
    Full,
    addressed,
    keep_letter,
    refuse_letter,
)
from sparekey.kit.clock import Clock
from sparekey.kit.keyring import Keyring
from sparekey.kit.outlived import outlive

EVERY = timedelta(minutes=1)
SELDOM = timedelta(minutes=15)
#: How long a visit goes on, and half of the time after which it is broken off: a server that says a
#: little now and then would hold us for ever.
LONGEST = timedelta(minutes=5)
_MOST_PUT_OFF = 10_000

_log = structlog.get_logger()


class _Fate(Enum):
    """What becomes of a mail in the mailbox."""

    READ = r"\Seen"
    #: Nothing can be made of it: a person finds it by its flag.
    ODD = r"\Seen \Flagged"
    LATER = ""


@dataclass(slots=True)
class Poller:
    """Looks into one mailbox, again and again."""

    mailbox: Mailbox
    db: Db
    keyring: Keyring
    clock: Clock
    longest: timedelta = LONGEST
    #: Which mails could not be kept, and when to try again.
    _put_off: dict[str, datetime] = field(default_factory=dict[str, datetime], init=False)
    _kept: int = field(default=0, init=False)

    async def look(self) -> int:
        """Take everything that nobody has seen; how often a mail was about a message of ours."""
        self._kept, at = 0, self.clock()
        self._put_off = {uid: until for uid, until in self._put_off.items() if until > at}
        seconds, now = self.longest.total_seconds(), asyncio.get_running_loop().time
        ends_at = now() + seconds
        async with asyncio.timeout(2 * seconds), visiting(self.mailbox) as visit:
            for uid in await visit.unseen():
                if now() > ends_at:  # the next visit goes on
                    break
                if uid not in self._put_off:
                    fate = await self._take(visit, uid)
                    if fate is not _Fate.LATER:
                        await visit.mark(uid, fate.value)
        return self._kept

    async def _take(self, visit: Visit, uid: str) -> _Fate:
        octets = await visit.octets(uid, most=MOST_BYTES + 1)
        if octets is None:
            return _Fate.LATER
        try:
            return await self._keep(octets, f"{self.mailbox.place} {visit.validity} {uid}")
        except Full as full:
            if len(self._put_off) < _MOST_PUT_OFF:
                self._put_off[uid] = full.again_at
            return _Fate.LATER
        except Exception as error:
            if is_passing(error):
                raise
            outlive("mail_unreadable", error)
            return _Fate.ODD

    async def _keep(self, octets: bytes, fetched: str) -> _Fate:
        meant: list[Addressed] = addressed(self.keyring, octets)
        if len(octets) > MOST_BYTES:
            for to in meant:
                await refuse_letter(self.db, self.keyring, to, at=self.clock(), fetched=fetched)
            _log.warning("mail_too_large", about=len(meant))
            return _Fate.ODD
        sender = return_path(octets)
        for to in meant:
            self._kept += await keep_letter(
                self.db, self.keyring, to, sender, octets, at=self.clock(), fetched=fetched
            )
        return _Fate.READ


async def keep_polling(
    mailbox: Mailbox, db: Db, keyring: Keyring, clock: Clock, *, every: timedelta = EVERY
) -> None:
    """Look into the mailbox every minute, more seldom while it is away, until cancelled."""
    poller = Poller(mailbox, db, keyring, clock)
    failures = 0
    while True:
        failures = 0 if await _look_if_there(poller) else failures + 1
        await asyncio.sleep(pause(failures, every).total_seconds())


def pause(failures: int, every: timedelta = EVERY) -> timedelta:
    """How long until the next look after so many that failed in a row."""
    return min(every * 2 ** min(max(failures - 1, 0), 10), SELDOM)


async def _look_if_there(poller: Poller) -> bool:
    """Whatever is wrong with a mailbox is said in the log and ends nothing else."""
    try:
        await poller.look()
    except Exception as error:
        outlive("imap_failed", error, advice=what_is_wrong(error))
        return False
    return True


async def poll(mailbox: Mailbox, db: Db, keyring: Keyring, clock: Clock) -> int:
    """Look into the mailbox once; how often a mail was about a message of ours."""
    return await Poller(mailbox, db, keyring, clock).look()
