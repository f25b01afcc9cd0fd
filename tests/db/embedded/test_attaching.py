"""Starting, sharing and stopping the embedded server, through real processes."""

import os
import signal
import stat
from collections.abc import Callable
from pathlib import Path

from tests.db.embedded.conftest import Place, Process
from tests.world.waiting import until

Start = Callable[..., Process]


def test_a_cold_start_makes_a_cluster_and_a_warm_one_opens_it(
    bare_place: Place, process: Start
) -> None:
    place = bare_place
    first = process()
    cold = first.attach(place)
    first.do("query", "CREATE TABLE kept AS SELECT 7 AS number")
    first.do("release")
    until(place.is_quiet, within=10)
    second = process()
    warm = second.attach(place)

    assert second.value("SELECT number FROM kept") == 7
    assert warm["system_identifier"] == cold["system_identifier"]
    assert warm["dsn"] == cold["dsn"]
    assert warm["seconds"] < 1


def test_a_lease_closes_with_its_process_and_the_last_one_stops_the_server(
    place: Place, process: Start
) -> None:
    starter, server, worker, command_line = (process() for _ in range(4))
    for holder in (starter, server, worker, command_line):
        holder.attach(place)
    postmaster = place.postmaster

    starter.kill()
    still = [holder.value("SELECT 1") for holder in (server, worker, command_line)]
    server.do("release")
    worker.kill()
    until(lambda: command_line.value("SELECT 1") == 1, within=5)
    same = place.postmaster
    command_line.end()
    until(place.is_quiet, within=10)

    assert still == [1, 1, 1]
    assert same == postmaster


def test_of_two_starters_one_starts_and_both_are_served(place: Place, process: Start) -> None:
    starters = [process(), process()]
    seen: set[tuple[int, ...]] = set()
    for turn in range(16):
        for starter in starters:
            starter.ask("attach", str(place.directory), for_trial=True)
        answers = [starter.answer() for starter in starters]
        identifiers = tuple(answer["system_identifier"] for answer in answers)
        assert [starter.value("SELECT 1") for starter in starters] == [1, 1]
        [supervisor] = place.supervisors
        seen.add(identifiers)
        for starter in starters:
            starter.do("release")
        # Even turns race against a server that is stopping, odd ones against one that was killed.
        os.kill(supervisor, signal.SIGKILL if turn % 2 else signal.SIGTERM)

    assert len(seen) == 1
    assert len(set(seen.pop())) == 1


def test_a_newcomer_within_the_grace_finds_the_same_server(place: Place, process: Start) -> None:
    first, second = process(), process()
    first.attach(place)
    postmaster = place.postmaster
    first.do("release")
    second.attach(place)

    assert second.value("SELECT 1") == 1
    assert place.postmaster == postmaster


def test_the_supervisor_stays_small(place: Place, process: Start) -> None:
    process().attach(place)
    [supervisor] = place.supervisors
    status = Path(f"/proc/{supervisor}/status").read_text()
    resident = int(status.partition("VmRSS:")[2].split()[0])

    assert resident < 24_000  # kB; with asyncpg and cryptography it would be twice that


def test_sigterm_never_takes_the_server_from_a_holder(place: Place, process: Start) -> None:
    holder = process()
    holder.attach(place)
    [supervisor] = place.supervisors
    os.kill(supervisor, signal.SIGTERM)
    log = place.directory / "supervisor.log"
    until(lambda: "asked to stop; leases held: 1" in log.read_text(), within=5)

    assert holder.value("SELECT 1") == 1


def test_a_directory_with_a_long_name_is_served_from_a_short_one(
    bare_place: Place, process: Start
) -> None:
    place = Place(bare_place.directory / ("long" * 20) / "sparekey")
    place.directory.parent.mkdir(parents=True)
    first, second = process(), process()
    dsn = first.attach(place)["dsn"]
    second.attach(place)

    assert first.value("SELECT 1") == second.value("SELECT 1") == 1
    assert str(place.directory) not in dsn
    short = Path(dsn.partition("host=")[2].partition("&")[0]).parent
    assert stat.S_IMODE(short.stat().st_mode) & 0o066 == 0
    for holder in (first, second):
        holder.do("release")
    place.stop()
    assert not short.exists()


def test_what_waits_in_the_log_holds_no_value_of_a_statement(place: Place, process: Start) -> None:
    holder = process()
    holder.attach(place)
    holder.do("query", "CREATE TABLE address (value text PRIMARY KEY)")
    for _ in range(2):
        holder.do("query", "INSERT INTO address VALUES ($1)", "+15550100")
    holder.do("query", "SELECT '+15550100' FROM nowhere")
    holder.do("release")
    place.stop()
    log = "".join(path.read_text() for path in (place.directory / "log").iterdir())

    assert "duplicate key value" in log
    assert "+15550100" not in log
