"""Whom the server runs as: ourselves, or, when we are root, an unprivileged user that exists.

PostgreSQL refuses to run as root. We never make a user: we say which line makes one.
"""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from sparekey.db.embedded.errors import NoServerUser, UnusableDirectory

DEFAULT_USER = "sparekey"
TRIAL_USER = "nobody"


class Becoming(TypedDict, total=False):
    """What `subprocess` needs to run something as another user."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class ServerUser:
    """An entry of the user database."""

    name: str
    uid: int
    gid: int

    @property
    def becoming(self) -> Becoming:
        """Empty when this is who we are."""
        if os.geteuid() == self.uid:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give a path that we have just made to this user."""
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def require_way_to(self, directory: Path) -> None:
        """UnusableDirectory when this user cannot pass into `directory`."""
        if not self.becoming:
            return
        entered = subprocess.run(
            ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(directory)],
            **self.becoming,
            cwd="/",
            stderr=subprocess.DEVNULL,
            check=False,
        )
        if entered.returncode != 0:
            raise UnusableDirectory(
                f"The server runs as {self.name}, who cannot enter {directory}: name a directory"
                " that it can reach, such as /var/lib/sparekey. No mode of a parent is changed."
            )


def by_name(name: str) -> ServerUser:
    """The user of this name; NoServerUser when there is none, or it is root."""
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise NoServerUser(_make_line(f"There is no user {name}.", name)) from None
    if entry.pw_uid == 0:
        raise NoServerUser(f"PostgreSQL refuses to run as {name}: name an unprivileged user.")
    return ServerUser(entry.pw_name, entry.pw_uid, entry.pw_gid)


def choose(setting: str | None, *, for_trial: bool, data: Path) -> ServerUser:
    """The setting, `sparekey`, or for a trial `nobody`: whoever owns `data`, if it is there."""
    if os.geteuid() != 0:
        return _ourselves(setting)
    users = _candidates(setting, for_trial=for_trial)
    try:
        owner = data.lstat().st_uid
    except FileNotFoundError:
        return users[0]
    for user in users:
        if user.uid == owner:
            return user
    raise NoServerUser(
        f"{data} does not belong to {users[0].name}: name its owner as the server's user, or give"
        f" it away while nothing runs (chown -R {users[0].name}: {data} {data.with_name('log')})."
    )


def _ourselves(setting: str | None) -> ServerUser:
    try:
        entry = pwd.getpwuid(os.geteuid())
    except KeyError:
        raise NoServerUser(
            f"PostgreSQL needs a name for the user {os.geteuid()}: add it to /etc/passwd."
        ) from None
    if setting not in (None, entry.pw_name):
        raise NoServerUser(f"Only root can run the server as {setting}; this is {entry.pw_name}.")
    return ServerUser(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _candidates(setting: str | None, *, for_trial: bool) -> list[ServerUser]:
    if setting is not None and (setting != TRIAL_USER or for_trial):
        return [by_name(setting)]
    names = [DEFAULT_USER, TRIAL_USER] if for_trial else [DEFAULT_USER]
    found: list[ServerUser] = []
    for name in names:
        try:
            found.append(by_name(name))
        except NoServerUser:
            continue
    if setting is None and found:
        return found
    reason = "As root the database runs as an unprivileged user of its own"
    reason += ", and nobody is not one." if setting == TRIAL_USER else "; there is none yet."
    raise NoServerUser(_make_line(reason, DEFAULT_USER))


def _make_line(reason: str, name: str) -> str:
    return f"{reason} Make it once with\n  adduser --system --group --no-create-home {name}"
