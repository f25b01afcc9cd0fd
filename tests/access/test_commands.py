"""`sparekey keys` shows a key once and ends it at a word."""

import re

import pytest

from sparekey.access import commands
from sparekey.brands import commands as brand_commands
from tests.world.basics import MovableClock
from tests.world.terminal import Terminal, working_on


@pytest.fixture
def terminal(database_url: str, clock: MovableClock) -> Terminal:
    made = Terminal(brand_commands.app(working_on(database_url), clock))
    made.run("create", "acme", "--name", "Acme")
    return Terminal(commands.app(working_on(database_url), clock))


def test_a_key_is_shown_when_it_is_made_and_never_again(terminal: Terminal):
    made = terminal.run("create", "acme", "--name", "web", "--scope", "lookup", "--days", "90")
    listed = terminal.run("list", "acme")

    key = re.search(r"sk_live_[0-9A-Za-z]{32}$", made.output.strip())
    assert key
    assert key[0] not in listed.output
    assert "in use" in listed.output
    assert "lookup" in listed.output


def test_a_key_is_ended_by_its_id(terminal: Terminal):
    made = terminal.run("create", "acme", "--name", "web")
    key_id = re.search(r"key_[0-9a-z]{26}", made.output)
    assert key_id

    ended = terminal.run("revoke", "acme", key_id[0])
    again = terminal.run("revoke", "acme", key_id[0])

    assert (ended.exit_code, again.exit_code) == (0, 1)
    assert "ended" in terminal.run("list", "acme").output


def test_what_cannot_be_ends_with_a_sentence(terminal: Terminal):
    brand = terminal.run("create", "nobody", "--name", "web")
    scope = terminal.run("create", "acme", "--name", "web", "--scope", "everything")

    assert (brand.exit_code, scope.exit_code) == (1, 1)
    assert "no brand nobody" in brand.output
    assert "takes some of" in scope.output
