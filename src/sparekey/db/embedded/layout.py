"""Where everything of one embedded server lies, and the checks a directory must pass.

<directory>/            ours; root's when we are root
  data/                 the cluster; the server user's
  log/                  its log, one file a weekday; the server user's
  postgresql.conf, pg_hba.conf, pg_ident.conf    written anew at each start
  local.conf            the operator's own settings, kept
  supervisor.lock, supervisor.log, supervisor.json
"""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from sparekey.db.embedded.errors import UnusableDirectory

_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths inside one directory."""

    directory: Path

    @property
    def data(self) -> Path:
        return self.directory / "data"

    @property
    def logs(self) -> Path:
        return self.directory / "log"

    @property
    def settings(self) -> Path:
        return self.directory / "postgresql.conf"

    @property
    def lock(self) -> Path:
        return self.directory / "supervisor.lock"

    @property
    def supervisor_log(self) -> Path:
        return self.directory / "supervisor.log"

    @property
    def state(self) -> Path:
        return self.directory / "supervisor.json"


def default_directory() -> Path:
    """`/var/lib/sparekey` for root, `~/.local/share/sparekey` for everyone else."""
    if os.geteuid() == 0:
        return Path("/var/lib/sparekey")
    return Path.home() / ".local/share/sparekey"


def prepare(directory: Path) -> Layout:
    """Make the directory when it is not there; UnusableDirectory when it is not ours alone.

    Root's may be passed through by the server user, nobody else's by anyone. What was there
    before keeps its mode, and so do all its parents.
    """
    directory = Path(os.path.abspath(directory))  # noqa: PTH100 - links stay, for their shortness
    try:
        make_directory(directory, mode=0o711 if os.geteuid() == 0 else 0o700)
        found = directory.stat()
    except OSError as error:
        raise UnusableDirectory(f"{directory} cannot be used: {error.strerror}") from error
    if found.st_uid != os.geteuid():
        raise UnusableDirectory(
            f"{directory} belongs to {_name(found.st_uid)}: run this as that user, or name another"
            " directory."
        )
    if found.st_mode & _WRITABLE_BY_OTHERS:
        raise UnusableDirectory(
            f"Others may write in {directory}: take that right away (chmod go-w), or name another"
            " directory."
        )
    return Layout(directory)


def make_directory(directory: Path, *, mode: int) -> None:
    """Make it with exactly this mode, or leave what is there as it is."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    try:
        directory.mkdir(mode=mode)
    except FileExistsError:
        return
    directory.chmod(mode)


def replace_file(path: Path, text: str, *, mode: int) -> None:
    """Write a file whole or not at all, without following what may lie under its name."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "w") as file:
        os.fchmod(descriptor, mode)
        file.write(text)
    fresh.replace(path)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
