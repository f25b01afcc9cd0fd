"""What an import leaves behind: the same as a put of each account, once, whatever happens to it."""

import asyncio
import os
import subprocess
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sparekey import accounts, brands
from sparekey.db import Db
from tests.accounts.conftest import ALICE_EMAIL, ALICE_PHONE, Company, addresses
from tests.accounts.importing import Import, people, sheet
from tests.world.deployment import Deployment
from tests.world.processes import COMMAND, Process, environment

#: What a line says of Alice, and what a put says of her.
ALICE = {
    "account": "a1",
    "username": "Alice",
    "name": "Alice Winters",
    "locale": "en-GB",
    "customer_number": "K 100-7",
    "second_factor": "true",
    "email": ALICE_EMAIL,
    "email_verified": "true",
    "phone": "07400 123456",
    "phone_verified": "false",
}
ALICE_FIELDS: dict[str, Any] = {
    "username": "Alice",
    "name": "Alice Winters",
    "locale": "en-GB",
    "customer_number": "K 100-7",
    "second_factor": True,
}
#: Everything an import may touch.
TABLES = (
    "accounts.account", "accounts.address", "accounts.identifier", "accounts.change",
    "accounts.notice", "accounts.import_position", "events.event", "events.unsealed", "jobs.job",
)  # fmt: skip


@pytest.fixture
def importing(company: Company, database_url: str, tmp_path: Path) -> Import:
    return Import(company, database_url, tmp_path)


async def contents(db: Db) -> Mapping[str, list[str]]:
    """Every row of every table an import may touch."""
    return {
        table: [row["row"] for row in await db.fetch(f"SELECT t::text AS row FROM {table} AS t")]  # noqa: S608
        for table in TABLES
    }


async def counts(db: Db, brand: brands.Brand) -> tuple[int, int, int]:
    """A brand's accounts, their identifiers, and the events that tell of their beginning."""
    row = await db.fetchrow(
        "SELECT (SELECT count(*) FROM accounts.account WHERE brand_id = $1) AS accounts,"
        " (SELECT count(*) FROM accounts.identifier WHERE brand_id = $1) AS identifiers,"
        " (SELECT count(*) FROM events.event"
        "  WHERE brand_id = $1 AND kind = 'account.created') AS created",
        brand.id,
    )
    return row["accounts"], row["identifiers"], row["created"]


async def test_an_imported_account_is_what_a_put_makes(
    importing: Import, other_company: Company, db: Db
) -> None:
    told = (*addresses(ALICE_EMAIL), *addresses(ALICE_PHONE, is_verified=False))
    wanted = accounts.Wanted(addresses=told, **ALICE_FIELDS)
    other = other_company
    put, _ = await accounts.put(db, other.keyring, other.brand, "a1", wanted, other.clock())
    result = await importing.run(sheet([ALICE]))

    company = importing.company
    imported = await accounts.get(db, company.keyring, company.brand.id, "a1")
    assert result.exit_code == 0, result.output
    assert imported is not None
    assert shape(imported) == shape(put)
    for name in ("alice", ALICE_EMAIL, "k100 7"):
        assert await company.reach(name) == await other.reach(name) == [ALICE_EMAIL]
    assert await company.reach(ALICE_PHONE) == await other.reach(ALICE_PHONE) == []
    assert await counts(db, company.brand) == await counts(db, other.brand) == (1, 3, 1)
    assert await company.notices(imported) == {}


async def test_a_second_run_finds_everything_there(importing: Import, db: Db) -> None:
    content = sheet(people(25))
    first = await importing.run(content, "--batch", "10")
    before = await contents(db)
    again = await importing.run(content, "--batch", "10")

    assert "Added 25 accounts; 0 were there already" in first.output
    assert "Added 0 accounts; 25 were there already" in again.output
    assert again.exit_code == 0
    assert await contents(db) == before


@pytest.mark.parametrize(
    "said",
    [
        {"username": "alice2"},
        {"name": ""},
        {"second_factor": "false"},
        {"email": "mallory@mail.example"},
        {"phone": ""},
        {"phone_verified": "true"},
    ],
)
async def test_an_account_that_is_there_stays_as_it_is(
    importing: Import, db: Db, said: dict[str, str]
) -> None:
    await importing.run(sheet([ALICE]))
    before = await contents(db)

    faults = await importing.faults(sheet([{**ALICE, **said}]))

    assert faults == [("2", "account", "import.differs")]
    assert await contents(db) == before


async def test_what_a_customer_proved_since_is_no_difference(importing: Import, db: Db) -> None:
    await importing.run(sheet([ALICE]))
    await db.execute("UPDATE accounts.address SET verified_at = usable_from")

    again = await importing.run(sheet([ALICE]))

    assert again.exit_code == 0
    assert "1 were there already" in again.output


