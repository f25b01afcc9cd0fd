"""PostgreSQL on this machine for whoever has no server: `attach()` gives a `Lease` on it.

A small detached process, the supervisor, runs the server for everyone who holds a lease on its
directory, and stops it when the last lease closes. Linux only: it stands on flock, /proc and the
parent-death signal.
"""

from typing import TYPE_CHECKING, Any

from sparekey.db.embedded.errors import (
    EmbeddedFailure,
    ForeignServer,
    NoBinaries,
    NoServerUser,
    OtherMajor,
    ServerFailed,
    UnusableDirectory,
)
from sparekey.db.embedded.layout import default_directory

if TYPE_CHECKING:
    from sparekey.db.embedded.lease import Lease, attach

__all__ = [
    "EmbeddedFailure",
    "ForeignServer",
    "Lease",
    "NoBinaries",
    "NoServerUser",
    "OtherMajor",
    "ServerFailed",
    "UnusableDirectory",
    "attach",
    "default_directory",
]


def __getattr__(name: str) -> Any:
    """The supervisor enters through this package too, and shall not carry asyncio for its life."""
    if name in ("Lease", "attach"):
        from sparekey.db.embedded import lease

        return getattr(lease, name)
    raise AttributeError(name)
