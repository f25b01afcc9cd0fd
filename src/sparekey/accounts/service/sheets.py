"""The journey of one file of accounts into the database, or of a rehearsal past it.

While one batch is written the next is read: reading takes the application as long as writing takes
the database. A batch, what is wrong with its lines and how far the file has come are settled
together, so that a killed import goes on where it was.
"""

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from sparekey.accounts import store
from sparekey.accounts.service.importing import (
    Batch,
    Fault,
    Tally,
    add,
    draft,
    look,
    shared_name,
    shared_names,
)
from sparekey.accounts.sheet import Columns, Line
from sparekey.accounts.spool import Spool
from sparekey.brands import Brand
from sparekey.db import Db
from sparekey.kit.clock import Clock
from sparekey.kit.keyring import Keyring

_ACCOUNT = 0  # a kind of key beside those of identifiers
_PIECE_BYTES = 1 << 20
_TWICE = "Keep one line for this account: it stands on line {} too."


@dataclass(slots=True)
class Totals:
    """What became of a file: numbers only, for a file may be all faults."""

    added: int = 0
    there: int = 0
    faults: int = 0
    notes: int = 0


@dataclass(frozen=True, slots=True)
class Journey:
    """One file's way. `heard` is told what is wrong with lines before they count as done, `moved`
    how many lines are done; `position` is the key under which the file's place is kept."""

    db: Db
    keyring: Keyring
    brand: Brand
    clock: Clock
    columns: Columns
    lines: Iterator[Line]
    batch_lines: int
    heard: Callable[[Sequence[Fault]], None]
    moved: Callable[[int], None]
    position: bytes | None = None

    async def carry_out(self) -> Totals:
        """Add every account that is not there."""
        total = Totals()
        batches = await self._next()
        while batches:
            batches, _ = await asyncio.gather(self._next(), self._write(batches, total))
        if self.position is not None:
            await store.imports.forget_position.run(self.db, key=self.position)
        return total

    async def rehearse(self) -> Totals:
        """Say what `carry_out` would do, and which names several accounts share; writes nothing."""
        total = Totals()
        with closing(Spool()) as spool:
            batches = await self._next()
            while batches:
                batches, _ = await asyncio.gather(self._next(), self._look(batches, total, spool))
            self._hear_of_repeated(spool, total)
        return total

    async def _next(self) -> list[Batch]:
        return await asyncio.to_thread(self._read)

    def _read(self) -> list[Batch]:
        lines = list(islice(self.lines, self.batch_lines))
        if not lines:
            return []
        return draft(self.keyring, self.brand, self.columns, lines, self.clock())

    async def _write(self, batches: Sequence[Batch], total: Totals) -> None:
        for batch in batches:
            at = self.clock()
            async with self.db.transaction() as tx:
                tally = await add(tx, self.brand, batch, at)
                self.heard(tally.faults)
                if self.position is not None:
                    await store.imports.keep_position.run(
                        tx, key=self.position, line=batch.last_line, at=at
                    )
            self._count(batch, tally, total)

    async def _look(self, batches: Sequence[Batch], total: Totals, spool: Spool) -> None:
        for batch in batches:
            tally, missing = await look(self.db, self.brand, batch)
            tally.faults += await shared_names(self.db, self.brand, batch.drafts)
            for one in missing:
                spool.add(_ACCOUNT, one.key, one.key, one.line)
                for kind, key in one.names:
                    spool.add(kind, key, one.key, one.line)
            self.heard(tally.faults)
            self._count(batch, tally, total)

    def _hear_of_repeated(self, spool: Spool, total: Totals) -> None:
        for kind, lines, is_shared in spool.repeated():
            if kind == _ACCOUNT:
                first, *others = lines
                advice = _TWICE.format(first)
                faults = [Fault(line, "account", "import.twice", advice) for line in others]
                total.added -= len(others)
            else:
                faults = [shared_name(kind, line) for line in lines if is_shared]
            self.heard(faults)
            _count_faults(faults, total)

    def _count(self, batch: Batch, tally: Tally, total: Totals) -> None:
        total.added += tally.added
        total.there += tally.there
        _count_faults(tally.faults, total)
        self.moved(len(batch.drafts) + len(batch.faults))


def _count_faults(faults: Sequence[Fault], total: Totals) -> None:
    notes = sum(fault.is_note for fault in faults)
    total.notes += notes
    total.faults += len(faults) - notes


def position_key(keyring: Keyring, brand: Brand, file: BinaryIO) -> bytes:
    """The key of a file's place: of its content, so that a corrected file begins anew."""
    digest = hashlib.sha256()
    while piece := file.read(_PIECE_BYTES):
        digest.update(piece)
    file.seek(0)
    return keyring.index("accounts.import", str(brand.id), digest.digest())


async def position_of(db: Db, position: bytes) -> int:
    """The last line of a file that an earlier import has done; 1, its header, if none has."""
    return await store.imports.position_of.maybe(db, key=position) or 1
