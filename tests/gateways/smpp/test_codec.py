"""PDUs are what the standard says: read by another codec, and no octets break ours."""

import importlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparekey.gateways.wires.smpp import fields
from sparekey.gateways.wires.smpp.fields import Malformed
from sparekey.gateways.wires.smpp.pdu import (
    MOST_OCTETS,
    Address,
    Bind,
    Command,
    Frames,
    Message,
    Pdu,
    read_id,
    read_message,
    read_pdu,
)

smpp34: Any = importlib.import_module("smpp34")

words = st.text(st.characters(min_codepoint=1, max_codepoint=127), max_size=20)
octet = st.integers(0, 255)
numbers = st.integers(0, 0xFFFFFFFF)
addresses = st.builds(Address, octet, octet, words)
parameters = st.lists(st.tuples(st.integers(0, 0xFFFF), st.binary(max_size=300)), max_size=5).map(
    tuple
)
messages = st.builds(
    Message,
    addresses,
    addresses,
    short=st.binary(max_size=254),
    esm_class=octet,
    data_coding=octet,
    registered_delivery=octet,
    validity_period=words.filter(lambda text: len(text) <= 16),
    service_type=words.filter(lambda text: len(text) <= 5),
    protocol_id=octet,
    priority=octet,
    optional=parameters,
)
pdus = st.builds(Pdu, numbers, numbers, numbers, st.binary(max_size=500))


@given(messages, st.integers(1, 0x7FFFFFFF))
def test_another_codec_reads_what_we_write(message: Message, sequence: int) -> None:
    octets = Pdu(Command.SUBMIT_SM, 0, sequence, message.encode()).encode()
    seen = smpp34.decode(octets)

    assert seen.sequence_number == sequence
    assert seen.service_type == message.service_type
    assert (seen.source_addr_ton, seen.source_addr_npi) == (
        message.source.ton,
        message.source.npi,
    )
    assert (seen.source_addr, seen.destination_addr) == (
        message.source.value,
        message.destination.value,
    )
    assert (seen.dest_addr_ton, seen.dest_addr_npi) == (
        message.destination.ton,
        message.destination.npi,
    )
    assert (seen.esm_class, seen.protocol_id, seen.priority_flag) == (
        message.esm_class,
        message.protocol_id,
        message.priority,
    )
    assert seen.validity_period == message.validity_period
    assert seen.registered_delivery == message.registered_delivery
    assert (seen.data_coding, seen.short_message) == (message.data_coding, message.short)
    assert [(one.tag, one.value) for one in seen.tlvs] == list(message.optional)


@given(messages)
def test_we_read_what_another_codec_writes(message: Message) -> None:
    written = smpp34.DeliverSm(
        message.source.value,
        message.destination.value,
        message.short,
        source_addr_ton=message.source.ton,
        source_addr_npi=message.source.npi,
        dest_addr_ton=message.destination.ton,
        dest_addr_npi=message.destination.npi,
        service_type=message.service_type,
        esm_class=message.esm_class,
        protocol_id=message.protocol_id,
        priority_flag=message.priority,
        validity_period=message.validity_period,
        registered_delivery=message.registered_delivery,
        data_coding=message.data_coding,
        tlvs=[smpp34.Tlv(tag, value) for tag, value in message.optional],
        sequence_number=7,
    ).encode()
    pdu = read_pdu(written)

    assert (pdu.command, pdu.sequence) == (Command.DELIVER_SM, 7)
    assert read_message(pdu) == message


@given(messages)
def test_a_message_comes_back_as_it_was(message: Message) -> None:
    assert read_message(Pdu(Command.DELIVER_SM, 0, 1, message.encode())) == message


@given(st.lists(pdus, max_size=8), st.lists(st.integers(1, 60), max_size=60))
def test_a_line_is_cut_into_the_same_pdus_however_it_arrives(
    sent: list[Pdu], cuts: list[int]
) -> None:
    octets = b"".join(pdu.encode() for pdu in sent)
    frames, arrived = Frames(), list[Pdu]()
    for cut in [*cuts, len(octets)]:
        arrived += frames.feed(octets[:cut])
        octets = octets[cut:]

    assert arrived == sent


@given(st.lists(st.binary(max_size=400), max_size=20))
def test_no_line_breaks_or_fills_the_frames(arriving: list[bytes]) -> None:
    frames = Frames()
    try:
        for octets in arriving:
            for pdu in frames.feed(octets):
                assert len(pdu.body) <= MOST_OCTETS
    except Malformed:
        return
    assert len(frames.held) <= sum(map(len, arriving))


@pytest.mark.parametrize("length", [0, 4, 15, MOST_OCTETS + 1, 0xFFFFFFFF])
def test_a_length_that_no_pdu_has_ends_reading(length: int) -> None:
    with pytest.raises(Malformed):
        list(Frames().feed(length.to_bytes(4) + b"\0" * 12))


def test_what_is_not_whole_yet_is_bounded() -> None:
    frames = Frames()
    list(frames.feed(MOST_OCTETS.to_bytes(4)))
    for _ in range(MOST_OCTETS // 1000):
        list(frames.feed(b"\0" * 1000))

    assert len(frames.held) <= MOST_OCTETS


@given(st.sampled_from([Command.DELIVER_SM, Command.DATA_SM]), st.binary(max_size=600))
def test_no_body_breaks_a_reader(command: Command, body: bytes) -> None:
    try:
        message = read_message(Pdu(command, 0, 1, body))
    except Malformed:
        return
    assert len(message.content) <= len(body)


@given(messages, st.integers(0, 400))
def test_a_body_that_ends_early_loses_parameters_at_most(message: Message, at: int) -> None:
    plain = Message(message.source, message.destination, short=message.short)
    whole = plain.encode()
    cut = (whole + fields.tlvs(((0x1E, b"abc"), (0x427, b"\2"))))[: len(whole) + at]

    assert read_message(Pdu(Command.DELIVER_SM, 0, 1, cut)).short == message.short


@given(st.binary(max_size=80))
def test_any_answer_has_a_name_or_none(body: bytes) -> None:
    name = read_id(Pdu(0x80000004, 0, 1, body))

    assert name is None or name == name.strip() != ""


def test_a_data_sm_is_read() -> None:
    head = b"".join((b"\0\1\1", b"491511", b"\0\3\0", b"12345", b"\0\4\1\x08"))
    body = head + fields.tlvs(((fields.PAYLOAD, b"\0H"),))
    message = read_message(Pdu(Command.DATA_SM, 0, 1, body))

    assert message.source == Address(1, 1, "491511")
    assert message.destination == Address(3, 0, "12345")
    assert (message.esm_class, message.registered_delivery) == (4, 1)
    assert (message.data_coding, message.content) == (8, b"\0H")


def test_a_bind_says_who_we_are() -> None:
    assert Bind("acme", "secret", "VMA").encode() == b"acme\0secret\0VMA\0\x34\0\0\0"


def test_a_field_that_is_too_long_is_refused() -> None:
    to = Address(1, 1, "491511")
    for message in (Message(to, to, short=b"a" * 255), Message(to, Address(1, 1, "4" * 21))):
        with pytest.raises(Malformed):
            message.encode()
    with pytest.raises(Malformed):
        Bind("a" * 16, "secret").encode()


def test_a_pdu_prints_without_its_words() -> None:
    message = Message(Address(5, 0, "Acme"), Address(1, 1, "491511"), short=b"1234 5678")

    assert "1234" not in f"{message} {Pdu(4, 0, 1, message.encode())} {Bind('a', 'secret')}"
    assert "491511" not in str(message)
    assert "secret" not in str(Bind("a", "secret"))
