"""The cluster on disk: made whole or not at all, and configured anew at each start.

The role and database of the product are made before the cluster gets its name, so a `data` folder
that exists is complete. Who may connect is decided by the operating system (peer authentication):
root, the owner of the directory and the server's user; nobody has a password.
"""

import os
import pwd
import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

from sparekey.db.embedded.binaries import Binaries
from sparekey.db.embedded.child import ends_with
from sparekey.db.embedded.errors import ServerFailed, UnusableDirectory
from sparekey.db.embedded.layout import Layout, replace_file
from sparekey.db.embedded.runtime import PORT, Runtime
from sparekey.db.embedded.users import ServerUser

ROLE = "sparekey"
DATABASE = "sparekey"
_SUPERUSER = "postgres"
_MAKING = "data.making-"
_FIRST_STATEMENTS = (
    f"CREATE ROLE {ROLE} LOGIN CREATEDB;\nCREATE DATABASE {DATABASE} OWNER {ROLE};\n"
)
#: A program of PostgreSQL gets no variable of ours, least of all PGDATA or PGPORT.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}


def major_of(data: Path) -> int | None:
    """The major version that made the cluster, or None when there is none yet."""
    try:
        return int((data / "PG_VERSION").read_text())
    except FileNotFoundError:
        if data.exists():
            raise UnusableDirectory(
                f"{data} is not a cluster of PostgreSQL: move it away."
            ) from None
        return None


def system_identifier(data: Path) -> int:
    """The number that names this cluster among all others, from its control file."""
    with (data / "global/pg_control").open("rb") as file:
        return struct.unpack("=Q", file.read(8))[0]


def make(layout: Layout, binaries: Binaries, user: ServerUser) -> None:
    """Make the cluster under another name, then rename it; ServerFailed when that fails."""
    making = Path(tempfile.mkdtemp(prefix=_MAKING, dir=layout.directory))
    user.own(making)
    initdb = [str(binaries.folder / "initdb"), "--pgdata", str(making), "--username", _SUPERUSER]
    initdb += ["--encoding=UTF8", "--auth=peer", "--data-checksums", "--no-instructions"]
    # Every commit waits while a new segment is filled with zeros; of 16 MB that is 30 ms.
    initdb += ["--wal-segsize=4"]
    _run([*initdb, "--text-search-config=simple", *_locale(binaries.major)], user)
    single = [str(binaries.folder / "postgres"), "--single", "-D", str(making), _SUPERUSER]
    _run(single, user, typed=_FIRST_STATEMENTS)
    making.rename(layout.data)
    _sync(layout.directory)


def sweep(layout: Layout) -> None:
    """Throw away what was never finished; an initdb that is still dying may need a second time."""
    for leftover in layout.directory.glob(f"{_MAKING}*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _locale(major: int) -> list[str]:
    """PostgreSQL's own C.UTF-8 where it has one: no library's upgrade reorders our indexes."""
    if major >= 17:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return ["--locale=C.UTF-8"]


def _run(command: list[str], user: ServerUser, *, typed: str = "") -> None:
    done = subprocess.run(
        command,
        **user.becoming,
        preexec_fn=ends_with(os.getpid()),
        input=typed,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
        cwd="/",
        text=True,
        check=False,
    )
    # postgres --single goes on after an error, and ends with 0
    if done.returncode != 0 or "ERROR:" in done.stderr:
        raise ServerFailed(f"{command[0]} failed:\n{done.stderr[-2000:]}")


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def configure(layout: Layout, runtime: Runtime, user: ServerUser) -> None:
    """Write the settings, who may connect, and the folder of the log."""
    layout.logs.mkdir(mode=0o700, exist_ok=True)
    user.own(layout.logs)
    hba = layout.directory / "pg_hba.conf"
    ident = layout.directory / "pg_ident.conf"
    settings = _SETTINGS.format(
        hba=_quoted(str(hba)),
        ident=_quoted(str(ident)),
        logs=_quoted(str(layout.logs)),
        port=PORT,
        socket=_quoted('"{}"'.format(str(runtime.server_directory).replace('"', '""'))),
    )
    local = layout.directory / "local.conf"
    if local.exists():
        settings += f"include = {_quoted(str(local))}\n"
    replace_file(layout.settings, settings, mode=0o644)
    replace_file(hba, "local all all peer map=sparekey\n", mode=0o644)
    replace_file(ident, _mapping(layout, user), mode=0o644)


def _mapping(layout: Layout, user: ServerUser) -> str:
    owner = pwd.getpwuid(layout.directory.stat().st_uid).pw_name
    people = sorted({"root", owner, user.name})
    roles = (ROLE, _SUPERUSER)
    return "".join(f'sparekey "{person}" {role}\n' for person in people for role in roles)


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


# Codes, addresses and tokens are parameters: nothing that could repeat one is logged. So no
# statements, no parameters, and no DETAIL lines, which name the values of a broken constraint.
_SETTINGS = """\
# Written by Sparekey at each start. Your own settings belong into local.conf beside this file.
listen_addresses = ''
unix_socket_directories = {socket}
unix_socket_permissions = 0700
port = {port}
hba_file = {hba}
ident_file = {ident}
max_connections = 100
shared_buffers = 128MB
max_wal_size = 2GB
wal_compression = pglz
checkpoint_timeout = 15min
synchronous_commit = on
jit = off
timezone = 'UTC'
logging_collector = on
log_directory = {logs}
log_filename = 'postgresql-%a.log'
log_truncate_on_rotation = on
log_rotation_age = 1d
log_rotation_size = 0
log_timezone = 'UTC'
log_statement = none
log_error_verbosity = terse
log_min_error_statement = panic
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
"""
