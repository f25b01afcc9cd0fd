"""One route for every provider: verified before stored, answered at once, read later, once."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from sparekey import gateways, guard, inbox
from sparekey.gateways.service.hearing import read_again
from sparekey.kit.keyring import Keyring
from tests.world.basics import START
from tests.world.provider import Provider, incoming, piece, receipt
from tests.world.simulated import Simulation


async def stored(simulation: Simulation) -> int:
    """How many rows wait, or could not be read."""
    return (await simulation.db.fetchrow("SELECT count(*) FROM gateways.raw"))["count"]


async def told_of(simulation: Simulation, kind: str) -> int:
    """How many events of a kind the journal has."""
    query = "SELECT count(*) FROM events.event WHERE kind = $1"
    return (await simulation.db.fetchrow(query, kind))["count"]


async def test_a_receipt_is_answered_at_once_and_read_later(provider: Provider, alice_number: str):
    await provider.ask(alice_number)
    answer = await provider.tell(receipt(provider.last(), "delivered"))
    at_once = await provider.state_of(provider.last())
    waiting = await stored(provider.simulation)
    await provider.simulation.deliver()

    assert (answer.status_code, answer.content) == (204, b"")
    assert (at_once, waiting) == ("sent", 1)
    assert await provider.state_of(provider.last()) == "delivered"
    assert await stored(provider.simulation) == 0


async def test_the_query_is_part_of_what_is_verified(provider: Provider, alice_number: str):
    await provider.ask(alice_number)
    answer = await provider.tell(receipt(provider.last(), "delivered"), query="a=1&b=%2B44&a=2")

    assert answer.status_code == 204


async def test_forged_and_unknown_find_what_is_nowhere(provider: Provider):
    paths = {
        "forged": provider.path,
        "cut": provider.path[:-1],
        "of another spelling": provider.path.upper().replace("/HOOKS", "/hooks"),
        "random": "/hooks/" + "a" * 55,
        "short": "/hooks/x",
    }
    answers = {
        name: await provider.send(b'{"said": []}', signature="0" * 64, path=path)
        for name, path in paths.items()
    }
    nowhere = await provider.simulation.client.post("/hooks-are-elsewhere/x/y", content=b"{}")

    def said(answer: httpx.Response) -> dict[str, Any]:
        body: dict[str, Any] = answer.json()
        return {name: value for name, value in body.items() if name != "instance"}

    assert {answer.status_code for answer in answers.values()} == {404}
    assert {str(said(answer)) for answer in answers.values()} == {str(said(nowhere))}
    assert await stored(provider.simulation) == 0


async def test_forgeries_leave_one_event_however_many_there_are(provider: Provider):
    for _ in range(20):
        await provider.send(b"{}", signature="forged")

    assert await told_of(provider.simulation, "gateways.hook_forged") == 1


async def test_the_former_path_of_a_moved_hook_leads_nowhere(provider: Provider):
    former = provider.path
    moved = await gateways.move_hook(
        provider.simulation.db, provider.brand, "played", at=provider.simulation.clock()
    )
    provider.gateway = moved

    assert former != provider.path
    assert (await provider.tell(path=former)).status_code == 404
    assert (await provider.tell()).status_code == 204


async def test_a_body_may_have_64_kib_and_no_more(provider: Provider):
    assert (await provider.send(b" " * 65536 + b"x")).status_code == 413
    assert (await provider.send(b" " * 65536)).status_code == 204


async def test_a_gateway_that_floods_is_told_to_come_again(provider: Provider):
    simulation = provider.simulation
    key = simulation.keyring.index("hook", provider.gateway.id.bytes)
    while await guard.take_batch(simulation.db, hook_key=key, at=simulation.clock()) is None:
        pass
    refused = await provider.tell()
    simulation.clock.advance(timedelta(seconds=2))

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) >= 1
    assert (await provider.tell()).status_code == 204


async def test_what_cannot_be_read_is_kept_for_a_week_and_logged_without_its_words(
    provider: Provider, capfd: pytest.CaptureFixture[str]
):
    simulation = provider.simulation
    await provider.send(b"SECRET-WORDS-OF-ALICE")
    await simulation.deliver()
    await simulation.deliver()
    kept = await stored(simulation)
    simulation.clock.advance(timedelta(days=6))
    await gateways.sweep(simulation.db, at=simulation.clock())
    still = await stored(simulation)
    simulation.clock.advance(timedelta(days=2))
    await gateways.sweep(simulation.db, at=simulation.clock())
    printed = "".join(capfd.readouterr())

    assert (kept, still, await stored(simulation)) == (1, 1, 0)
    assert "hook_unreadable" in printed
    assert "SECRET" not in printed


async def test_what_is_stored_shows_no_number_and_no_word(provider: Provider):
    await provider.tell(incoming("+447400123456", "the moon is out"))
    row = await provider.simulation.db.fetchrow("SELECT * FROM gateways.raw")
    seen = repr(dict(row))

    assert "447400123456" not in seen
    assert "moon" not in seen


async def test_of_many_readers_one_applies(provider: Provider, bob_number: str):
    simulation = provider.simulation
    house = simulation.house
    for number in range(20):
        await provider.tell(incoming(bob_number, f"hello {number}", ref=f"r{number}"))
    applied: list[str] = []

    async def take(_tx: object, told: gateways.Told) -> None:
        assert isinstance(told.heard, gateways.Incoming)
        applied.append(told.heard.text)

    ears = [
        gateways.Ears(house.db, house.keyring, house.clock, {gateways.Incoming: take})
        for _ in range(4)
    ]
    claimed = await ears[0].claim(100)
    simulation.clock.advance(timedelta(minutes=2))  # its lease ends, another claims the same
    again = await ears[1].claim(100)
    for one, other in zip(claimed, again, strict=True):
        await ears[0].read(one)
        await ears[1].read(other)
    await asyncio.gather(ears[1].apply(again), ears[0].apply(claimed))

    assert sorted(applied) == sorted(f"hello {number}" for number in range(20))


async def test_a_row_that_fails_spoils_no_other_and_is_put_aside_in_the_end(provider: Provider):
    simulation, house = provider.simulation, provider.simulation.house
    await provider.tell(incoming("+447400123456", "poison"))

    async def fail(_tx: object, _told: gateways.Told) -> None:
        raise RuntimeError("a defect")

    ears = gateways.Ears(house.db, house.keyring, house.clock, {gateways.Incoming: fail})
    for _ in range(5):
        [one] = await ears.claim(10)
        await ears.read(one)
        with pytest.raises(RuntimeError):
            await ears.apply([one])
        simulation.clock.advance(timedelta(minutes=2))
    [last] = await ears.claim(10)
    await ears.read(last)
    await ears.apply([last])
    simulation.clock.advance(timedelta(minutes=2))

    assert await ears.claim(10) == []
    assert await gateways.count_aside(simulation.db) == 1


async def test_what_was_put_aside_is_read_again_when_a_person_says_so(provider: Provider):
    simulation = provider.simulation
    await provider.send(b"no JSON at all")
    await simulation.deliver()
    aside = await gateways.count_aside(simulation.db, provider.gateway.id)
    again = await read_again(simulation.db, provider.gateway.id, at=simulation.clock())

    assert (aside, again) == (1, 1)
    assert await gateways.count_aside(simulation.db) == 0
    await simulation.deliver()
    assert await gateways.count_aside(simulation.db) == 1


async def test_pieces_of_a_long_message_are_one_whatever_their_order(
    provider: Provider, bob_number: str
):
    """As an SMSC's connection stores them; each is read before the next one comes."""
    simulation = provider.simulation
    await provider.ask(bob_number)
    around = provider.lent()
    for part in (2, 1, 2):
        await around.store(piece(bob_number, part, at=simulation.clock()))
        await simulation.deliver()
    rows = await simulation.db.fetch("SELECT id, kind FROM inbox.message")
    kept = await inbox.read(simulation.db, simulation.keyring, rows[0]["id"])
    simulation.clock.advance(timedelta(hours=25))
    await gateways.sweep(simulation.db, at=simulation.clock())

    assert len(rows) == 1
    assert kept is not None
    assert kept.contents.text == "part 1 part 2"
    assert await stored(simulation) == 0


async def test_a_header_of_a_request_makes_it_no_piece(provider: Provider, bob_number: str):
    await provider.tell(incoming(bob_number, "hello"), group="7")
    await provider.simulation.deliver()

    assert await stored(provider.simulation) == 0


def test_a_path_is_read_by_whoever_has_the_key_that_wrote_it(keyring: Keyring):
    path = gateways.HookPath(new_gateway(), 7)
    token = gateways.hook_token(keyring, path).reveal()
    other = Keyring.generate()
    rotated = Keyring((*other.code, *keyring.code), keyring.seal_keys, keyring.index_key)

    assert gateways.read_hook_token(keyring, token) == path
    assert gateways.read_hook_token(rotated, token) == path
    assert gateways.read_hook_token(other, token) is None
    for place in range(len(token)):
        changed = token[:place] + ("b" if token[place] != "b" else "c") + token[place + 1 :]
        assert gateways.read_hook_token(keyring, changed) is None


def new_gateway():
    from sparekey.kit.ids import new_id

    return new_id(START)


@pytest.fixture
def alice_number(app_client: Simulation) -> str:
    return app_client.person("alice").phone.address


@pytest.fixture
def bob_number(app_client: Simulation) -> str:
    return app_client.person("bob").phone.address