async def test_an_account_that_was_deleted_waits(importing: Import) -> None:
    company = importing.company
    await company.put("a1", ALICE_EMAIL)
    await company.delete("a1")
    bob = {**ALICE, "account": "b1", "username": "bob", "customer_number": "", "phone": ""}
    await importing.run(sheet([ALICE, {**bob, "email": "bob@mail.example"}]))

    assert await company.reach(ALICE_EMAIL) == []
    assert await company.reach("bob") == ["bob@mail.example"]
    company.clock.advance(timedelta(hours=72))
    assert await company.reach(ALICE_EMAIL) == [ALICE_EMAIL]


async def test_a_name_that_two_accounts_share_is_taken_and_names_nobody(importing: Import) -> None:
    await importing.company.put("there", "anna@mail.example", username="anna")
    shared = [
        {"account": "c-1", "username": "same", "email": "one@mail.example", "email_verified": "1"},
        {"account": "c-2", "username": "Same", "email": "two@mail.example", "email_verified": "1"},
        {"account": "c-3", "username": "anna", "email": "three@mail.example", "email_verified": ""},
    ]
    noted = await importing.faults(sheet(shared), "--dry-run")
    result = await importing.run(sheet(shared))

    assert sorted(noted) == [
        ("2", "username", "import.shared"),
        ("3", "username", "import.shared"),
        ("4", "username", "import.shared"),
    ]
    assert result.exit_code == 0
    assert await importing.company.reach("same") == []
    assert await importing.company.reach("anna") == []
    assert await importing.company.reach("one@mail.example") == ["one@mail.example"]


async def test_a_dry_run_says_what_would_happen_and_writes_nothing(
    importing: Import, db: Db
) -> None:
    await importing.run(sheet([*people(3), {**next(iter(people(1, first=3))), "email": ""}]))
    before = await contents(db)
    rows = [*people(10), *people(1, first=7), *people(1, first=8), {"account": " "}]
    result = await importing.run(sheet(rows), "--dry-run")
    faults = await importing.faults(sheet(rows), "--dry-run", "--batch", "4")

    assert result.exit_code == 1
    assert "Nothing was written. It would add 6 accounts; 3 were there already" in result.output
    assert "4 lines cannot be taken" in result.output
    assert sorted(faults) == [
        ("12", "account", "import.twice"),
        ("13", "account", "import.twice"),
        ("14", "account", "account.unusable_id"),
        ("5", "account", "import.differs"),
    ]
    assert await contents(db) == before


async def test_of_two_lines_for_one_account_the_first_is_taken(importing: Import, db: Db) -> None:
    content = sheet([*people(3), *people(1), {**ALICE_ROW, "account": "c-1"}])

    assert await importing.faults(content) == [("6", "account", "import.differs")]
    assert await counts(db, importing.company.brand) == (3, 6, 3)


async def test_the_beginning_can_be_left_out(importing: Import, db: Db) -> None:
    result = await importing.run(sheet(people(10)), "--from", "9", "--batch", "1")

    rows = await db.fetch("SELECT ref FROM accounts.account ORDER BY ref")
    assert result.exit_code == 0
    assert [row["ref"] for row in rows] == ["c-7", "c-8", "c-9"]


async def test_an_unknown_brand_and_a_resumed_stream_are_refused(importing: Import) -> None:
    stream = await importing.command("-", "--resume")
    rehearsal = await importing.run("account\n", "--resume", "--dry-run")

    assert (stream.exit_code, rehearsal.exit_code) == (1, 1)
    assert "--resume" in stream.output


async def test_two_imports_at_once_add_everybody_once(
    deployment: Deployment, tmp_path: Path
) -> None:
    brand, _ = await deployment.new_brand()
    file = tmp_path / "accounts.csv"
    file.write_text(sheet(people(3_000)))
    words = (deployment, brand, file, "--batch", "100")
    both = await asyncio.gather(*(asyncio.to_thread(run_to_the_end, *words) for _ in range(2)))

    assert [one.returncode for one in both] == [0, 0], both
    async with deployment.database() as db:
        assert await counts(db, brand) == (3_000, 6_000, 3_000)


async def test_a_killed_import_goes_on_and_every_good_line_is_there_once(
    deployment: Deployment, tmp_path: Path
) -> None:
    brand, _ = await deployment.new_brand()
    good = sheet(people(12_000)).splitlines()
    file, report = tmp_path / "accounts.csv", tmp_path / "errors.csv"
    lines = [*good[:4_000], "c-x,bad", *good[4_000:9_000], "c-y,bad", *good[9_000:]]
    file.write_text("\n".join(lines))
    words = ("--batch", "100", "--errors", str(report), "--resume")
    async with deployment.database() as db:
        for wait_for in (1_000, 5_000, 8_000):
            process = importer(deployment, brand, file, f"killed-{wait_for}", *words)
            process.start()
            while (await counts(db, brand))[0] < wait_for:
                assert process.is_running(), deployment.logs[-2000:]
                await asyncio.sleep(0.005)
            process.kill()
        killed_at, _, _ = await counts(db, brand)
        last = await asyncio.to_thread(run_to_the_end, deployment, brand, file, *words)

        assert killed_at < 12_000
        assert last.returncode == (0 if killed_at > 9_000 else 1), last.stdout
        assert "Going on at line" in last.stdout
        assert await counts(db, brand) == (12_000, 24_000, 12_000)
        assert not await db.fetch("SELECT FROM accounts.import_position")
    found = report.read_text().splitlines()
    assert {line.partition(",")[0] for line in found} == {"line", "4001", "9002"}


