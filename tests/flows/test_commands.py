"""`sparekey flows` as somebody keeps flows in files."""

from pathlib import Path

import pytest

from sparekey.db import Db
from sparekey.kit.ids import new_id, show
from tests.cli.test_commands import sparekey
from tests.world.basics import START


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> dict[str, str]:
    """An installation with a brand."""
    made = {"DATABASE_URL": database_url, "SPAREKEY_DATA_DIR": str(tmp_path)}
    sparekey("init", **made)
    sparekey("brands", "create", "acme", "--name", "Acme", "--sandbox", **made)
    return made


def test_a_ready_made_flow_is_tried_without_a_database() -> None:
    tried = sparekey("flows", "try", "reset_by_text", "--fault", "wrong_code")

    said = " ".join(tried.stdout.split())
    assert tried.returncode == 0
    assert "Reset by text alone RESET to the short code" in said
    for line in (
        '0:00 the person texts "reset"',
        "0:00 us by text, text_asked: New password at Acme",
        "0:00 us by text, recovery_code: 123 456 7890 sets a new password at Acme. Valid for 10",
        "0:02 the carrier says: delivered",
        "0:20 the person texts the wrong code",
        "0:35 the person texts the right code",
        "by text, one_time_password: K7QM 2VZX 9TWR 4YPH signs you in once at Acme",
        "end back_in, after 0:35",
    ):
        assert line in said


def test_a_flow_goes_from_a_file_to_everybody(settings: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "reset_by_code.json"
    file.write_text(sparekey("flows", "export", "reset_by_code").stdout)

    imported = sparekey("flows", "import", str(file), "--brand", "acme", **settings)
    reason = ("--reason", "ready-made")
    published = sparekey(
        "flows", "publish", "reset_by_code", "--brand", "acme", *reason, **settings
    )
    listed = sparekey("flows", "list", "--brand", "acme", **settings)
    exported = sparekey("flows", "export", "reset_by_code", "--brand", "acme", **settings)
    differs = sparekey("flows", "diff", "reset_by_code", "--brand", "acme", **settings)

    assert (imported.returncode, published.returncode) == (0, 0), published.stdout
    assert "Version 1 of reset_by_code is live for everybody" in published.stdout
    assert "reset_by_code" in listed.stdout
    assert exported.stdout == file.read_text()
    assert differs.stdout == ""


def test_what_is_wrong_fails_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "wrong.json"
    text = sparekey("flows", "export", "reset_by_code").stdout
    file.write_text(text.replace('"proven": "proven"', '"proven": "nowhere"'))

    validated = sparekey("flows", "validate", str(file))

    assert validated.returncode == 1
    assert "check: proven leads to nowhere" in validated.stdout


def test_what_is_no_flow_says_so(tmp_path: Path) -> None:
    file = tmp_path / "no.json"
    file.write_text('{"format": "sparekey.flow/1", "name": "x", "title": "x"}')

    shown = sparekey("flows", "show", str(file))

    assert shown.returncode == 1
    assert "nodes" in shown.stdout


def test_the_signing_key_is_shown_and_is_each_brands_own(settings: dict[str, str]) -> None:
    sparekey("brands", "create", "other", "--name", "Other", "--sandbox", **settings)

    keys = [sparekey("flows", "signing-key", slug, **settings) for slug in ("acme", "other")]
    nobody = sparekey("flows", "signing-key", "nobody", **settings)

    assert all(one.stdout.startswith("whsec_") for one in keys)
    assert keys[0].stdout != keys[1].stdout
    assert nobody.returncode == 1


def test_an_audience_is_counted_and_begun_from_a_file(
    settings: dict[str, str], tmp_path: Path
) -> None:
    sparekey("flows", "import", "enrol_numbers", "--brand", "acme", **settings)
    reason = ("--brand", "acme", "--reason", "ready-made")
    sparekey("flows", "publish", "enrol_numbers", *reason, **settings)
    file = tmp_path / "accounts.txt"
    file.write_text("c-1001\n\nc-1002\n")
    words = ("flows", "start", "enrol_numbers", "--brand", "acme")

    counted = sparekey(*words, "--file", str(file), "--count", **settings)
    begun = sparekey(*words, "--file", str(file), **settings)

    assert "0 accounts, 2 of the file unknown" in counted.stdout
    assert "2 to start, 500 an hour" in begun.stdout


async def test_a_stuck_run_is_listed_and_helped_on(
    settings: dict[str, str], db: Db, tmp_path: Path
) -> None:
    file = tmp_path / "reset_by_code.json"
    file.write_text(sparekey("flows", "export", "reset_by_code").stdout)
    sparekey("flows", "import", str(file), "--brand", "acme", **settings)
    why = ("--reason", "ready-made")
    sparekey("flows", "publish", "reset_by_code", "--brand", "acme", *why, **settings)
    run = new_id(START)
    await db.execute(
        """INSERT INTO flows.run (id, wake_at, version_id, brand_id, node, parked_at, parked_for)
        SELECT $1, now(), id, brand_id, 0, now(), 'send.no_post' FROM flows.version""",
        run,
    )
    of = ("--brand", "acme")
    looked = sparekey("doctor", **settings)
    listed = sparekey("flows", "stuck", *of, COLUMNS="200", **settings)
    retried = sparekey("flows", "retry", show("run", run), *of, **settings)
    skipped = sparekey("flows", "skip", show("run", run), "then", *of, **settings)

    assert "runs of flows that are stuck: 1 wait" in looked.stdout
    assert show("run", run) in listed.stdout
    assert "send.no_post" in listed.stdout
    assert (retried.returncode, skipped.returncode) == (0, 1)
    assert "No run of this id is stuck." in skipped.stdout
