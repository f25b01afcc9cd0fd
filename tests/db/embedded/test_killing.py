"""Whatever is killed, the server comes back, and every acknowledged row with it."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.db.embedded.conftest import IS_ROOT, Place, Process
from tests.world.waiting import until

Start = Callable[..., Process]


def test_a_killed_supervisor_takes_the_server_along_and_holders_start_another(
    place: Place, process: Start
) -> None:
    holder, worker = process(), process()
    dsn = holder.attach(place)["dsn"]
    worker.attach(place)
    holder.do("query", "CREATE TABLE kept AS SELECT 7 AS number")
    before = place.postmaster
    [supervisor] = place.supervisors
    os.kill(supervisor, signal.SIGKILL)
    until(lambda: place.postmaster not in (None, before), within=10)
    newcomer = process()

    assert newcomer.attach(place)["dsn"] == dsn
    for one in (holder, worker, newcomer):
        until(lambda one=one: "rows" in one.do("query", "SELECT 1"), within=10)
        assert one.value("SELECT number FROM kept") == 7
    assert len(place.supervisors) == 1


def test_a_server_killed_under_load_keeps_every_acknowledged_row(
    place: Place, process: Start
) -> None:
    holder = process()
    holder.attach(place)
    holder.do("query", "CREATE TABLE accepted (key text PRIMARY KEY)")
    acknowledged = place.directory.parent / "acknowledged"
    holder.do("write", str(acknowledged), 4)
    for _ in range(3):
        _until_more_rows(acknowledged, 200)
        postmaster = until(lambda: place.postmaster, within=10)
        os.kill(postmaster, signal.SIGKILL)
        until(lambda old=postmaster: place.postmaster not in (None, old), within=10)
    _until_more_rows(acknowledged, 200)
    accepted = acknowledged.read_text().split()
    found = holder.value("SELECT array_agg(key) FROM accepted")
    holder.do("release")

    assert len(accepted) >= 800
    assert set(accepted) <= set(found)


def test_both_killed_at_once_under_load_keep_every_acknowledged_row(
    place: Place, process: Start
) -> None:
    holder = process()
    holder.attach(place)
    holder.do("query", "CREATE TABLE accepted (key text PRIMARY KEY)")
    acknowledged = place.directory.parent / "acknowledged"
    holder.do("write", str(acknowledged), 4)
    _until_more_rows(acknowledged, 200)
    for pid in [*place.supervisors, place.postmaster]:
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
    _until_more_rows(acknowledged, 200)
    accepted = acknowledged.read_text().split()
    found = holder.value("SELECT array_agg(key) FROM accepted")
    holder.do("release")

    assert set(accepted) <= set(found)


@pytest.mark.parametrize("state", ["living", "dead and never reaped"])
def test_a_pid_file_that_names_somebody_else_is_no_obstacle(
    place: Place, process: Start, state: str
) -> None:
    holder = process()
    holder.attach(place)
    old = (place.data / "postmaster.pid").read_text().split("\n")
    holder.do("release")
    place.stop()
    command = ["sleep", "60"] if state == "living" else ["true"]
    somebody = subprocess.Popen(command, user="nobody" if IS_ROOT else None)
    if state != "living":
        status = Path(f"/proc/{somebody.pid}/stat")
        until(lambda: ") Z " in status.read_text(), within=5)
    stale = place.data / "postmaster.pid"
    stale.write_text("\n".join([str(somebody.pid), *old[1:]]))
    if IS_ROOT:
        shutil.chown(stale, "nobody", "nogroup")
    newcomer = process()
    answer = newcomer.attach(place)
    survived = somebody.poll() is None if state == "living" else True
    somebody.kill()
    somebody.wait()

    assert newcomer.value("SELECT 1") == 1
    assert survived
    assert answer["seconds"] < 1


def test_a_server_that_takes_long_to_end_is_waited_for_and_progress_is_told(
    place: Place, process: Start
) -> None:
    holder = process()
    holder.attach(place)
    postmaster = place.postmaster
    assert postmaster is not None
    os.kill(postmaster, signal.SIGSTOP)
    for pid in place.supervisors:
        os.kill(pid, signal.SIGKILL)
    holder.kill()
    newcomer = process()
    newcomer.ask("attach", str(place.directory), for_trial=True)
    log = place.directory / "supervisor.log"
    until(lambda: "is shutting down (3 s so far)" in log.read_text(), within=10)
    os.kill(postmaster, signal.SIGCONT)
    newcomer.answer()

    assert newcomer.value("SELECT 1") == 1
    assert place.postmaster != postmaster
    newcomer.do("release")
    assert f"an earlier server (process {postmaster}) is shutting down" in newcomer.errors()


def _until_more_rows(acknowledged: Path, more: int) -> None:
    def count() -> int:
        return acknowledged.read_bytes().count(b"\n") if acknowledged.exists() else 0

    goal = count() + more
    until(lambda: count() >= goal, within=20)
