"""The detached process that runs PostgreSQL for everyone who holds a lease on its directory.

It inherits the directory's lock and the first lease from whoever started it, keeps the server
running whatever happens to it, and stops it when the last lease has closed. It imports little and
uses one thread: the server's parent-death signal hangs on it.
"""

import argparse
import os
import signal
import socket
import sys
from pathlib import Path

from sparekey.db.embedded import child, cluster, runtime
from sparekey.db.embedded.binaries import Binaries
from sparekey.db.embedded.errors import EmbeddedFailure
from sparekey.db.embedded.holders import Holders
from sparekey.db.embedded.keeper import Keeper
from sparekey.db.embedded.layout import Layout
from sparekey.db.embedded.users import by_name


def main() -> int:
    options = _options()
    if os.fork():
        os._exit(0)  # whoever started us need not reap us, and no terminal is ours
    for ignored in (signal.SIGHUP, signal.SIGINT, signal.SIGPIPE):
        signal.signal(ignored, signal.SIG_IGN)
    os.umask(0o077)
    child.adopt_orphans()
    os.set_inheritable(options.lock, False)
    first = socket.socket(fileno=options.lease)
    first.set_inheritable(False)
    holders = Holders(first)
    try:
        return _supervise(options, holders)
    except (EmbeddedFailure, OSError) as error:
        holders.fail(f"{error}")
        print(f"supervisor: {error}", file=sys.stderr, flush=True)
        return 1


def _supervise(options: argparse.Namespace, holders: Holders) -> int:
    layout = Layout(options.directory)
    binaries = Binaries(options.binaries, options.major)
    user = by_name(options.user)
    place = runtime.make(layout, user)
    holders.listen(place.lease_socket)
    cluster.sweep(layout)
    if cluster.major_of(layout.data) is None:
        cluster.make(layout, binaries, user)
    cluster.configure(layout, place, user)
    keeper = Keeper(layout, place, binaries, user, holders)
    keeper.run(grace_seconds=options.grace_seconds)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sparekey.db.embedded.supervisor")
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--binaries", type=Path, required=True)
    parser.add_argument("--major", type=int, required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("--lock", type=int, required=True, help="descriptor of the locked file")
    parser.add_argument("--lease", type=int, required=True, help="descriptor of the first lease")
    parser.add_argument("--grace-seconds", type=float, default=1.0)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
