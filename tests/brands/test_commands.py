"""`sparekey brands` says what it did and what comes next."""

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
