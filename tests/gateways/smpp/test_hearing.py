"""What an SMSC brings is acknowledged once it is stored, never before, and read from there."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from sparekey.gateways import Incoming, Outcome, Report
from sparekey.gateways.wires.smpp import hearing, splitting
from sparekey.gateways.wires.smpp.alphabets import write
from sparekey.gateways.wires.smpp.inlet import Inlet
from sparekey.gateways.wires.smpp.pdu import Address, Command, Message, Pdu
from sparekey.gateways.wires.smpp.profiles import PROFILES
from tests.gateways.smpp.texting import Store, message, settings, wire_to
from tests.world.smsc import smsc

ALICE = {"source_addr": "4915112345678", "source_addr_ton": 1, "destination_addr": "12345"}
TRY_AGAIN = 0x64


async def test_a_message_is_acknowledged_once_it_is_stored():
    store = Store()
    store.is_open.clear()
    async with smsc() as carrier, wire_to(carrier.port, store) as wire:
        wire.listen()
        await carrier.said("bind")
        bringing = asyncio.create_task(carrier.deliver(**ALICE, short_message=b"NO"))
        await store.was_asked()
        before = carrier.of("answered")
        store.is_open.set()
        status = await bringing

    assert before == []
    assert status == 0
    assert [(raw.method, raw.url, raw.headers) for raw in store.kept] == [("DELIVER_SM", "", ())]


async def test_what_is_brought_is_heard_from_what_was_stored():
    store = Store()
    async with smsc() as carrier, wire_to(carrier.port, store) as wire:
        accepted = await wire.send(message())
        text = f"id:{accepted.ref} sub:001 dlvrd:001 stat:DELIVRD err:000 text:Acme".encode()
        await carrier.deliver(**ALICE, esm_class=4, short_message=text)
        await carrier.deliver(**ALICE, short_message=b"\x00 NO \x1be")
    receipt, reply = [hearing.read(settings(), raw)[0] for raw in store.kept]

    assert receipt == Report(Outcome.DELIVERED, ref=accepted.ref, reason="000")
    assert isinstance(reply, Incoming)
    assert (reply.sender, reply.to, reply.text) == ("+4915112345678", "12345", "@ NO €")
    assert datetime.now(UTC) - store.kept[1].at < timedelta(minutes=1)


async def test_a_receipt_by_parameters_or_by_data_sm_is_heard_too():
    store = Store()
    told = {"receipted_message_id": "7f3a", "message_state": 2}
    async with smsc() as carrier, wire_to(carrier.port, store) as wire:
        wire.listen()
        await carrier.said("bind")
        await carrier.deliver(**ALICE, esm_class=4, **told)
        answer = await carrier.bring("data_sm", **ALICE, esm_class=4, **told)
    receipts = [hearing.read(settings(), raw)[0] for raw in store.kept]

    assert [raw.method for raw in store.kept] == ["DELIVER_SM", "DATA_SM"]
    assert receipts == [Report(Outcome.DELIVERED, ref="7f3a")] * 2
    assert (answer["command"], answer["status"]) == ("data_sm_resp", 0)


async def test_a_long_message_is_joined_from_what_was_stored():
    store, text = Store(), "It was not me. " * 30
    parts = splitting.split(write(text, PROFILES["standard"]), "udh", 99)
    async with smsc() as carrier, wire_to(carrier.port, store) as wire:
        wire.listen()
        await carrier.said("bind")
        for part in reversed(parts):
            await carrier.deliver(**ALICE, esm_class=0x40, short_message=part.short)
    (whole,) = hearing.join(settings(), store.kept)

    assert isinstance(whole, Incoming)
    assert whole.text == text
    assert len({raw.header("group") for raw in store.kept}) == 1


async def test_what_cannot_be_stored_is_brought_again():
    store = Store(failures=[RuntimeError("the database is away")])
    async with smsc() as carrier, wire_to(carrier.port, store) as wire:
        wire.listen()
        await carrier.said("bind")
        first = await carrier.deliver(**ALICE, short_message=b"NO")
        second = await carrier.deliver(**ALICE, short_message=b"NO")

    assert (first, second) == (TRY_AGAIN, 0)
    assert len(store.kept) == 1


async def test_what_is_unreadable_is_stored_as_it_came_and_not_brought_for_ever():
    store = Store()
    async with smsc() as carrier, wire_to(carrier.port, store) as wire:
        wire.listen()
        await carrier.said("bind")
        pdu = Pdu(Command.DELIVER_SM, 0, 77, b"no end")
        await carrier.tell("raw", octets=pdu.encode().hex())
        await store.was_asked()
        await wire.send(message())

    assert [raw.body for raw in store.kept] == [pdu.encode()]


async def test_a_slow_store_holds_no_texts_up():
    store = Store()
    store.is_open.clear()
    async with smsc() as carrier, wire_to(carrier.port, store) as wire:
        wire.listen()
        await carrier.said("bind")
        bringing = asyncio.create_task(carrier.deliver(**ALICE, short_message=b"NO"))
        await store.was_asked()
        accepted = await wire.send(message())
        store.is_open.set()
        status = await bringing

    assert accepted.ref == "100000"
    assert status == 0


async def test_a_flood_is_answered_and_not_held():
    store = Store()
    store.is_open.clear()
    async with smsc() as carrier, wire_to(carrier.port, store) as wire:
        wire.listen()
        await carrier.said("bind")
        for _ in range(300):
            await carrier.tell("deliver", pdu={**ALICE, "short_message": b"NO".hex()})
        await carrier.said("answered", count=100)
        refused = carrier.of("answered")
        store.is_open.set()
        await carrier.said("answered", count=300)
    statuses = [one["status"] for one in carrier.of("answered")]

    assert {one["status"] for one in refused} == {TRY_AGAIN}
    assert statuses.count(0) == len(store.kept) == 200
    assert statuses.count(TRY_AGAIN) == 100


async def test_what_takes_too_long_to_store_is_brought_again():
    store = Store()
    store.is_open.clear()
    answered = asyncio.Event()
    answers: list[int] = []

    class Line:
        """Takes the answer."""

        def answer(self, request: Pdu, status: int, body: bytes = b"") -> None:
            answers.append(status)
            answered.set()

    inlet = Inlet(store, lambda: datetime.now(UTC), seconds=0.01)
    to = Address(1, 1, "4915112345678")
    pdu = Pdu(Command.DELIVER_SM, 0, 1, Message(to, to, short=b"NO").encode())
    inlet.hear(Line(), pdu)  # pyright: ignore[reportArgumentType]
    await asyncio.wait_for(answered.wait(), 20)

    assert answers == [TRY_AGAIN]
    assert store.kept == []


async def test_a_wire_that_is_closed_stores_first_what_it_heard():
    store = Store()
    store.is_open.clear()
    async with smsc() as carrier:
        async with wire_to(carrier.port, store) as wire:
            wire.listen()
            await carrier.said("bind")
            bringing = asyncio.create_task(carrier.deliver(**ALICE, short_message=b"NO"))
            await store.was_asked()
            closing = asyncio.create_task(wire.close())
            store.is_open.set()
            await closing
        status = await bringing
        await carrier.said("unbind")

    assert status == 0
    assert len(store.kept) == 1


@pytest.mark.parametrize("octets", [b"NO", b"\xff\x00 NO"])
async def test_what_came_in_prints_without_its_words(octets: bytes):
    store = Store()
    async with smsc() as carrier, wire_to(carrier.port, store) as wire:
        wire.listen()
        await carrier.said("bind")
        await carrier.deliver(**ALICE, short_message=octets)
        heard = hearing.read(settings(), store.kept[0])

    assert "NO" not in f"{store.kept}{heard}"
    assert "4915112345678" not in f"{store.kept}{heard}"
