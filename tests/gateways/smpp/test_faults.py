"""Every way in which an SMSC fails has one consequence, and no text goes twice by a guess."""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from sparekey.gateways import (
    Accepted,
    Misconfigured,
    Refused,
    Throttled,
    Unreachable,
    Unsure,
    WireFailure,
)
from sparekey.gateways.wires.smpp.sending import SmppWire
from tests.gateways.smpp.texting import SWIFT, message, wire_to
from tests.world.smsc import smsc

STATUSES = [
    (0x01, Refused), (0x0A, Refused), (0x0B, Refused), (0x43, Refused), (0x65, Refused),
    (0x66, Refused), (0xC1, Refused),
    (0x14, Throttled), (0x58, Throttled),
    (0x08, Unreachable), (0x45, Unreachable), (0x64, Unreachable), (0xFF, Unreachable),
    (0x400, Unreachable), (0x04FF, Unreachable),
    (0x04, Misconfigured), (0x0F, Misconfigured), (0x15, Misconfigured),
]  # fmt: skip
#: What a text meets after it was written, and nobody can tell whether it went.
SILENCES = ["die", "close", "garbage", "silent", "wrong"]


async def persistently(wire: SmppWire, text: str) -> int:
    """Send as the outbox does: again after a throttle, never otherwise. How many tries it took."""
    for tries in range(1, 1000):
        try:
            await wire.send(message(text=text))
        except Throttled as failure:
            await asyncio.sleep(failure.retry_in.total_seconds())
        else:
            return tries
    raise AssertionError("it never went")


@pytest.mark.parametrize(("status", "failure"), STATUSES)
async def test_an_answer_says_what_becomes_of_a_text(status: int, failure: type[WireFailure]):
    async with smsc(on_submit=[f"status:{status}"]) as carrier, wire_to(carrier.port) as wire:
        with pytest.raises(failure):
            await wire.send(message())
        again = await wire.send(message())

    assert again == Accepted(ref="100000")
    assert len(carrier.of("bind")) == 1


async def test_a_text_that_was_never_understood_was_not_taken():
    async with smsc(on_submit=["nack"]) as carrier, wire_to(carrier.port) as wire:
        with pytest.raises(Misconfigured, match="RINVCMDID"):
            await wire.send(message())


async def test_a_text_that_was_taken_without_a_name_was_taken():
    async with smsc(on_submit=["nameless"]) as carrier, wire_to(carrier.port) as wire:
        assert await wire.send(message()) == Accepted(ref=None)


@pytest.mark.parametrize("fault", SILENCES)
async def test_a_text_without_an_answer_may_have_gone(fault: str):
    timers = replace(SWIFT, answer=0.3 if fault == "silent" else 5)
    async with smsc(on_submit=[fault]) as carrier, wire_to(carrier.port, timers=timers) as wire:
        with pytest.raises(Unsure):
            await wire.send(message(text="the one"))

    assert carrier.of("submit") == []


async def test_a_text_that_went_before_an_unbind_has_gone():
    async with smsc(on_submit=["unbind"]) as carrier, wire_to(carrier.port) as wire:
        first = await wire.send(message())
        await carrier.said("left")
        second = await sent_after_a_rest(wire)

    assert [first.ref, second.ref] == ["100000", "100001"]
    assert len(carrier.of("bind")) == 2


async def test_a_killed_smsc_leaves_every_text_that_was_under_way_unsure():
    timers = replace(SWIFT, answer=10)
    dying = smsc(on_submit=["take"] * 20 + ["silent"] * 9 + ["die"])
    async with dying as carrier, wire_to(carrier.port, window="10", timers=timers) as wire:
        outcomes = await asyncio.gather(
            *(wire.send(message(text=f"text {n}")) for n in range(60)), return_exceptions=True
        )
    kinds = Counter(type(one).__name__ for one in outcomes)
    taken = [one["text"] for one in carrier.of("submit")]

    assert kinds["Accepted"] == len(taken) == len(set(taken)) == 20
    assert kinds["Unsure"] == 10
    assert kinds["Unreachable"] == 30


async def test_an_smsc_that_comes_back_is_bound_again_and_gets_the_next_text():
    async with smsc() as carrier, wire_to(carrier.port) as wire:
        await wire.send(message())
        await carrier.stop()
        with pytest.raises(Unreachable):
            await sent_until(wire, Unreachable)
        await carrier.start()
        again = await sent_after_a_rest(wire)

    assert again.ref == "100000"
    assert len(carrier.of("bind")) == 2


async def test_a_third_of_a_thousand_throttled_all_arrive_once():
    async with smsc(throttle=0.3) as carrier, wire_to(carrier.port, window="50") as wire:
        tries = await asyncio.gather(*(persistently(wire, f"{n}") for n in range(1000)))
    arrived = Counter(one["text"] for one in carrier.of("submit"))
    throttled = len(carrier.of("refused"))

    assert set(arrived) == {str(n) for n in range(1000)}
    assert set(arrived.values()) == {1}
    assert sum(tries) - 1000 == throttled > 200
    assert len(carrier.of("bind")) == 1


async def test_a_part_that_is_throttled_is_sent_again_and_the_whole_arrives():
    busy = smsc(on_submit=["take", "throttle", "throttle", "take"])
    async with busy as carrier, wire_to(carrier.port) as wire:
        accepted = await wire.send(message(text="a" * 300))
    parts = [one["udh"][0][-2:] for one in carrier.of("submit")]

    assert parts == ["01", "02"]
    assert accepted.ref == "100001"


@pytest.mark.parametrize("fault", ["status:11", "status:8", "close", "die"])
async def test_a_text_of_which_a_part_has_gone_is_never_sent_again(fault: str):
    async with smsc(on_submit=["take", fault]) as carrier, wire_to(carrier.port) as wire:
        with pytest.raises(Unsure):
            await wire.send(message(text="a" * 300))

    assert len(carrier.of("submit")) == 1


