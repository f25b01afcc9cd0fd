"""`sparekey gateways`: secrets come by file or by hand, and are never shown again."""

import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from sparekey import gateways
from sparekey.brands import commands as brand_commands
from sparekey.db import Db
from sparekey.gateways import commands
from sparekey.kit.keyring import Keyring
from tests.gateways.letters import ed25519_key
from tests.world.basics import MovableClock
from tests.world.processes import free_port
from tests.world.terminal import Terminal, working_on

PLAIN = ("--set", "host=127.0.0.1", "--set", "security=none", "--set", "sender=a@acme.example")


class SealedTerminal(Terminal):
    """A terminal that also types what is asked for."""

    def type(self, *words: str, typed: str) -> Result:
        """Run one command line and type this into it."""
        return CliRunner().invoke(self._app, words, input=typed, env={"COLUMNS": "200"})


@pytest.fixture
def terminal(database_url: str, keyring: Keyring, clock: MovableClock) -> SealedTerminal:
    on_db = working_on(database_url)
    Terminal(brand_commands.app(on_db, clock)).run("create", "acme", "--name", "Acme")

    def on_sealed(work: commands.Work) -> None:
        async def with_keyring(db: Db) -> Any:
            await work(db, keyring)

        on_db(with_keyring)

    return SealedTerminal(commands.app(on_sealed, clock, lambda: "https://recover.acme.example"))


def test_a_gateway_is_added_listed_switched_and_removed(terminal: SealedTerminal, tmp_path: Path):
    key = tmp_path / "dkim.pem"
    key.write_text(ed25519_key())
    added = terminal.run(
        "add", "acme", "mail", "--kind", "smtp", *PLAIN,
        "--set", "dkim_selector=mail", "--read", f"dkim_key={key}",
    )  # fmt: skip
    listed = terminal.run("list", "acme").output
    off = terminal.run("off", "acme", "mail")
    listed_off = terminal.run("list", "acme").output
    on = terminal.run("on", "acme", "mail")
    removed = terminal.run("remove", "acme", "mail")

    assert added.exit_code == 0, added.output
    assert "host=127.0.0.1" in listed
    assert "dkim_key=••••••" in listed
    assert "PRIVATE" not in listed
    assert " on " in listed
    assert " off " in listed_off
    assert {one.exit_code for one in (off, on, removed)} == {0}
    assert "mail" not in terminal.run("list", "acme").output


def test_a_secret_is_read_from_a_file_from_standard_input_or_typed_unseen(
    terminal: SealedTerminal,
):
    by_hand = terminal.type(
        "add", "acme", "one", "--kind", "smtp", *PLAIN, "--set", "username=u",
        "--ask", "password", typed="marker-typed\n",
    )  # fmt: skip
    by_input = terminal.type(
        "add", "acme", "two", "--kind", "smtp", *PLAIN, "--set", "username=u",
        "--read", "password=-", typed="marker-piped\n",
    )  # fmt: skip

    assert (by_hand.exit_code, by_input.exit_code) == (0, 0), by_hand.output + by_input.output
    assert "marker" not in by_hand.output + by_input.output
    assert "marker" not in terminal.run("list", "acme").output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--set", "password=hunter2"), "--read password=FILE or --ask password"),
        (("--set", "host"), "write NAME="),
        (("--read", "ca=/nowhere/at/all"), "cannot be read"),
        (("--set", "colour=red"), "no setting colour"),
    ],
)
def test_what_cannot_be_ends_with_a_sentence(
    terminal: SealedTerminal, words: tuple[str, ...], says: str
):
    refused = terminal.run("add", "acme", "mail", "--kind", "smtp", *PLAIN, *words)

    assert refused.exit_code == 1
    assert says in " ".join(refused.output.split())
    assert "hunter2" not in refused.output


@pytest.mark.parametrize(
    "words",
    [
        ("check", "acme"),
        ("check", "acme", "mail"),
        ("on", "acme", "mail"),
        ("list", "nobody"),
        ("remove", "acme", "mail"),
        ("add", "acme", "mail", "--kind", "pigeon"),
    ],
)
def test_what_is_not_there_ends_with_a_sentence(terminal: SealedTerminal, words: tuple[str, ...]):
    refused = terminal.run(*words)

    assert refused.exit_code == 1
    assert "no " in refused.output.lower()


