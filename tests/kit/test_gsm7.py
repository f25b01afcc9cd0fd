"""Segments are exact: held against smsutil and against the table of 3GPP TS 23.038 / 23.040."""

import importlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparekey.kit import gsm7
from sparekey.kit.gsm7 import Segments

smsutil = importlib.import_module("smsutil")  # it ships no types
ALPHABET = [chr(point) for point in range(0x2100) if gsm7.is_gsm7(chr(point))]
gsm_texts = st.text(st.sampled_from(ALPHABET), min_size=1, max_size=700)
any_texts = st.text(min_size=0, max_size=400)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Segments(1, "gsm7", 0, 160)),
        ("a" * 160, Segments(1, "gsm7", 160, 160)),
        ("a" * 161, Segments(2, "gsm7", 161, 153)),
        ("a" * 306, Segments(2, "gsm7", 306, 153)),
        ("a" * 307, Segments(3, "gsm7", 307, 153)),
        ("€" * 80, Segments(1, "gsm7", 160, 160)),
        ("€" * 81, Segments(2, "gsm7", 162, 153)),
        ("€" * 153, Segments(3, "gsm7", 306, 153)),  # 152 septets a part: 76 pairs each
        ("ж" * 70, Segments(1, "ucs2", 70, 70)),
        ("ж" * 71, Segments(2, "ucs2", 71, 67)),
        ("😀" * 35, Segments(1, "ucs2", 70, 70)),
        ("😀" * 67, Segments(3, "ucs2", 134, 67)),  # 66 units a part: 33 pairs each
    ],
)
def test_a_text_costs_what_the_standard_says(text: str, expected: Segments) -> None:
    assert gsm7.segments(text) == expected


def test_the_alphabet_has_127_basic_and_10_extension_characters() -> None:
    assert len(ALPHABET) == 137


@given(gsm_texts)
def test_gsm_parts_equal_those_of_smsutil(text: str) -> None:
    oracle = [part.content for part in smsutil.split(text).parts]

    assert gsm7.split(text) == oracle
    assert gsm7.segments(text).count == len(oracle)


@given(any_texts.filter(lambda text: not gsm7.is_gsm7(text)))
def test_ucs2_parts_equal_those_of_smsutil(text: str) -> None:
    oracle = [part.content for part in smsutil.unicode_split(text).parts]

    assert gsm7.split(text) == oracle
    assert gsm7.segments(text).count == len(oracle)


@given(any_texts | gsm_texts)
def test_parts_join_to_the_text_and_fit(text: str) -> None:
    parts = gsm7.split(text)
    whole = gsm7.segments(text)

    assert "".join(parts) == text
    assert len(parts) == whole.count
    assert sum(units(part, whole.encoding) for part in parts) == whole.units
    assert all(units(part, whole.encoding) <= whole.per_segment for part in parts)


@given(gsm_texts)
def test_code_values_equal_those_of_smsutil_and_come_back(text: str) -> None:
    septets = gsm7.encode(text)

    assert septets == smsutil.encode(text)
    assert gsm7.decode(septets) == text
    assert max(septets) < 0x80


def test_the_at_sign_is_zero_and_the_euro_an_escape_pair() -> None:
    assert gsm7.encode("@acme.example #1€") == b"\x00acme.example #1\x1be"
    assert gsm7.encode("¡") == b"\x40"


def test_what_the_alphabet_lacks_is_refused_with_its_place() -> None:
    with pytest.raises(UnicodeEncodeError) as refused:
        gsm7.encode("voilà ç")
    with pytest.raises(UnicodeDecodeError):
        gsm7.decode(b"\x80")

    assert refused.value.start == 6


def test_an_unknown_extension_shows_as_its_basic_character() -> None:
    assert gsm7.decode(b"\x1bA \x1b\x1b! \x1b") == "A  !  "


def units(part: str, encoding: str) -> int:
    return len(gsm7.encode(part)) if encoding == "gsm7" else len(part.encode("utf-16-be")) // 2
