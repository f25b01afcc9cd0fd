"""`sparekey templates lint` reads every message and fails when there is an error."""

import asyncio
import json

import pytest

from sparekey.brands import commands as brand_commands
from sparekey.db import Db
from sparekey.templates import commands
from tests.world.basics import MovableClock
from tests.world.terminal import Terminal, working_on


@pytest.fixture
def terminal(database_url: str, clock: MovableClock) -> Terminal:
    made = Terminal(brand_commands.app(working_on(database_url), clock))
    made.run("create", "acme", "--name", "Acme")
    return Terminal(commands.app(working_on(database_url), clock))


def test_our_own_words_have_no_error(terminal: Terminal):
    linted = terminal.run("lint")

    assert linted.exit_code == 0
    assert "0 errors" in linted.output


def test_programs_read_one_line_for_each_finding(terminal: Terminal):
    linted = terminal.run("lint", "--json")
    found = [json.loads(line) for line in linted.output.splitlines()]

    assert linted.exit_code == 0
    assert {one["severity"] for one in found} == {"warning"}
    assert set(found[0]) == {
        *("template", "locale", "rule", "severity", "place", "message", "instead"),
    }


async def test_a_brands_own_words_are_read_with_its_own_values(terminal: Terminal, db: Db):
    await db.execute(
        """INSERT INTO templates.book (brand_id, version)
        SELECT id, 1 FROM brands.brand WHERE slug = 'acme'"""
    )
    await db.execute(
        """INSERT INTO templates.wording (brand_id, version, template, locale, sms, saved_at)
        SELECT id, 1, 'sign_in_code', 'en', '{{ code }} is urgent', now() FROM brands.brand"""
    )
    linted = await asyncio.to_thread(terminal.run, "lint", "--brand", "acme", "--json")
    rules = {json.loads(line)["rule"] for line in linted.output.splitlines()}

    assert linted.exit_code == 1
    assert {"brand", "tone", "validity"} <= rules


def test_a_brand_that_is_not_there_is_said(terminal: Terminal):
    linted = terminal.run("lint", "--brand", "nobody")

    assert linted.exit_code == 1
    assert "no brand nobody" in linted.output
