"""`sparekey brands` says what it did and what comes next."""

from pathlib import Path

import pytest

from sparekey.brands import commands
from tests.world.basics import MovableClock
from tests.world.terminal import Terminal, working_on


@pytest.fixture
def terminal(database_url: str, clock: MovableClock) -> Terminal:
    return Terminal(commands.app(working_on(database_url), clock))


def test_a_brand_is_created_and_listed(terminal: Terminal):
    created = terminal.run("create", "acme", "--name", "Acme", "--country", "GB")
    listed = terminal.run("list")

    assert created.exit_code == 0
    assert "sparekey keys create acme" in created.output
    assert "GB" in listed.output


def test_a_second_brand_of_the_same_slug_ends_with_a_sentence(terminal: Terminal):
    terminal.run("create", "acme", "--name", "Acme")

    again = terminal.run("create", "acme", "--name", "Acme")

    assert again.exit_code == 1
    assert "choose another" in again.output


LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'


def test_a_look_is_given_changed_and_taken_away(terminal: Terminal, tmp_path: Path):
    logo = tmp_path / "acme.svg"
    logo.write_text(LOGO)
    terminal.run("create", "acme", "--name", "Acme", "--colour", "#0A0")
    given = terminal.run("look", "acme", "--logo", str(logo), "--time-zone", "Europe/Berlin")
    changed = terminal.run("look", "acme", "--privacy-url", "https://acme.example/privacy")
    taken = terminal.run("look", "acme", "--colour", "none", "--logo", "none")

    assert all(part in given.output for part in ("#00aa00", "logo: yes", "Europe/Berlin"))
    assert "https://acme.example/privacy" in changed.output
    assert "logo: yes" in changed.output
    assert "colour: the default" in taken.output
    assert "logo: its initial" in taken.output


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--colour", "blue"), "takes a colour such as"),
        (("--privacy-url", "javascript:alert(1)"), "takes an https address"),
        (("--time-zone", "Mars/Olympus"), "takes a name such as"),
        (("--time-zone", "../../etc/passwd"), "takes a name such as"),
        (("--logo", "/nowhere/logo.svg"), "cannot be read"),
        (("--logo", __file__), "neither a PNG nor"),
    ],
)
def test_a_look_that_cannot_be_ends_with_a_sentence(
    terminal: Terminal, words: tuple[str, str], why: str
):
    terminal.run("create", "acme", "--name", "Acme")

    ended = terminal.run("look", "acme", *words)

    assert ended.exit_code == 1
    assert why in ended.output


def test_the_look_of_nobody_ends_with_a_sentence(terminal: Terminal):
    ended = terminal.run("look", "nobody", "--colour", "#00aa00")

    assert (ended.exit_code, "no brand nobody" in ended.output) == (1, True)
