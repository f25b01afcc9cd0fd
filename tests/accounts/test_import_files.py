"""Files as people make them, and as nobody should: what is taken, and what is said of the rest."""

from pathlib import Path

import pytest

from sparekey import accounts
from sparekey.db import Db
from tests.accounts.conftest import Company
from tests.accounts.importing import Import

HEADER = "account,username,name,email,email_verified\n"
GOOD = "c-1,alice,Alice,alice@mail.example,true\n"
SECRET = "$2b$12$notahashatallbutsomethingsecret"  # nobody's


@pytest.fixture
def importing(company: Company, database_url: str, tmp_path: Path) -> Import:
    return Import(company, database_url, tmp_path)


async def imported(importing: Import) -> list[str]:
    """The ids of the accounts that there are."""
    rows = await importing.company.db.fetch("SELECT ref FROM accounts.account ORDER BY ref")
    return [row["ref"] for row in rows]


@pytest.mark.parametrize(
    "content",
    [
        HEADER + GOOD,
        HEADER + GOOD.rstrip("\n"),
        (HEADER + GOOD).replace("\n", "\r\n"),
        "\ufeff" + HEADER + GOOD,
        HEADER + "\n\r\n" + GOOD + "\n",
        (HEADER + GOOD).replace(",", ";"),
        (HEADER + GOOD).replace(",", "\t"),
        HEADER + '"c-1","alice","Alice","alice@mail.example","true"\n',
        "Account , USERNAME,name,email,email_verified\n" + GOOD,
        HEADER + GOOD.replace("true", "Yes"),
        HEADER + GOOD.replace("true", "1"),
    ],
)
async def test_a_file_is_read_however_a_spreadsheet_saved_it(
    importing: Import, content: str
) -> None:
    result = await importing.run(content)

    assert result.exit_code == 0, result.output
    assert await importing.company.reach("alice") == ["alice@mail.example"]


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        (b"c-2,b\0b,Bob,,", "username", "account.unusable"),
        (b"c-\0,bob,Bob,,", "account", "account.unusable_id"),
        (b",bob,Bob,,", "account", "account.unusable_id"),
        (b" c-2,bob,Bob,,", "account", "account.unusable_id"),
        (b"c-2,bob,Bob,", "", "import.columns"),
        (b"c-2,bob,Bob,,,", "", "import.columns"),
        (b'c-2,bob,"Bob,,', "", "import.quotes"),
        (b'c-2,bob,"Bob"by,,', "", "import.quotes"),
        (b"c-2,bob,B\rb,,", "", "import.quotes"),
        (b"c-2,bob,B\xf6b,,", "", "import.encoding"),
        (b"c-2,bob,Bob,nobody,", "email", "address.unreadable"),
        (b"c-2,bob,Bob,a@b.example b@b.example,", "email", "address.unreadable"),
        (b"c-2,bob,Bob,bob@mail.example,perhaps", "email_verified", "import.not_yes_or_no"),
        (b"c-2,bob," + b"B" * 255 + b",,", "name", "account.unusable"),
        (b"c-2,bob," + b"B" * 10_000_000 + b",,", "", "import.too_long"),
        (b'c-2,bob,"' + b"B" * 10_000_000, "", "import.too_long"),
        (b"\xff\xfe\x00", "", "import.encoding"),
    ],
)
async def test_a_bad_line_is_named_and_spoils_no_other(
    importing: Import, line: bytes, column: str, code: str
) -> None:
    faults = await importing.faults(HEADER.encode() + line + b"\n" + GOOD.encode())

    assert faults == [("2", column, code)]
    assert await imported(importing) == ["c-1"]


