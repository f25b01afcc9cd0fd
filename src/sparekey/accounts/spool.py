"""Which of millions of keys come twice, in bounded memory: sorted pieces on disk, then merged."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from tempfile import TemporaryFile
from typing import IO, Final

_KEY_BYTES: Final = 17
_OWNER_BYTES: Final = 8
_LINE_BYTES: Final = 8
_RECORD_BYTES: Final = _KEY_BYTES + _OWNER_BYTES + _LINE_BYTES
_MOST_IN_MEMORY: Final = 200_000


@dataclass(slots=True)
class Spool:
    """Takes keys and whose they are; says which keys of a kind stand on several lines.

    A kind is one byte, a key has 16; of an owner the first 8 count. Files are nameless, so a
    killed process leaves none behind.
    """

    most_in_memory: int = _MOST_IN_MEMORY
    _records: list[bytes] = field(default_factory=list[bytes], init=False)
    _pieces: list[IO[bytes]] = field(default_factory=list[IO[bytes]], init=False)

    def add(self, kind: int, key: bytes, owner: bytes, line: int) -> None:
        """Note that `key` stands on `line`, as that of `owner`."""
        place = owner[:_OWNER_BYTES] + line.to_bytes(_LINE_BYTES, "big")
        self._records.append(bytes((kind,)) + key + place)
        if len(self._records) >= self.most_in_memory:
            self._put_down()

    def repeated(self) -> Iterator[tuple[int, list[int], bool]]:
        """The kind and the lines of every key that has several, and whether of several owners."""
        self._put_down()
        merged = heapq.merge(*map(_records_of, self._pieces))
        for key, group in groupby(merged, key=lambda record: record[:_KEY_BYTES]):
            records = list(group)
            if len(records) > 1:
                owners = {record[_KEY_BYTES:-_LINE_BYTES] for record in records}
                lines = [int.from_bytes(record[-_LINE_BYTES:], "big") for record in records]
                yield key[0], lines, len(owners) > 1

    def close(self) -> None:
        """Give the disk back."""
        for piece in self._pieces:
            piece.close()

    def _put_down(self) -> None:
        piece = TemporaryFile()  # noqa: SIM115  # closed by `close`
        piece.write(b"".join(sorted(self._records)))
        self._pieces.append(piece)
        self._records.clear()


def _records_of(piece: IO[bytes]) -> Iterator[bytes]:
    piece.seek(0)
    while record := piece.read(_RECORD_BYTES):
        yield record
