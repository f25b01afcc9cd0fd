"""`sparekey gateways` for routes, senders, stops and money."""

from pathlib import Path

import pytest

from sparekey.brands import commands as brand_commands
from sparekey.db import Db
from sparekey.gateways import commands
from sparekey.kit.keyring import Keyring
from tests.gateways.test_commands import PLAIN
from tests.world.basics import MovableClock
from tests.world.terminal import Terminal, working_on


@pytest.fixture
def terminal(database_url: str, keyring: Keyring, clock: MovableClock) -> Terminal:
    on_db = working_on(database_url)
    Terminal(brand_commands.app(on_db, clock)).run("create", "acme", "--name", "Acme")

    def on_sealed(work: commands.Work) -> None:
        async def with_keyring(db: Db) -> None:
            await work(db, keyring)

        on_db(with_keyring)

    made = Terminal(commands.app(on_sealed, clock, lambda: "https://recover.acme.example"))
    assert made.run("add", "acme", "mail", "--kind", "smtp", *PLAIN).exit_code == 0
    return made


def test_a_route_is_said_shown_and_changed_in_part(terminal: Terminal):
    said = terminal.run(
        "route", "acme", "mail", "--channel", "email", "--place", "1", "--weight", "7",
        "--purpose", "recovery",
    )  # fmt: skip
    changed = terminal.run(
        "route", "acme", "mail", "--channel", "email", "--weight", "9", "--purpose", "any"
    )
    paced = terminal.run("pace", "acme", "mail", "50")
    shown = terminal.run("routes", "acme").output

    assert [one.exit_code for one in (said, changed, paced)] == [0, 0, 0]
    assert [cell.strip() for cell in shown.splitlines()[3].split("│")[1:-1]] == [
        "email", "mail", "1", "9", "", "50/s", "on",
    ]  # fmt: skip


def test_senders_and_stops_are_shown_until_they_are_taken_back(terminal: Terminal):
    terminal.run("sender", "acme", "60777", "--country", "GB", "--can-reply")
    terminal.run("stop", "acme", "recovery_code")
    before = terminal.run("routes", "acme").output
    terminal.run("remove-sender", "acme", "--country", "GB")
    terminal.run("resume", "acme", "recovery_code")
    after = terminal.run("routes", "acme").output

    assert "sms to GB from 60777, takes replies" in before
    assert "recovery_code is stopped" in before
    assert "60777" not in after
    assert "stopped" not in after


def test_money_is_said_and_shown(terminal: Terminal, tmp_path: Path):
    table = tmp_path / "prices.csv"
    table.write_text("prefix,price\n44,0.04\n1,0.0079\n")
    done = [
        terminal.run("prices", "acme", "mail", str(table)),
        terminal.run("budget", "acme", "GB", "100"),
        terminal.run("budget", "acme", "*", "250", "--reserve", "12.50"),
        terminal.run("terms", "acme", "--currency", "GBP", "--fall-back", "45"),
    ]
    shown = terminal.run("money", "acme").output
    terminal.run("budget", "acme", "GB", "none")

    assert [one.exit_code for one in done] == [0, 0, 0, 0], [one.output for one in done]
    assert "has 2 prices" in done[0].output
    for word in ("GBP", "100.00", "20.00", "250.00", "12.50", "after 45 seconds"):
        assert word in shown
    assert "100.00" not in terminal.run("money", "acme").output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("route", "acme", "mail", "--channel", "sms"), "no gateway mail for sms"),
        (("route", "acme", "mail", "--channel", "email", "--place", "0"), "1 to 1000"),
        (("route", "acme", "mail", "--channel", "email", "--country", "gb"), "two letters"),
        (("route", "acme", "mail", "--channel", "email", "--prefix", "+44"), "takes digits"),
        (("pace", "acme", "mail", "fast"), "1 to 10000"),
        (("pace", "acme", "nobody", "5"), "no gateway nobody"),
        (("sender", "acme", "ACME", "--can-reply"), "reply to a name"),
        (("sender", "acme", "60777"), "own country"),
        (("stop", "acme", "No such name"), "is a name"),
        (("prices", "acme", "mail", "/nowhere/at/all"), "cannot be read"),
        (("budget", "acme", "GB", "much"), "number such as"),
        (("budget", "acme", "GB", "1", "--reserve", "2"), "part of the budget"),
        (("budget", "acme", "Britain", "1"), "two letters"),
        (("terms", "acme", "--currency", "pounds"), "such as EUR"),
        (("terms", "acme", "--fall-back", "601"), "0 (never) to 600"),
        (("routes", "nobody"), "no brand nobody"),
    ],
)
def test_what_cannot_be_ends_with_a_sentence(terminal: Terminal, words: tuple[str, ...], says: str):
    refused = terminal.run(*words)

    assert refused.exit_code == 1, refused.output
    assert says in " ".join(refused.output.split())
