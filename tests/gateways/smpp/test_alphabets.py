"""Every text travels in the fewest messages, and says the same at the other end."""

import importlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparekey.gateways.wires.smpp import alphabets, splitting
from sparekey.gateways.wires.smpp.alphabets import UCS2, Binary, Unwritable
from sparekey.gateways.wires.smpp.pdu import Address, Message
from sparekey.gateways.wires.smpp.pieces import Piece, piece_of, text_of
from sparekey.gateways.wires.smpp.profiles import PROFILES, LongTexts, Profile
from sparekey.kit import gsm7, gsm7_national

importlib.import_module("gsmcodecs")  # registers codecs that were written elsewhere
WAYS: tuple[LongTexts, ...] = ("udh", "udh16", "sar", "payload")
NATIONAL = Profile(languages=(1, 2, 3))
STANDARD = PROFILES["standard"]
GSM = [chr(point) for point in range(0x2100) if gsm7.is_gsm7(chr(point))]
gsm_texts = st.text(st.sampled_from(GSM), max_size=700)
some_national = st.text(st.sampled_from("abcxyz ğşıİçáíóúãõêÂ€[]^1234"), max_size=400)
any_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)
TO = Address(1, 1, "491511")


def sent(text: str, profile: Profile, how: LongTexts = "udh") -> list[Message]:
    """What travels for a text."""
    parts = splitting.split(alphabets.write(text, profile), how, reference=7)
    return [
        Message(
            TO, TO, short=part.short, esm_class=part.esm_class, data_coding=part.data_coding,
            optional=part.optional,
        )
        for part in parts
    ]  # fmt: skip


def arrived(messages: list[Message], profile: Profile) -> str:
    """What a reader makes of it."""
    return text_of([piece_of(message) for message in messages], profile)


@pytest.mark.parametrize("locking", [0, 1, 3])
@pytest.mark.parametrize("single", [0, 1, 2, 3])
def test_every_character_has_the_value_that_another_codec_gives_it(
    locking: int, single: int
) -> None:
    mine = gsm7_national.alphabet(locking=locking, single=single)
    theirs = f"gsm23.038-{locking}-{single}"
    known = [chr(point) for point in range(1, 0x2300) if mine.codes(chr(point))]

    for sign in known:
        code = b"".join(mine.codes(sign) or ())
        assert code.decode(theirs) == sign
        assert gsm7_national.decode(code, locking=locking, single=single) == sign
    assert [sign for sign in map(chr, range(1, 0x2300)) if _can(sign, theirs)] == known


def test_the_tables_of_no_language_are_those_of_the_default_alphabet() -> None:
    for sign in GSM:
        assert gsm7_national.alphabet().codes(sign) == (gsm7.encode(sign),)


@pytest.mark.parametrize(
    ("text", "profile", "how", "sizes"),
    [
        ("a" * 160, STANDARD, "udh", [160]),
        ("a" * 161, STANDARD, "udh", [6 + 153, 6 + 8]),
        ("a" * 161, STANDARD, "udh16", [7 + 152, 7 + 9]),
        ("a" * 161, STANDARD, "sar", [152, 9]),
        ("€" * 80, STANDARD, "udh", [160]),
        ("€" * 81, STANDARD, "udh", [6 + 152, 6 + 10]),
        ("ж" * 70, STANDARD, "udh", [140]),
        ("ж" * 71, STANDARD, "udh", [6 + 134, 6 + 8]),
        ("ж" * 71, STANDARD, "udh16", [7 + 132, 7 + 10]),
        ("😀" * 36, STANDARD, "udh", [6 + 132, 6 + 12]),
        ("ş" * 77, NATIONAL, "udh", [4 + 154]),  # single shift: 155 septets beside 4 octets
        ("ş" * 78, NATIONAL, "udh", [4 + 78]),  # locking table
        ("ş" * 155, NATIONAL, "udh", [4 + 155]),
        ("ş" * 156, NATIONAL, "udh", [9 + 149, 9 + 7]),
        ("ó" * 77, NATIONAL, "udh", [4 + 154]),
        ("Áğ" * 10, NATIONAL, "udh", [40]),  # of two languages: UCS-2
    ],
)
def test_parts_are_as_large_as_the_standard_allows(
    text: str, profile: Profile, how: LongTexts, sizes: list[int]
) -> None:
    assert [len(part.short) for part in sent(text, profile, how)] == sizes


@pytest.mark.parametrize(
    ("text", "language", "codec"),
    [
        ("Kodunuz 1234 5678. Şifrenizi değiştirmek için girin.", 1, "gsm23.038-0-1"),
        ("Su código de verificación es 1234 5678. Añádalo aquí.", 2, "gsm23.038-0-2"),
        ("Não partilhe o código 1234 5678 com ninguém. Expiração: 10 min.", 3, "gsm23.038-0-3"),
    ],
)
def test_a_language_with_tables_takes_septets_where_the_carrier_allows(
    text: str, language: int, codec: str
) -> None:
    (plain,) = sent(text * 2, STANDARD)[:1]
    (national,) = sent(text * 2, NATIONAL)

    assert plain.data_coding == UCS2
    assert (national.data_coding, national.esm_class) == (0, 0x40)
    assert national.short == bytes((3, 0x24, 1, language)) + (text * 2).encode(codec)
    assert arrived([national], STANDARD) == text * 2


