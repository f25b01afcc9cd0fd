"""What cannot work does not start, and says in one sentence what to do."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sparekey.db import Db, adopt_keyring
from sparekey.kit.keyring import Keyring
from tests.faults.commands import Ended, sparekey
from tests.world.deployment import BASE_URL, make_brand
from tests.world.postgres import Cluster
from tests.world.processes import free_port

Settings = dict[str, str]


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """A migrated database, its keyring, and all that `sparekey serve` needs."""
    Keyring.generate().save(tmp_path / "keyring.json")
    return {
        "DATABASE_URL": database_url,
        "SPAREKEY_DATA_DIR": str(tmp_path),
        "SPAREKEY_BASE_URL": BASE_URL,
        "SPAREKEY_PORT": str(free_port()),
    }


@pytest.fixture(params=["serve", "worker"])
def root(request: pytest.FixtureRequest) -> Iterator[str]:
    """Both processes refuse the same things."""
    return request.param


def test_nothing_starts_without_the_keyring(settings: Settings, root: str):
    Path(settings["SPAREKEY_DATA_DIR"], "keyring.json").unlink()

    refused = sparekey(root, settings=settings)

    assert_refused(refused, "There is no keyring at", "sparekey init")


async def test_nothing_starts_with_the_keyring_of_another_database(
    settings: Settings, root: str, db: Db
):
    await adopt_keyring(db, Keyring.generate().fingerprint)

    refused = sparekey(root, settings=settings)

    assert_refused(refused, "another keyring", "keyring file that belongs to this database")


def test_nothing_starts_with_half_a_keyring(settings: Settings, root: str):
    Path(settings["SPAREKEY_DATA_DIR"], "keyring.json").write_text('{"keys"')

    refused = sparekey(root, settings=settings)

    assert_refused(refused, "keyring.json cannot be read")


async def test_the_operators_database_is_migrated_only_when_asked(
    settings: Settings, root: str, postgres: Cluster
):
    empty = await postgres.empty()

    refused = sparekey(root, settings={**settings, "DATABASE_URL": empty})
    migrated = sparekey("migrate", settings={**settings, "DATABASE_URL": empty})
    await postgres.drop(empty)

    assert_refused(refused, "lacks", "Apply them with: sparekey migrate")
    assert (migrated.code, migrated.words) == (0, "The database is ready.\n")


async def test_an_older_program_leaves_a_newer_database_alone(
    settings: Settings, root: str, db: Db
):
    await db.execute("INSERT INTO db.migration VALUES ('guard', 9999, 'of_tomorrow', '\\x00')")

    refused = sparekey(root, settings=settings)

    assert_refused(refused, "newer than this program", "guard/9999_of_tomorrow")


async def test_a_live_brand_is_not_served_under_an_address_of_this_machine(
    settings: Settings, root: str, db: Db
):
    brand, _ = await make_brand(db, datetime.now(UTC), is_sandbox=False)
    nowhere = {**settings, "SPAREKEY_BASE_URL": ""}
    loopback = {**settings, "SPAREKEY_BASE_URL": "http://localhost:8000"}

    refusals = [sparekey(root, settings=one) for one in (nowhere, loopback)]

    for refused in refusals:
        assert_refused(refused, f"{brand.slug} is a live brand", "set SPAREKEY_BASE_URL")


async def test_other_machines_are_not_served_before_the_address_is_known(
    settings: Settings, root: str
):
    open_door = {**settings, "SPAREKEY_BASE_URL": "", "SPAREKEY_HOST": "0.0.0.0"}

    refused = sparekey(root, settings=open_door)

    assert_refused(refused, "Others reach 0.0.0.0", "set SPAREKEY_BASE_URL")


def test_a_database_that_does_not_exist_is_named_not_awaited(settings: Settings, root: str):
    elsewhere = settings["DATABASE_URL"].replace("/test_", "/no_such_")

    refused = sparekey(root, settings={**settings, "DATABASE_URL": elsewhere})

    assert_refused(refused, "The database cannot be used", 'database "no_such_', "does not exist")


def assert_refused(refused: Ended, *sentences: str) -> None:
    """It ended with a failure and one line, no stack."""
    assert refused.code == 1
    assert "Traceback" not in refused.words
    assert refused.words.count("\n") == 1
    for sentence in sentences:
        assert sentence in refused.words