def test_a_server_that_is_not_there_is_found_by_a_check(terminal: SealedTerminal):
    port = free_port()
    terminal.run("add", "acme", "mail", "--kind", "smtp", *PLAIN, "--set", f"port={port}")
    checked = terminal.run("check", "acme", "mail")

    assert checked.exit_code == 1
    assert f"look mail, mail server 127.0.0.1:{port} (none): no answer" in checked.output
    assert 'acme.example TXT "v=spf1 ip4:127.0.0.1 -all"' in checked.output


def test_kinds_say_what_they_are_told(terminal: SealedTerminal):
    listed = terminal.run("kinds").output

    assert "smtp" in listed
    assert "dkim_selector" in listed
    assert "(secret)" in listed
    assert "sandbox" not in listed


def hook_of(terminal: SealedTerminal, keyring: Keyring, *words: str) -> gateways.HookPath:
    """The path that a command showed, on one line and with nothing else."""
    shown = terminal.run(*words)
    assert shown.exit_code == 0, shown.output
    base, _, token = shown.output.strip().rpartition("/")
    path = gateways.read_hook_token(keyring, token)
    assert base == "https://recover.acme.example/hooks"
    assert path is not None
    return path


def test_a_hook_is_shown_as_often_as_asked_and_moves_when_told(
    terminal: SealedTerminal, keyring: Keyring, tmp_path: Path
):
    token = tmp_path / "token"
    token.write_text("marker-token")
    added = terminal.run(
        "add", "acme", "texts", "--kind", "twilio", "--set", f"account=AC{'0' * 32}",
        "--read", f"token={token}",
    )  # fmt: skip
    first = hook_of(terminal, keyring, "hook", "acme", "texts")
    again = hook_of(terminal, keyring, "hook", "acme", "texts")
    moved = hook_of(terminal, keyring, "move-hook", "acme", "texts")
    now = hook_of(terminal, keyring, "hook", "acme", "texts")

    assert added.exit_code == 0, added.output
    assert first == again
    assert (moved.gateway_id, moved.number) == (first.gateway_id, first.number + 1)
    assert now == moved


@pytest.mark.parametrize("command", ["hook", "move-hook"])
@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("smtp", PLAIN),
        ("smpp", ("--set", "host=127.0.0.1", "--set", "security=none", "--set", "system_id=a")),
    ],
)
def test_what_nobody_calls_has_no_hook(
    terminal: SealedTerminal, command: str, kind: str, settings: tuple[str, ...], tmp_path: Path
):
    password = tmp_path / "password"
    password.write_text("secret")
    secrets = ("--read", f"password={password}") if kind == "smpp" else ()
    added = terminal.run("add", "acme", "one", "--kind", kind, *settings, *secrets)
    refused = terminal.run(command, "acme", "one")

    assert added.exit_code == 0, added.output
    assert refused.exit_code == 1
    assert f"A gateway of kind {kind} has no hook." in refused.output
    assert "/hooks/" not in refused.output


def test_a_hook_of_the_brands_own_address_is_shown_whole(
    terminal: SealedTerminal, database_url: str, clock: MovableClock, tmp_path: Path
):
    brand = Terminal(brand_commands.app(working_on(database_url), clock))
    brand.run("create", "own", "--name", "Own", "--base-url", "https://id.own.example")
    token = tmp_path / "token"
    token.write_text("marker-token")
    terminal.run(
        "add", "own", "texts", "--kind", "twilio", "--set", f"account=AC{'0' * 32}",
        "--read", f"token={token}",
    )  # fmt: skip
    shown = terminal.run("hook", "own", "texts")

    assert re.fullmatch(r"https://id\.own\.example/hooks/[a-z2-7]{55}\n", shown.output)


@pytest.mark.parametrize("words", [("hook", "acme", "x"), ("move-hook", "nobody", "x")])
def test_a_hook_of_what_is_not_there_ends_with_a_sentence(
    terminal: SealedTerminal, words: tuple[str, ...]
):
    refused = terminal.run(*words)

    assert refused.exit_code == 1
    assert " no " in refused.output
