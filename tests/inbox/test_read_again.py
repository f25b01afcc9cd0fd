"""Mail that could not be read waits for a person, who sees why and has it read again."""

import asyncio
from datetime import timedelta

import pytest

from sparekey import inbox
from sparekey.inbox import commands
from sparekey.inbox import letters as reading
from tests.inbox.mailing import reply_to
from tests.inbox.test_replies import blocks, events, hand_in
from tests.recovery.steps import enrol, forgot
from tests.world.cast import Person
from tests.world.provider import Provider
from tests.world.terminal import Terminal, working_on

_BREAK = "UPDATE inbox.letter SET sealed = overlay(sealed PLACING '\\x00'::bytea FROM 20)"


@pytest.fixture
async def alice(provider: Provider) -> Person:
    """A customer of the live brand, who has asked to get back in by email."""
    alice = provider.simulation.person("alice")
    await enrol(provider.api, alice)
    await forgot(provider.api, alice.email, channel="email")
    await provider.simulation.deliver()
    return alice


@pytest.fixture
def terminal(database_url: str, provider: Provider) -> Terminal:
    """Where the operator types."""
    return Terminal(commands.app(working_on(database_url), provider.simulation.clock))


async def keep_unread(provider: Provider, *words: str) -> None:
    """Replies to the latest email come, and wait."""
    for one in words:
        await provider.api.post(
            "/v1/inbox/emails",
            content=reply_to(provider.wire.sent[-1], one),
            headers={"Content-Type": "message/rfc822"},
        )


async def read_five_minutes_long(provider: Provider) -> None:
    """As often as a worker tries, which waits for a lease after each."""
    for _ in range(6):
        await provider.simulation.deliver()
        provider.simulation.clock.advance(timedelta(seconds=61))


async def test_what_lies_aside_is_listed_with_its_reason_and_age(
    provider: Provider, alice: Person, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
):
    def no_such_codec(*_of: object) -> reading.Letter:
        raise LookupError(f"unknown words of {alice.email.address}")

    monkeypatch.setattr(reading, "read_letter", no_such_codec)
    await keep_unread(provider, "the moon is out")
    await read_five_minutes_long(provider)
    provider.simulation.clock.advance(timedelta(hours=30))
    listed = await asyncio.to_thread(terminal.run, "aside")

    assert await inbox.count_aside(provider.simulation.db) == 1
    assert "letter_" in listed.output
    assert "LookupError" in listed.output
    assert "30 h" in listed.output
    assert "moon" not in listed.output
    assert "@" not in listed.output
    assert alice.email.address not in listed.output


async def test_a_letter_is_read_again_once_whoever_says_so(
    provider: Provider, alice: Person, terminal: Terminal
):
    simulation = provider.simulation
    await keep_unread(provider, "NO")
    [row] = await simulation.db.fetch("SELECT sealed FROM inbox.letter")
    await simulation.db.execute(_BREAK)
    await simulation.deliver()
    listed = (await asyncio.to_thread(terminal.run, "aside")).output
    unread = await events(simulation)
    await simulation.db.execute("UPDATE inbox.letter SET sealed = $1", row["sealed"])
    at = simulation.clock()
    counts = await asyncio.gather(*(inbox.read_again(simulation.db, at=at) for _ in range(5)))
    then = (await asyncio.to_thread(terminal.run, "read-again")).output
    await simulation.deliver()

    assert "BrokenSeal" in listed
    assert unread == []
    assert (sum(counts), then) == (1, "0 are read again.\n")
    assert await events(simulation) == ["inbox.email_denied"]
    assert await blocks(simulation) == ["freeze"]
    assert await inbox.count_aside(simulation.db) == 0


async def test_one_letter_of_several_is_read_again_by_its_name(
    provider: Provider, alice: Person, terminal: Terminal
):
    simulation = provider.simulation
    await keep_unread(provider, "first", "second")
    await simulation.db.execute(_BREAK)
    await simulation.deliver()
    listed = (await asyncio.to_thread(terminal.run, "aside")).output
    [name, *_] = [word for word in listed.split() if word.startswith("letter_")]
    tried = [
        (await asyncio.to_thread(terminal.run, "read-again", one)).exit_code
        for one in (name, name, "letter_of_nobody")
    ]

    assert listed.count("letter_") == 2
    assert tried == [0, 1, 1]
    assert await inbox.count_aside(simulation.db) == 1


async def test_who_cannot_be_read_still_lies_aside_again(provider: Provider, alice: Person):
    simulation = provider.simulation
    await keep_unread(provider, "NO")
    await simulation.db.execute(_BREAK)
    await simulation.deliver()
    again = await inbox.read_again(simulation.db, at=simulation.clock())
    due = await inbox.count_aside(simulation.db)
    await simulation.deliver()

    assert (again, due) == (1, 0)
    assert await inbox.count_aside(simulation.db) == 1
    assert await hand_in(provider, reply_to(provider.wire.sent[-1], "NO"))
    assert await events(simulation) == ["inbox.email_denied"]