async def test_a_database_that_goes_away_ends_it_with_a_sentence(
    importing: Import, db: Db, tmp_path: Path
) -> None:
    importing.company.keyring.save(tmp_path / "keyring.json")
    file = importing.file(sheet(people(20_000)))
    words = ["accounts", "import", str(file), "--brand", "acme", "--batch", "100"]
    settings = {"DATABASE_URL": importing.database_url, "SPAREKEY_DATA_DIR": str(tmp_path)}
    process = Process(words, environment(**settings), tmp_path / "log")
    process.start()
    while (await counts(db, importing.company.brand))[0] < 500:
        assert process.is_running(), process.log.read_text()
        await asyncio.sleep(0.005)
    await db.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    _, status = await asyncio.to_thread(os.waitpid, process.pid, 0)
    again = await importing.command(str(file), "--resume")

    said = process.log.read_text()
    assert os.waitstatus_to_exitcode(status) == 1
    assert "The database went away. Run this again with --resume" in said
    assert "Traceback" not in said
    assert again.exit_code == 0, again.output
    assert await counts(db, importing.company.brand) == (20_000, 40_000, 20_000)


async def test_a_report_that_cannot_be_written_stops_the_import(importing: Import, db: Db) -> None:
    content = sheet([*people(50), {"account": " "}])
    result = await importing.run(content, "--errors", "/dev/full")

    assert isinstance(result.exception, SystemExit)
    assert "cannot be written" in result.output
    assert await counts(db, importing.company.brand) == (0, 0, 0)


async def test_the_place_of_an_import_that_nobody_finished_is_forgotten(
    company: Company, db: Db
) -> None:
    at = company.clock()
    await db.execute("INSERT INTO accounts.import_position VALUES ($1, 17, $2)", bytes(16), at)
    kept: list[int] = []
    for days in (29, 30):
        async with db.transaction() as tx:
            await accounts.sweep(tx, at + timedelta(days=days))
        kept.append(len(await db.fetch("SELECT FROM accounts.import_position")))

    assert kept == [1, 0]


async def test_the_rows_of_a_large_file_do_not_pile_up(
    deployment: Deployment, tmp_path: Path
) -> None:
    peaks: list[int] = []
    for number in (5_000, 50_000):
        brand, _ = await deployment.new_brand()
        file = tmp_path / f"{number}.csv"
        file.write_text(sheet(people(number)))
        peaks.append(await asyncio.to_thread(peak_kib, deployment, brand, file))
        async with deployment.database() as db:
            assert (await counts(db, brand))[0] == number

    assert peaks[1] - peaks[0] < 16_384


#: Somebody who is not Alice under one of her columns.
ALICE_ROW = {"username": "x", "email": "x@mail.example", "email_verified": "true"}


def shape(account: accounts.Account) -> dict[str, Any]:
    """An account without what two accounts of equal content differ in."""
    fields = {name: getattr(account, name) for name in account.__slots__}
    reached = [
        (one.kind, one.value, one.key, one.verified_at, one.usable_from)
        for one in account.addresses
    ]
    return {**fields, "id": None, "brand_id": None, "addresses": reached}


def importer(
    deployment: Deployment, brand: brands.Brand, file: Path, name: str, *words: str
) -> Process:
    """A `sparekey accounts import` of its own."""
    return Process(
        ["accounts", "import", str(file), "--brand", brand.slug, *words],
        environment(**deployment.settings),
        file.with_name(f"{name}.log"),
    )


def run_to_the_end(
    deployment: Deployment, brand: brands.Brand, file: Path, *words: str
) -> subprocess.CompletedProcess[str]:
    """The same, waited for."""
    return subprocess.run(
        [COMMAND, "accounts", "import", file, "--brand", brand.slug, *words],
        env=environment(**deployment.settings), capture_output=True, text=True, check=False,
    )  # fmt: skip


def peak_kib(deployment: Deployment, brand: brands.Brand, file: Path) -> int:
    """The most memory that an import of the file held."""
    process = importer(deployment, brand, file, f"measured-{file.name}")
    process.start()
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0
    return usage.ru_maxrss
