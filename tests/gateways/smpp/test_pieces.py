"""Long messages that come in are joined from what was stored, in whatever order the pieces came."""

import random
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparekey.gateways import Forged, Heard, Incoming, Raw, Unreadable
from sparekey.gateways.wires.smpp import alphabets, hearing, splitting, wire
from sparekey.gateways.wires.smpp.pdu import Address, Command, Message, Pdu
from sparekey.gateways.wires.smpp.profiles import PROFILES, LongTexts
from tests.gateways.smpp.texting import AT, settings, values

ALICE = Address(1, 1, "4915112345678")
BOB = Address(1, 1, "447911123456")
US = Address(3, 0, "12345")
STANDARD = PROFILES["standard"]
LONG = "It was not me, and I have written to you about it before. " * 6 + "Ω€"
texts = st.text(
    st.characters(exclude_categories=["Cs"], max_codepoint=0x1FFFF), min_size=200, max_size=900
)


def brought(message: Message, later: float = 0) -> Raw:
    """As the wire stores it."""
    pdu = Pdu(Command.DELIVER_SM, 0, 1, message.encode())
    return hearing.raw(pdu, AT + timedelta(seconds=later))


def pieces(
    text: str, how: LongTexts = "udh", reference: int = 7, source: Address = ALICE
) -> list[Raw]:
    """A long message of somebody's, piece by piece, a second apart."""
    parts = splitting.split(alphabets.write(text, STANDARD), how, reference)
    return [
        brought(
            Message(
                source, US, short=part.short, esm_class=part.esm_class,
                data_coding=part.data_coding, optional=part.optional,
            ),
            later,
        )
        for later, part in enumerate(parts)
    ]  # fmt: skip


def joined(group: Sequence[Raw]) -> list[str]:
    """The texts that are whole."""
    return [_incoming(one).text for one in hearing.join(settings(), group)]


def _incoming(heard: Heard) -> Incoming:
    assert isinstance(heard, Incoming)
    return heard


@given(texts, st.sampled_from(["udh", "udh16", "sar"]), st.randoms(use_true_random=False))
def test_pieces_are_joined_in_any_order(text: str, how: LongTexts, luck: random.Random) -> None:
    group = pieces(text, how)
    luck.shuffle(group)

    assert joined(group) == [text]


@pytest.mark.parametrize("how", ["udh", "udh16", "sar"])
def test_a_piece_says_nothing_alone_and_where_it_belongs(how: LongTexts) -> None:
    group = pieces(LONG, how)

    assert [list(hearing.read(settings(), piece)) for piece in group] == [[]] * len(group)
    assert len({piece.header("group") for piece in group}) == 1
    assert [piece.header("part") for piece in group] == [str(n + 1) for n in range(len(group))]
    assert {piece.header("parts") for piece in group} == {str(len(group))}
    assert ALICE.value not in str(group[0].header("group"))


def test_a_message_is_not_whole_before_its_last_piece() -> None:
    group = pieces(LONG)

    assert joined(group[:-1]) == []
    assert joined([]) == []
    assert joined(group) == [LONG]


def test_people_and_messages_are_told_apart_by_their_group() -> None:
    groups = {
        piece.header("group")
        for one in (pieces(LONG), pieces(LONG, reference=8), pieces(LONG, source=BOB))
        for piece in one
    }

    assert len(groups) == 3


def test_a_piece_that_comes_twice_counts_once() -> None:
    group = pieces(LONG)

    assert joined([*group[:2], group[0], *group[1:]]) == [LONG]


def test_a_reference_that_is_used_again_begins_another_message() -> None:
    lost, whole = pieces("x" * 400), pieces("y" * 400)
    later = [Raw(r.method, r.url, r.headers, r.body, r.at + timedelta(hours=1)) for r in whole]

    assert joined([lost[0], *later]) == ["y" * 400]
    assert joined([lost[1], *later]) == ["y" * 400]
    assert joined([*lost, *later]) == ["x" * 400, "y" * 400]


def test_pieces_of_another_day_are_of_another_message() -> None:
    group = pieces(LONG)
    late = group[-1]
    tomorrow = Raw(late.method, late.url, late.headers, late.body, late.at + timedelta(hours=24))

    assert joined([*group[:-1], tomorrow]) == []


def test_the_same_pieces_are_the_same_message_however_often_it_is_asked() -> None:
    group = pieces(LONG)
    first, again = (_incoming(hearing.join(settings(), one)[0]) for one in (group, group[::-1]))

    assert first == again
    assert first.ref
    assert (first.sender, first.to) == ("+4915112345678", "12345")


