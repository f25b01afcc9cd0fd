"""Texts reach an SMSC that nobody here wrote, whole, once, and over the line they should."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sparekey.gateways import Accepted, Misconfigured, Throttled, Unreachable, Unsure
from tests.gateways.smpp.texting import AT, SWIFT, message, wire_to
from tests.world.certificates import authority
from tests.world.processes import free_port
from tests.world.smsc import smsc


async def test_a_text_arrives_as_it_was_written():
    async with smsc() as carrier, wire_to(carrier.port, service_type="OTP") as wire:
        accepted = await wire.send(message())
    (bind,), (seen,) = carrier.of("bind"), carrier.of("submit")

    assert accepted == Accepted(ref="100000")
    assert (bind["command"], bind["system_id"], bind["version"]) == (
        "bind_transceiver", "sparekey", 0x34,
    )  # fmt: skip
    assert seen["text"] == "Acme: 1234 5678 is your code."
    assert (seen["from"], seen["from_type"]) == ("Acme", [5, 0])
    assert (seen["to"], seen["to_type"]) == ("4915112345678", [1, 1])
    assert (seen["registered"], seen["data_coding"], seen["esm_class"]) == (1, 0, 0)
    assert seen["service_type"] == "OTP"


async def test_a_text_dies_with_its_code():
    async with smsc() as carrier, wire_to(carrier.port) as wire:
        await wire.send(message(expires_at=AT + timedelta(minutes=10)))
    dies_at = datetime.fromisoformat(carrier.of("submit")[0]["validity"])
    left = dies_at - datetime.now(UTC)

    assert timedelta(minutes=9) < left <= timedelta(minutes=10)


@pytest.mark.parametrize(
    "text",
    ["[1234] €5 @acme.example #12345678", "Код 1234 5678", "😀 1234", "ç é à ü ñ Ø"],
)
async def test_every_alphabet_is_read_at_the_other_end(text: str):
    async with smsc() as carrier, wire_to(carrier.port) as wire:
        await wire.send(message(text=text))

    assert [one["text"] for one in carrier.of("submit")] == [text]


@pytest.mark.parametrize("alphabet", ["latin1", "ascii"])
async def test_a_carrier_that_reads_latin_sees_the_line_that_browsers_need(alphabet: str):
    line = "1234 5678\n@acme.example #12345678"
    async with smsc(alphabet="LATIN1") as carrier:
        async with wire_to(carrier.port, alphabet=alphabet) as wire:
            await wire.send(message(text=line))
        async with wire_to(carrier.port) as wrong:
            await wrong.send(message(text=line))
    right, garbled = carrier.of("submit")

    assert right["text"] == line
    assert "@" not in garbled["text"]


async def test_a_national_table_is_read_at_the_other_end():
    text = "Şifrenizi değiştirmek için İĞĞÇ 1234 5678. " * 2
    async with smsc() as carrier, wire_to(carrier.port, languages="turkish") as wire:
        await wire.send(message(text=text))
    (seen,) = carrier.of("submit")

    assert (seen["udh"], seen["data_coding"], seen["esm_class"]) == (["240101"], 0, 0x40)
    assert seen["text"] == text


@pytest.mark.parametrize("long_texts", ["udh", "udh16", "sar", "payload"])
async def test_a_long_text_arrives_whole(long_texts: str):
    text = "".join(f"{number} [€] " for number in range(90))
    async with smsc() as carrier, wire_to(carrier.port, long_texts=long_texts) as wire:
        accepted = await wire.send(message(text=text))
    seen = carrier.of("submit")
    places = {
        "udh": [one["udh"] and one["udh"][0][-4:] for one in seen],
        "udh16": [one["udh"] and one["udh"][0][-4:] for one in seen],
        "sar": [one["sar"][1] and f"{one['sar'][1]:02x}{one['sar'][2]:02x}" for one in seen],
        "payload": ["0101"],
    }[long_texts]

    assert "".join(one["text"] for one in seen) == text
    assert places == [f"{len(seen):02x}{number:02x}" for number in range(1, len(seen) + 1)]
    assert accepted.ref == seen[-1]["id"]
    assert [one["registered"] for one in seen] == [0] * (len(seen) - 1) + [1]


async def test_a_pair_of_binds_sends_by_one_and_hears_by_the_other():
    async with smsc() as carrier, wire_to(carrier.port, bind="pair") as wire:
        await wire.send(message())
        await carrier.said("bind", count=2)
        status = await carrier.deliver(
            source_addr="4915112345678", destination_addr="12345", short_message=b"NO"
        )

    assert {one["command"] for one in carrier.of("bind")} == {"bind_transmitter", "bind_receiver"}
    assert status == 0


async def test_ids_of_messages_are_compared_as_the_settings_say():
    async with smsc(ids="hex") as carrier, wire_to(carrier.port, profile="hex-ids") as wire:
        accepted = await wire.send(message())

    assert carrier.of("submit")[0]["id"] == "000186a0"
    assert accepted.ref == "100000"


async def test_no_more_are_unanswered_than_the_window_allows():
    silent = smsc(on_submit=["silent"] * 3)
    async with silent as carrier, wire_to(carrier.port, window="3") as wire:
        sending = [asyncio.create_task(wire.send(message())) for _ in range(6)]
        await carrier.said("ignored", count=3)
        await carrier.tell("enquire")
        await carrier.said("alive")
        seen = len(carrier.of("ignored")) + len(carrier.of("submit"))
        await carrier.tell("hang_up")
        outcomes = await asyncio.gather(*sending, return_exceptions=True)

    assert seen == 3
    assert [type(one) for one in outcomes[:3]] == [Unsure] * 3
    assert all(isinstance(one, Accepted | Unreachable) for one in outcomes[3:])


async def test_more_than_may_go_in_time_is_told_so_at_once():
    async with smsc() as carrier, wire_to(carrier.port, per_second="1") as wire:
        sending = [asyncio.create_task(wire.send(message())) for _ in range(8)]
        done, waiting = await asyncio.wait(sending, return_when=asyncio.FIRST_EXCEPTION)
        throttled = [one for one in done if isinstance(one.exception(), Throttled)]
        for one in waiting:
            one.cancel()

    assert throttled
    assert len(carrier.of("submit")) < 8


async def test_a_decoy_takes_its_turn_and_nothing_travels():
    async with smsc() as carrier, wire_to(carrier.port, per_second="10", window="1") as wire:
        await wire.drop(message(text="a" * 400))
        await wire.send(message())
    (seen,) = carrier.of("submit")

    assert seen["text"] == message().text


async def test_a_decoy_fails_where_a_text_would():
    async with smsc(on_bind=["status:13"]) as carrier, wire_to(carrier.port) as wire:
        with pytest.raises(Unreachable, match="RBINDFAIL"):
            await wire.drop(message())
        with pytest.raises(Misconfigured):
            await wire.drop(message(sender="Acme Corporation"))


async def test_a_wire_says_goodbye_when_it_is_closed():
    async with smsc() as carrier:
        async with wire_to(carrier.port) as wire:
            await wire.send(message())
        await carrier.said("unbind")
        with pytest.raises(Unreachable, match="closed"):
            await wire.send(message())

    assert len(carrier.of("bind")) == 1


async def test_tls_is_verified_and_the_text_goes_through_it(tmp_path: Path):
    trusted = authority()
    certificate, key = trusted.certify("127.0.0.1", tmp_path)
    tls = {"cert": certificate.read_text(), "key": key.read_text()}
    told = {"security": "tls", "ca": trusted.pem}
    async with smsc(tls=tls) as carrier, wire_to(carrier.port, None, SWIFT, **told) as wire:
        accepted = await wire.send(message())

    assert accepted.ref == "100000"


@pytest.mark.parametrize("why", ["unknown authority", "another host", "expired"])
async def test_a_bad_certificate_is_refused(tmp_path: Path, why: str):
    trusted, days = authority(), -1 if why == "expired" else 90
    host = "smsc.other.example" if why == "another host" else "127.0.0.1"
    certificate, key = trusted.certify(host, tmp_path, days=days)
    ca = authority().pem if why == "unknown authority" else trusted.pem
    tls = {"cert": certificate.read_text(), "key": key.read_text()}
    async with smsc(tls=tls) as carrier, wire_to(carrier.port, security="tls", ca=ca) as wire:
        with pytest.raises(Misconfigured, match="certificate"):
            await wire.send(message())

    assert carrier.of("bind") == []


async def test_a_carrier_that_asks_for_our_certificate_sees_it(tmp_path: Path):
    trusted = authority()
    certificate, key = trusted.certify("127.0.0.1", tmp_path)
    ours, our_key = trusted.certify("sparekey.example", tmp_path)
    tls = {"cert": certificate.read_text(), "key": key.read_text(), "ca": trusted.pem}
    shown = {"certificate": ours.read_text(), "certificate_key": our_key.read_text()}
    told = {"security": "tls", "ca": trusted.pem}
    async with smsc(tls=tls) as carrier:
        async with wire_to(carrier.port, None, SWIFT, **told, **shown) as wire:
            accepted = await wire.send(message())
        async with wire_to(carrier.port, None, SWIFT, **told) as nobody:
            with pytest.raises(Misconfigured, match="TLS"):
                await nobody.send(message())

    assert accepted.ref == "100000"
    assert len(carrier.of("bind")) == 1


async def test_an_smsc_that_is_not_there_is_told_at_once():
    async with wire_to(free_port()) as wire:
        for _ in range(3):
            with pytest.raises(Unreachable):
                await wire.send(message())


async def test_plain_smpp_to_a_tls_port_and_the_other_way_round(tmp_path: Path):
    trusted = authority()
    certificate, key = trusted.certify("127.0.0.1", tmp_path)
    tls = {"cert": certificate.read_text(), "key": key.read_text()}
    async with smsc(tls=tls) as carrier, wire_to(carrier.port) as wire:
        with pytest.raises(Unreachable):
            await wire.send(message())
    async with smsc() as plain, wire_to(plain.port, security="tls") as wire:
        with pytest.raises(Unreachable):
            await wire.send(message())
