"""Another SMSC that nobody here wrote, in Rust, sees the same texts and brings the same."""

import asyncio
import importlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from sparekey.gateways import Incoming, Outcome, Report, Throttled
from sparekey.gateways.wires.smpp import fields, hearing
from tests.gateways.smpp.texting import Store, message, settings, wire_to
from tests.world.processes import free_port

smpp34: Any = importlib.import_module("smpp34")


@dataclass(slots=True)
class Carrier:
    """Takes texts until it is told to refuse some; `esme` is who bound last."""

    port: int
    refusing: list[int] = field(default_factory=list[int])
    texts: list[Any] = field(default_factory=list[Any])
    esme: Any = None
    bound: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, server: Any) -> None:
        """Until it is cancelled."""
        while True:
            event = await server.next()
            if isinstance(event, smpp34.Esme):
                self.esme = event
                self.bound.set()
            elif isinstance(event, smpp34.SubmitSmEvent):
                if self.refusing:
                    event.reject(self.refusing.pop(0))
                else:
                    self.texts.append(event)
                    event.accept(f"m{len(self.texts)}")


@asynccontextmanager
async def rust_smsc() -> AsyncGenerator[Carrier]:
    """It listens for the length of the block."""
    carrier = Carrier(free_port())
    server = smpp34.Server("127.0.0.1", carrier.port, system_id="rust")
    await server.start()
    serving = asyncio.create_task(carrier.serve(server))
    try:
        yield carrier
    finally:
        serving.cancel()
        await asyncio.wait({serving})
        await server.stop()


async def test_it_sees_what_we_sent():
    async with rust_smsc() as carrier, wire_to(carrier.port) as wire:
        first = await wire.send(message(text="@ [€] 1234"))
        await wire.send(message(text="Код 1234", sender="12345"))
        await wire.send(message(text="a" * 161))
    plain, wide, *parts = carrier.texts

    assert first.ref == "m1"
    assert (plain.source_addr, plain.source_addr_ton) == ("Acme", 5)
    assert (plain.destination_addr, plain.dest_addr_ton) == ("4915112345678", 1)
    assert plain.short_message == b"\x00 \x1b<\x1be\x1b> 1234"
    assert (wide.data_coding, wide.source_addr_ton) == (8, 3)
    assert wide.short_message == "Код 1234".encode("utf-16-be")
    assert [part.short_message[3:6] for part in parts] == [
        parts[0].short_message[3:4] + bytes((2, number)) for number in (1, 2)
    ]
    assert [part.short_message[:3] for part in parts] == [b"\5\0\3"] * 2
    assert [part.registered_delivery for part in parts] == [0, 1]


async def test_what_it_refuses_fails_as_it_says():
    async with rust_smsc() as carrier, wire_to(carrier.port) as wire:
        carrier.refusing = [smpp34.ESME_RTHROTTLED]
        with pytest.raises(Throttled):
            await wire.send(message())
        await wire.send(message())

    assert len(carrier.texts) == 1


async def test_what_it_brings_is_stored_and_acknowledged():
    store = Store()
    async with rust_smsc() as carrier, wire_to(carrier.port, store) as wire:
        wire.listen()
        await asyncio.wait_for(carrier.bound.wait(), 20)
        receipt = await carrier.esme.deliver_sm(
            "12345", b"id:m1 stat:UNDELIV err:001", source_addr="4915112345678",
            source_addr_ton=1, esm_class=4, tlvs=[smpp34.Tlv(fields.MESSAGE_STATE, b"\5")],
        )  # fmt: skip
        reply = await carrier.esme.deliver_sm(
            "12345", "NEIN ж".encode("utf-16-be"), source_addr="4915112345678",
            source_addr_ton=1, data_coding=8,
        )  # fmt: skip
    heard = [hearing.read(settings(), raw)[0] for raw in store.kept]

    assert receipt.is_success
    assert reply.is_success
    assert heard[0] == Report(Outcome.UNDELIVERED, ref="m1", reason="001")
    assert isinstance(heard[1], Incoming)
    assert heard[1].text == "NEIN ж"


async def test_a_hundred_texts_at_once_are_a_hundred():
    async with rust_smsc() as carrier, wire_to(carrier.port, window="50") as wire:
        accepted = await asyncio.gather(*(wire.send(message(text=str(n))) for n in range(100)))

    assert sorted(int(one.short_message) for one in carrier.texts) == list(range(100))
    assert len({one.ref for one in accepted}) == 100