def test_the_same_message_brought_again_soon_has_the_same_name() -> None:
    message = Message(ALICE, US, short=b"NO")
    first, again, later = (
        _incoming(hearing.read(settings(), brought(message, seconds))[0])
        for seconds in (0, 200, 400)
    )
    other = _incoming(hearing.read(settings(), brought(Message(BOB, US, short=b"NO")))[0])

    assert first.ref == again.ref
    assert len({first.ref, later.ref, other.ref}) == 3


def test_a_character_that_a_phone_cut_in_two_is_whole_again() -> None:
    octets = "😀".encode("utf-16-be")
    halves = [
        brought(
            Message(
                ALICE, US, short=bytes((5, 0, 3, 9, 2, number)) + half, esm_class=0x40,
                data_coding=8,
            )
        )
        for number, half in ((1, octets[:2]), (2, octets[2:]))
    ]  # fmt: skip

    assert joined(halves) == ["😀"]


def test_pieces_that_are_coded_differently_are_joined_too() -> None:
    plain = Message(ALICE, US, short=b"\5\0\3\x09\2\1NO", esm_class=0x40)
    wide = Message(ALICE, US, short=b"\5\0\3\x09\2\2\0!", esm_class=0x40, data_coding=8)

    assert joined([brought(wide), brought(plain)]) == ["NO!"]


@pytest.mark.parametrize(
    "short",
    [
        b"\5\0\3\7\1\1NO",  # one piece of one
        b"\5\0\3\7\2\3NO",  # the third of two
        b"\5\0\3\7\2\0NO",
        b"\4\x05\2\1\2NO",  # ports
        b"\0NO",
        b"\4\0\2\7\2NO",  # too short to count,
    ],
)
def test_a_header_that_counts_wrongly_leaves_a_message_of_its_own(short: bytes) -> None:
    (found,) = hearing.read(settings(), brought(Message(ALICE, US, short=short, esm_class=0x40)))

    assert _incoming(found).text == "NO"


def test_a_header_longer_than_its_message_is_kept_and_not_read() -> None:
    raw = brought(Message(ALICE, US, short=b"\xff\0\3", esm_class=0x40))

    assert raw.headers == ()
    with pytest.raises(Unreadable):
        hearing.read(settings(), raw)


@pytest.mark.parametrize("body", [b"", b"\0" * 16, b"GET / HTTP/1.1\r\n\r\n"])
def test_what_is_no_pdu_is_not_read(body: bytes) -> None:
    with pytest.raises(Unreadable):
        hearing.read(settings(), Raw("DELIVER_SM", "", (), body, AT))


@given(st.lists(st.tuples(st.binary(max_size=60), st.integers(0, 10**6)), max_size=20))
def test_no_pieces_break_joining(given_pieces: list[tuple[bytes, int]]) -> None:
    group = [
        brought(Message(ALICE, US, short=short, esm_class=0x40), later)
        for short, later in given_pieces
    ]
    try:
        found = hearing.join(settings(), group)
    except Unreadable:
        return
    assert len(found) <= len(group)


@pytest.mark.parametrize(
    ("source", "told", "sender"),
    [
        (Address(1, 1, "4915112345678"), {}, "+4915112345678"),
        (Address(0, 1, "+4915112345678"), {}, "+4915112345678"),
        (Address(0, 1, "4915112345678"), {}, "+4915112345678"),
        (Address(0, 1, "4915112345678"), {"untyped_numbers": "national"}, "4915112345678"),
        (Address(2, 1, "15112345678"), {}, "15112345678"),
        (Address(0, 0, "015112345678"), {}, "015112345678"),
        (Address(0, 0, "12345"), {}, "12345"),
        (Address(5, 0, "Acme"), {}, "Acme"),
    ],
)
def test_a_number_is_one_that_we_know(source: Address, told: dict[str, str], sender: str) -> None:
    raw = brought(Message(source, US, short=b"NO"))
    (found,) = hearing.read(settings(**told), raw)

    assert _incoming(found).sender == sender


async def test_nothing_comes_over_http() -> None:
    hears = wire.hears
    assert hears is not None

    await hears.verify(values(), brought(Message(ALICE, US, short=b"NO")))
    with pytest.raises(Forged):
        await hears.verify(values(), Raw("POST", "", (), b"", AT))


def test_reports_are_believed_where_the_line_is_proven() -> None:
    hears = wire.hears
    assert hears is not None
    vpn = values(host="10.1.2.3")
    tls = values(host="smsc.carrier.example", security="tls")

    assert [hears.is_signed(told) for told in (values(), vpn, tls)] == [True, False, True]
