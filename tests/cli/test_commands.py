"""The `sparekey` command as an operator runs it: a process, an environment, a sentence back."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sparekey.db import Db
from sparekey.kit.ids import new_id, show
from tests.world.basics import START

SPAREKEY = Path(sys.executable).with_name("sparekey")


def sparekey(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run one command with these settings and no others."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SPAREKEY_")}
    return subprocess.run(
        [SPAREKEY, *words],
        env={**kept, "COLUMNS": "200", **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> dict[str, str]:
    """An installation of its own on the test's database."""
    return {"DATABASE_URL": database_url, "SPAREKEY_DATA_DIR": str(tmp_path)}


def test_init_makes_a_keyring_once(settings: dict[str, str], tmp_path: Path):
    first = sparekey("init", **settings)
    made = (tmp_path / "keyring.json").read_bytes()
    second = sparekey("init", **settings)

    assert (first.returncode, second.returncode) == (0, 0)
    assert "Keep a copy" in first.stdout
    assert (tmp_path / "keyring.json").read_bytes() == made


def test_a_brand_and_its_key_are_made_from_the_command_line(settings: dict[str, str]):
    sparekey("init", **settings)
    made = sparekey("brands", "create", "acme", "--name", "Acme", "--sandbox", **settings)
    key = sparekey("keys", "create", "acme", "--name", "shop", **settings)

    assert made.returncode == 0
    assert key.stdout.splitlines()[-1].startswith("sk_test_")


def test_doctor_finds_nothing_in_a_healthy_sandbox(settings: dict[str, str]):
    sparekey("init", **settings)
    sparekey(
        *("brands", "create", "acme", "--name", "Acme", "--sandbox"),
        *("--support-email", "help@acme.example"),
        **settings,
    )
    examined = sparekey("doctor", **settings)

    assert examined.returncode == 0, examined.stdout
    assert "look" not in examined.stdout


def test_doctor_says_what_a_live_brand_lacks(settings: dict[str, str]):
    sparekey("init", **settings)
    sparekey("brands", "create", "acme", "--name", "Acme", **settings)
    examined = sparekey("doctor", **settings)

    assert examined.returncode == 1
    assert "it texts nowhere" in examined.stdout
    assert "customers who are stuck find no person" in examined.stdout
    assert "acme, a gateway for email: nothing is sent" in examined.stdout


def test_plugins_lists_what_one_file_added():
    listed = sparekey("plugins").stdout

    for name in ("sandbox", "smtp", "countries", "recovery_code"):
        assert name in listed


@pytest.mark.parametrize("command", ["serve", "worker", "migrate", "doctor", "brands list"])
def test_without_a_keyring_a_command_says_how_to_make_one(command: str, settings: dict[str, str]):
    refused = sparekey(*command.split(), **settings, SPAREKEY_BASE_URL="https://id.acme.example")

    assert refused.returncode != 0
    assert "sparekey init" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    "words",
    [("brands", "list"), ("brands", "create", "acme", "--name", "Acme"), ("keys", "list", "acme")],
)
def test_a_database_that_is_not_there_is_one_sentence(
    words: tuple[str, ...], settings: dict[str, str]
):
    sparekey("init", **settings)
    nowhere = urlsplit(settings["DATABASE_URL"])._replace(path="/of_nobody").geturl()
    refused = sparekey(*words, **{**settings, "DATABASE_URL": nowhere})

    assert refused.returncode == 1
    assert refused.stdout == ""
    assert len(refused.stderr.splitlines()) == 1
    assert "of_nobody" in refused.stderr


def test_a_setting_that_cannot_be_read_is_named(settings: dict[str, str]):
    refused = sparekey("serve", **settings, SPAREKEY_PORT="eighty")

    assert refused.returncode != 0
    assert "SPAREKEY_PORT" in refused.stderr
    assert "Traceback" not in refused.stderr


async def test_work_that_was_given_up_is_listed_and_tried_anew(settings: dict[str, str], db: Db):
    sparekey("init", **settings)
    job = new_id(START)
    await db.execute(
        """INSERT INTO jobs.job (id, kind, payload, due_at, created_at, parked_at, last_error_code)
        VALUES ($1, 'nobody.does', '{}', now(), now(), now(), 'KeyError')""",
        job,
    )
    looked = sparekey("doctor", **settings)
    listed = sparekey("jobs", "parked", COLUMNS="200", **settings)
    retried = [sparekey("jobs", "retry", show("job", job), **settings) for _ in range(2)]

    assert "work that was given up: 1 wait: sparekey jobs parked lists it" in looked.stdout
    assert "ok   messages that are due" in looked.stdout
    assert looked.returncode == 1
    assert show("job", job) in listed.stdout
    assert "KeyError" in listed.stdout
    assert [one.returncode for one in retried] == [0, 1]


async def test_letters_that_lie_aside_are_counted_listed_and_read_again_once(
    settings: dict[str, str], db: Db
):
    sparekey("init", **settings)
    await db.execute(
        """INSERT INTO inbox.letter (id, message_id, purpose, sealed, received_at, last_error_code)
        SELECT gen_random_uuid(), gen_random_uuid(), 'reply', '', now(), 'BrokenSeal'
        FROM generate_series(1, 20)"""
    )
    looked = sparekey("doctor", **settings)
    listed = sparekey("inbox", "aside", **settings)
    both = (asyncio.to_thread(sparekey, "inbox", "read-again", **settings) for _ in range(2))
    said = await asyncio.gather(*both)
    then = sparekey("doctor", **settings)

    advice = "sparekey inbox aside lists it; mend it within a week"
    assert f"mail that nobody could read: 20 wait: {advice}" in looked.stdout
    assert listed.stdout.count("BrokenSeal") == 20
    assert [one.returncode for one in said] == [0, 0]
    assert sum(int(one.stdout.split()[0]) for one in said) == 20
    assert "ok   mail that nobody could read" in then.stdout