def test_a_short_text_needs_no_table_that_saves_nothing() -> None:
    (national,) = sent("Şifre 1234", Profile(languages=(1,)))

    assert national.data_coding == UCS2


@given(gsm_texts | any_texts | some_national, st.sampled_from(WAYS), st.booleans())
def test_what_is_sent_arrives_and_no_part_is_too_large(
    text: str, how: LongTexts, is_national: bool
) -> None:
    profile = NATIONAL if is_national and how in {"udh", "udh16"} else STANDARD
    messages = sent(text, profile, how)

    assert arrived(messages, profile) == text
    assert all(len(message.short) <= 160 for message in messages)


@given(some_national)
def test_national_tables_never_take_more_messages(text: str) -> None:
    assert len(sent(text, NATIONAL)) <= len(sent(text, STANDARD))


@given(any_texts, st.sampled_from(WAYS[:3]))
def test_no_part_ends_within_a_character(text: str, how: LongTexts) -> None:
    for message in sent(text, STANDARD, how):
        piece = piece_of(message)
        if message.data_coding == UCS2:
            piece.octets.decode("utf-16-be")
        else:
            gsm7.encode(gsm7.decode(piece.octets))
            assert not piece.octets.endswith(b"\x1b")


@pytest.mark.parametrize(
    ("alphabet", "octets"),
    [
        ("gsm7", b"\x00acme.example #1"),
        ("latin1", b"@acme.example #1"),
        ("ascii", b"@acme.example #1"),
    ],
)
def test_the_line_that_browsers_read_is_written_as_the_carrier_reads(
    alphabet: str, octets: bytes
) -> None:
    profile = Profile(alphabet=alphabet)  # pyright: ignore[reportArgumentType]

    (message,) = sent("@acme.example #1", profile)
    assert message.short == octets
    assert message.data_coding == 0
    assert arrived([message], profile) == "@acme.example #1"


def test_a_latin_carrier_still_counts_the_septets_on_the_air() -> None:
    latin = PROFILES["latin1"]

    assert [len(part.short) for part in sent("é" * 160, latin)] == [160]
    assert [len(part.short) for part in sent("[" * 81, latin)] == [6 + 76, 6 + 5]
    assert sent("€", latin)[0].data_coding == UCS2
    assert sent("Ω", latin)[0].data_coding == UCS2


def test_half_a_character_is_not_written() -> None:
    with pytest.raises(Unwritable):
        alphabets.write("\ud83d", STANDARD)


def test_more_parts_than_can_be_counted_are_not_sent() -> None:
    with pytest.raises(splitting.TooLong):
        sent("a" * 153 * 256, STANDARD)
    with pytest.raises(splitting.TooLong):
        sent("a" * 70_000, STANDARD, "payload")


@pytest.mark.parametrize(
    ("octets", "data_coding", "text"),
    [
        (b"\x00N\x00O", 8, "NO"),
        (b"\xfe\xff\x00N\x00O", 8, "NO"),
        (b"\x00N\x00O", 0x18, "NO"),
        (b"NO", 0xF1, "NO"),
        (b"N\x1b", 0, "N "),
        (b"NO\xff", 0, "NO?"),
        ("não".encode("latin-1"), 3, "não"),
        ("нет".encode("iso8859-5"), 6, "нет"),
        (b"\x00N\x00", 8, "N�"),
        (b"NO", 1, "NO"),
    ],
)
def test_what_comes_in_is_read_by_its_coding(octets: bytes, data_coding: int, text: str) -> None:
    assert alphabets.read(octets, data_coding, STANDARD, (0, 0)) == text


@pytest.mark.parametrize("data_coding", [2, 4, 0xF5, 0x14])
def test_what_is_not_text_is_not_read(data_coding: int) -> None:
    with pytest.raises(Binary):
        alphabets.read(b"\x01", data_coding, STANDARD, (0, 0))


@given(
    st.binary(max_size=300),
    st.integers(0, 255),
    st.tuples(st.integers(0, 255), st.integers(0, 255)),
)
def test_no_octets_break_reading(octets: bytes, data_coding: int, shifts: tuple[int, int]) -> None:
    for profile in PROFILES.values():
        try:
            text = text_of([Piece(octets, data_coding, shifts, None)], profile)
        except Binary:
            continue
        assert len(text) <= len(octets) + 1


def _can(sign: str, codec: str) -> bool:
    try:
        return sign.encode(codec).decode(codec) == sign
    except UnicodeError:
        return False
