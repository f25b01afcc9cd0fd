"""Telling open screens that something has arrived, however many there are.

One task of the process looks, in one statement, while somebody watches and no longer; screens hold
no connection to the database. What this process delivers itself is looked for at once.
"""

import asyncio
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID
from weakref import WeakKeyDictionary

from sparekey import jobs
from sparekey.db import Db, is_passing
from sparekey.sandbox import store
from sparekey.sandbox.service.inbox import SCREENS

_MOST_WATCHERS = 50
_LOOK_AGAIN = timedelta(seconds=0.5)
#: A quiet screen hears so often that the line still stands.
_QUIET_SECONDS = 15.0


class Watcher:
    """One open screen, and what it is told."""

    def __init__(self, brand_id: int) -> None:
        self.brand_id = brand_id
        self.was_told = False
        self._is_over = False
        self._news = asyncio.Event()

    def tell(self) -> None:
        """Something has arrived."""
        self.was_told = True
        self._news.set()

    def end(self) -> None:
        """Nothing more will be told."""
        self._is_over = True
        self._news.set()

    async def news(self) -> AsyncGenerator[bool]:
        """True at the beginning and when something has arrived, False when nothing did for long."""
        while not self._is_over:
            try:
                async with asyncio.timeout(_QUIET_SECONDS):
                    await self._news.wait()
            except TimeoutError:
                yield False
                continue
            self._news.clear()
            if not self._is_over:
                yield True


@dataclass(slots=True)
class _Lookout:
    """The one who looks for all screens of a process."""

    watchers: set[Watcher] = field(default_factory=set[Watcher])
    seen: frozenset[UUID] = frozenset()
    looking: asyncio.Task[None] | None = None

    async def look(self, db: Db) -> None:
        try:
            while self.watchers:
                self.tell(await _latest(db))
                await jobs.wake(SCREENS).wait(_LOOK_AGAIN)
        finally:
            self.looking = None

    def tell(self, latest: Sequence[store.Arrival] | None) -> None:
        if latest is None:
            return
        brands = {one.brand_id for one in latest if one.id not in self.seen}
        self.seen = frozenset(one.id for one in latest)
        for watcher in self.watchers:
            if watcher.brand_id in brands or not watcher.was_told:
                watcher.tell()


_lookouts: "WeakKeyDictionary[Db, _Lookout]" = WeakKeyDictionary()


def has_room(db: Db) -> bool:
    """Whether another screen may be opened on this process."""
    return len(_lookout(db).watchers) < _MOST_WATCHERS


@contextmanager
def watching(db: Db, brand_id: int) -> Generator[Watcher]:
    """A screen of a brand while the block runs."""
    lookout, watcher = _lookout(db), Watcher(brand_id)
    lookout.watchers.add(watcher)
    if lookout.looking is None:
        lookout.looking = asyncio.create_task(lookout.look(db))
    jobs.wake(SCREENS).set()
    try:
        yield watcher
    finally:
        lookout.watchers.discard(watcher)


def _lookout(db: Db) -> _Lookout:
    found = _lookouts.get(db)
    if found is None:
        found = _lookouts[db] = _Lookout()
    return found


async def _latest(db: Db) -> Sequence[store.Arrival] | None:
    """What came last; None while the database is away, and the next look may find it back."""
    try:
        return await store.LATEST.all(db)
    except Exception as error:
        if is_passing(error):
            return None
        raise