async def test_an_open_quotation_mark_does_not_swallow_what_follows(importing: Import) -> None:
    spread = 'c-2,bob,"Bob\nField",,\n'
    faults = await importing.faults(HEADER + spread + GOOD)

    assert [line for line, _, _ in faults] == ["2", "3"]
    assert await imported(importing) == ["c-1"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Add the column account"),
        (b"\n\n", "Add the column account"),
        (b"username,email\n", "Add the column account"),
        (b"account,e-mail\n", "'e-mail'"),
        (b"account,password\n", "'password'"),
        (b"account,email,email\n", "stand twice: email"),
        (b"account,phone_verified\n", "phone_verified"),
        (b'account,"email\n', "column names"),
        ("account,näme\n".encode("latin-1"), "UTF-8"),
        ("account,name\n".encode("utf-16"), "UTF-8"),
        (b"account," + b"x" * 100_000, "rename the columns"),
        (b"account,name\rc-1,Alice\r", "column names"),
        (bytes(range(128, 256)) * 100, "UTF-8"),
    ],
)
async def test_a_file_that_is_none_ends_with_a_sentence(
    importing: Import, content: bytes, said: str
) -> None:
    result = await importing.run(content)

    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output
    assert await imported(importing) == []


async def test_a_file_that_is_not_there_ends_with_a_sentence(importing: Import) -> None:
    missing = await importing.command(str(importing.directory / "nowhere.csv"))
    directory = await importing.command(str(importing.directory))
    unwritable = await importing.run(HEADER + GOOD, "--errors", "/nowhere/errors.csv")

    assert [one.exit_code for one in (missing, directory, unwritable)] == [1, 1, 1]
    assert "cannot be read" in missing.output
    assert "cannot be read" in directory.output
    assert "cannot be written" in unwritable.output


async def test_a_report_never_replaces_the_file_itself(importing: Import) -> None:
    file = importing.file(HEADER + GOOD)
    link = file.with_name("link.csv")
    link.symlink_to(file)

    result = await importing.command(str(file), "--errors", str(link))

    assert result.exit_code == 1
    assert "another file" in result.output
    assert file.read_text() == HEADER + GOOD


async def test_a_header_alone_adds_nothing(importing: Import) -> None:
    result = await importing.run(HEADER)

    assert result.exit_code == 0
    assert "Added 0 accounts" in result.output


async def test_standard_input_is_a_file_too(importing: Import) -> None:
    result = await importing.command("-", given=(HEADER + GOOD).encode())

    assert result.exit_code == 0, result.output
    assert await imported(importing) == ["c-1"]


async def test_several_addresses_stand_in_numbered_columns(importing: Import, db: Db) -> None:
    header = "account,email,email_verified,email_2,email_2_verified,phone,phone_verified,phone_3\n"
    line = "c-1,a@mail.example,true,b@mail.example,yes,07400 123456,true,+447400123457\n"
    result = await importing.run(header + line)

    company = importing.company
    account = await accounts.get(db, company.keyring, company.brand.id, "c-1")
    assert result.exit_code == 0, result.output
    assert account is not None
    assert [(one.value, one.verified_at is not None) for one in account.addresses] == [
        ("a@mail.example", True),
        ("b@mail.example", True),
        ("+447400123456", True),
        ("+447400123457", False),
    ]


async def test_an_address_given_twice_in_a_line_is_a_fault(importing: Import) -> None:
    content = "account,email,email_2\nc-1,a@mail.example,A@mail.example\n"

    assert await importing.faults(content) == [("2", "", "account.duplicate_address")]


async def test_addresses_that_nobody_proved_are_warned_of(importing: Import) -> None:
    result = await importing.run("account,email\nc-1,alice@mail.example\n")

    assert result.exit_code == 0
    assert "email_verified" in result.output


async def test_no_report_holds_a_hash_or_an_address(importing: Import) -> None:
    content = (
        "account,email,phone,password_hash\n"
        f"c-1,alice@mail.example,,{SECRET}\n"
        "c-2,alice@@mail.example,,\n"
        "c-3,,+4474001234567890,\n"
        f'c-4,,,"{SECRET}\n'
    )
    report = importing.directory / "errors.csv"
    shown = await importing.run(content)
    kept = await importing.run(content, "--errors", str(report))

    written = shown.output + kept.output + report.read_text()
    assert [line.partition(",")[0] for line in report.read_text().split()][:1] == ["line"]
    assert "password.unsupported_hash" in written
    for secret in (SECRET, "alice@", "+44740"):
        assert secret not in written


async def test_many_faults_are_counted_and_the_first_shown(importing: Import) -> None:
    result = await importing.run(HEADER + "x\n" * 50)

    assert result.exit_code == 1
    assert "line 2: " in result.output
    assert "And 30 more" in result.output
    assert "50 lines cannot be taken" in result.output
