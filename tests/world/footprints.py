"""What a piece of work leaves behind: how many rows of which table it wrote."""

from dataclasses import dataclass

from sparekey.db import Db


@dataclass(frozen=True, slots=True)
class Footprint:
    """A moment in the life of a database; `since` tells what was written after it."""

    db: Db
    transaction: int

    async def since(self) -> dict[str, int]:
        """For every table the rows that were inserted or changed and are still there."""
        written: dict[str, int] = {}
        for table in await self.db.fetch(_TABLES):
            row = await self.db.fetchrow(
                f"SELECT count(*) FROM {table['name']} WHERE xmin::text::bigint >= $1",  # noqa: S608 (names come from the catalogue)
                self.transaction,
            )
            if row["count"]:
                written[table["name"]] = row["count"]
        return written


async def footprint(db: Db) -> Footprint:
    """Begin to look, now."""
    row = await db.fetchrow("SELECT pg_current_xact_id()::text::bigint + 1 AS next")
    return Footprint(db, row["next"])


#: A key's rate is leased by the second, not by the request: it says nothing of one request.
_TABLES = """
SELECT format('%I.%I', n.nspname, c.relname) AS name
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND (n.nspname, c.relname) <> ('access', 'key_rate')
ORDER BY 1
"""
