"""PostgreSQL: statements as values, the pool, migrations, partitions and the embedded server."""

from sparekey.db import embedded, partitions
from sparekey.db.arrays import array
from sparekey.db.files import SchemaMismatch
from sparekey.db.installation import WrongKeyring, adopt_keyring
from sparekey.db.migrate import Patience, migrate, pending
from sparekey.db.outage import is_passing
from sparekey.db.partitions import Archive
from sparekey.db.pool import Connection, Db, Tx
from sparekey.db.statement import STATEMENTS, Executor, Statement, statement
from sparekey.db.time import clock_offset, server_major

__all__ = [
    "STATEMENTS",
    "Archive",
    "Connection",
    "Db",
    "Executor",
    "Patience",
    "SchemaMismatch",
    "Statement",
    "Tx",
    "WrongKeyring",
    "adopt_keyring",
    "array",
    "clock_offset",
    "embedded",
    "is_passing",
    "migrate",
    "partitions",
    "pending",
    "server_major",
    "statement",
]