async def test_a_text_whose_first_part_was_throttled_may_come_again():
    async with smsc(on_submit=["throttle"]) as carrier, wire_to(carrier.port) as wire:
        with pytest.raises(Throttled):
            await wire.send(message(text="a" * 300))
        await wire.send(message(text="a" * 300))

    assert len(carrier.of("submit")) == 2


async def test_a_line_that_hangs_is_noticed_and_made_anew():
    timers = replace(SWIFT, idle=0.05, alive=0.1)
    async with smsc(on_submit=["silent"]) as carrier, wire_to(carrier.port, timers=timers) as wire:
        with pytest.raises(Unsure, match="does not answer any more"):
            await wire.send(message())
        await carrier.said("enquire_link")
        await carrier.said("bind", count=2)


async def test_a_line_that_is_idle_is_asked_whether_it_lives_and_kept():
    timers = replace(SWIFT, idle=0.05, alive=5)
    async with smsc() as carrier, wire_to(carrier.port, timers=timers) as wire:
        await wire.send(message())
        await carrier.said("enquire_link", count=3)
        await wire.send(message())

    assert len(carrier.of("bind")) == 1


async def test_we_say_that_we_live():
    async with smsc() as carrier, wire_to(carrier.port) as wire:
        await wire.send(message())
        await carrier.tell("enquire")
        await carrier.said("alive")


@pytest.mark.parametrize(
    ("bind", "failure"),
    [
        ("status:14", Misconfigured), ("status:15", Misconfigured), ("status:83", Misconfigured),
        ("status:13", Unreachable), ("status:5", Unreachable), ("status:8", Unreachable),
        ("status:88", Unreachable), ("close", Unreachable), ("garbage", Unreachable),
        ("silent", Unreachable),
    ],
)  # fmt: skip
async def test_a_bind_that_fails_says_why_at_once(bind: str, failure: type[WireFailure]):
    timers = replace(SWIFT, connect=0.3, first_retry=60, last_retry=60, after_refusal=60)
    async with smsc(on_bind=[bind]) as carrier, wire_to(carrier.port, timers=timers) as wire:
        for _ in range(3):
            with pytest.raises(failure):
                await wire.send(message())

    assert len(carrier.of("bind")) == 1


async def test_a_wrong_password_is_not_tried_again_soon_and_a_right_one_is_then():
    timers = replace(SWIFT, first_retry=0, last_retry=0, after_refusal=0.3)
    async with smsc(on_bind=["status:14"]) as carrier, wire_to(carrier.port, timers=timers) as wire:
        began = asyncio.get_running_loop().time()
        with pytest.raises(Misconfigured, match="RINVPASWD"):
            await wire.send(message())
        await carrier.said("bind", count=2)
        waited = asyncio.get_running_loop().time() - began

    assert waited >= 0.29


@pytest.mark.parametrize(
    "octets",
    [
        b"\0\0\0\x10\x80\0\0\0\0\0\0\3\0\0\0\0",  # a generic_nack of nothing
        b"\0\0\0\x0f" + b"\0" * 11,
        b"\xff" * 64,
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
    ],
)
async def test_garbage_ends_the_line_and_a_new_one_is_made(octets: bytes):
    async with smsc() as carrier, wire_to(carrier.port) as wire:
        await wire.send(message())
        await carrier.tell("raw", octets=octets.hex())
        await carrier.said("closed")
        again = await sent_after_a_rest(wire)

    assert again.ref == "100001"


@pytest.mark.parametrize(
    "octets",
    [
        b"\0\0\0\x10\0\0\7\x77\0\0\0\0\0\0\0\x63",  # a command that nobody knows
        b"\0\0\0\x10\x80\0\0\4\0\0\0\0\0\0\x27\x10",  # the answer to nothing
        b"\0\0\0\x10\x80\0\0\0\0\0\0\3\0\0\x27\x10",  # a generic_nack of what was long ago
        b"\0\0\0\x10\0\0\1\2\0\0\0\0\0\0\0\x63",  # an alert_notification
        b"\0\0\0\x10\0\0\0\4\0\0\0\0\0\0\0\x63",  # a submit_sm, to us
    ],
)
async def test_what_means_nothing_changes_nothing(octets: bytes):
    async with smsc() as carrier, wire_to(carrier.port) as wire:
        await wire.send(message())
        await carrier.tell("raw", octets=octets.hex())
        again = await wire.send(message())

    assert again.ref == "100001"
    assert len(carrier.of("bind")) == 1


async def test_what_expires_while_it_waits_is_not_written():
    timers = replace(SWIFT, turn=20)
    async with smsc() as carrier, wire_to(carrier.port, per_second="1", timers=timers) as wire:
        soon = message().sent_at.replace(second=2)
        sending = [wire.send(message(expires_at=soon)) for _ in range(3)]
        outcomes = await asyncio.gather(*sending, return_exceptions=True)

    assert [type(one).__name__ for one in outcomes] == ["Accepted", "Unreachable", "Unreachable"]
    assert len(carrier.of("submit")) == 1


async def sent_after_a_rest(wire: SmppWire) -> Accepted:
    """What is sent once the wire has found its SMSC again."""
    async with asyncio.timeout(20):
        while True:
            try:
                return await wire.send(message())
            except Unreachable:
                await asyncio.sleep(0.01)


async def sent_until(wire: SmppWire, failure: type[WireFailure]) -> None:
    """Send until it fails in this way; other failures pass."""
    async with asyncio.timeout(20):
        while True:
            try:
                await wire.send(message())
            except WireFailure as error:
                if isinstance(error, failure):
                    raise
