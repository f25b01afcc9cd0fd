"""Graphs of published versions, read once by a process: a version never changes."""

from collections.abc import MutableMapping
from weakref import WeakKeyDictionary

import msgspec

from sparekey.db import Db, Executor
from sparekey.flows.graph import Graph, read
from sparekey.flows.service.drafting import read_document
from sparekey.flows.store import drawings
from sparekey.flows.store.drawings import VersionRow
from sparekey.kit.cache import Cache

_CACHED = 1000

_graphs: MutableMapping[Db, Cache[int, Graph]] = WeakKeyDictionary()


async def graph(on: Executor, version_id: int) -> Graph:
    """The graph of a published version, which is committed; LookupError when there is none of this
    number."""
    cache = _graphs.setdefault(on.home, Cache(size=_CACHED, seconds=float("inf")))
    found = cache.get(version_id, 0)
    if found is None:
        found = graph_from(await drawings.version.one(on, id=version_id))
        cache.put(version_id, found, 0)
    return found


async def fresh_graph(on: Executor, version_id: int) -> Graph:
    """The same inside a transaction, which may see a version that is not committed yet."""
    return graph_from(await drawings.version.one(on, id=version_id))


def graph_from(row: VersionRow) -> Graph:
    """The graph of a version that was read already."""
    pins = msgspec.json.decode(row.pins, type=dict[str, int])
    return read(read_document(row.document), pins)[0]
