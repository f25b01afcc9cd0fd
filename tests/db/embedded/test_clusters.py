"""Clusters that are not as expected: half made, of another version, or not ours at all."""

import json
import os
import shutil
import signal
import socket
from collections.abc import Callable
from pathlib import Path

from tests.db.embedded.conftest import IS_ROOT, Place, Process
from tests.world.skips import file
from tests.world.waiting import until

Start = Callable[..., Process]
DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")


def test_a_half_made_cluster_is_thrown_away(bare_place: Place, process: Start) -> None:
    place = bare_place
    half = place.directory / "data.making-1234"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    holder = process()
    holder.attach(place)

    assert holder.value("SELECT 1") == 1
    assert not half.exists()


def test_a_supervisor_killed_while_it_makes_the_cluster_leaves_none(
    bare_place: Place, process: Start
) -> None:
    place = bare_place
    holder = process()
    holder.ask("attach", str(place.directory), for_trial=True)
    until(lambda: list(place.directory.glob("data.making-*/PG_VERSION")), within=10)
    for pid in place.supervisors:
        os.kill(pid, signal.SIGKILL)
    has_data = place.data.exists()
    holder.answer()
    works = holder.value("SELECT 1")
    holder.do("release")
    place.stop()
    process().attach(place)

    assert not has_data
    assert works == 1
    assert not list(place.directory.glob("data.making-*"))


def test_a_cluster_of_postgresql_15_runs_with_the_systems_and_is_refused_to_others(
    bare_place: Place, process: Start
) -> None:
    place = bare_place
    file(DEBIAN_15 / "postgres", package="postgresql-15")
    holder = process()
    holder.attach(place, binaries=str(DEBIAN_15))
    holder.do("query", "CREATE TABLE kept AS SELECT 7 AS number")
    holder.do("release")
    place.stop()
    again = process()
    found = again.attach(place)
    version = again.value("SHOW server_version_num")
    kept = again.value("SELECT number FROM kept")
    eighteen = process().attach(Place(place.directory.parent / "other"))
    refused = process().attach(place, binaries=eighteen["binaries"])

    assert (int(version) // 10000, kept, found["binaries"]) == (15, 7, str(DEBIAN_15))
    assert refused["failure"] == "OtherMajor"
    assert "made by PostgreSQL 15" in refused["text"]
    for step in ("pg_dump", "pg_restore", "move the data folder away"):
        assert step in refused["text"]


def test_a_cluster_of_a_major_that_is_nowhere_is_refused(bare_place: Place, process: Start) -> None:
    place = bare_place
    place.data.mkdir(parents=True)
    (place.data / "PG_VERSION").write_text("14\n")
    if IS_ROOT:
        shutil.chown(place.data, "nobody")
    refused = process().attach(place)

    assert refused["failure"] == "OtherMajor"
    assert "made by PostgreSQL 14" in refused["text"]


def test_a_data_folder_that_is_no_cluster_is_left_alone(bare_place: Place, process: Start) -> None:
    place = bare_place
    place.data.mkdir(parents=True)
    (place.data / "photograph").write_text("of something else")
    if IS_ROOT:
        shutil.chown(place.data, "nobody")
    refused = process().attach(place)

    assert refused["failure"] == "UnusableDirectory"
    assert (place.data / "photograph").exists()


def test_another_server_is_never_taken_for_ours(place: Place, process: Start) -> None:
    stranger = process().attach(Place(place.directory.parent / "other"))
    mine = process()
    identifier = mine.attach(place)["system_identifier"]
    mine.do("release")
    place.stop()
    newcomer = process()
    with socket.socket(socket.AF_UNIX) as impostor:
        impostor.bind(str(place.directory / "lease"))
        impostor.listen()
        newcomer.ask("attach", str(place.directory), for_trial=True)
        lease, _ = impostor.accept()
        word = {
            "word": "ready",
            "socket_directory": stranger["dsn"].partition("host=")[2].partition("&")[0],
            "system_identifier": identifier,
            "binaries": stranger["binaries"],
        }
        lease.sendall(json.dumps(word).encode() + b"\n")
        answer = newcomer.answer()
        lease.close()

    assert answer["failure"] == "ForeignServer"
    assert str(stranger["system_identifier"]) in answer["text"]


def test_a_server_that_cannot_start_says_where_to_read_why(place: Place, process: Start) -> None:
    (place.directory / "local.conf").write_text("shared_buffers = plenty\n")
    answer = process().attach(place)

    assert answer["failure"] == "ServerFailed"
    assert "shared_buffers" in answer["text"]
    assert str(place.directory / "supervisor.log") in answer["text"]
