"""Ids: UUIDv7 with fresh random bits, shown as TypeIDs."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparekey.kit.ids import floor_id, made_at, new_id, parse, show

MOMENT = datetime(2026, 11, 22, 17, 30, 0, 123000, tzinfo=UTC)


def test_an_id_is_a_uuid_of_version_7_and_the_rfc_variant() -> None:
    made = new_id(MOMENT)

    assert made.version == 7
    assert made.variant == "specified in RFC 4122"


def test_an_id_tells_the_millisecond_it_was_made() -> None:
    assert made_at(new_id(MOMENT)) == MOMENT


def test_an_id_has_seventy_four_random_bits() -> None:
    ones = new_id(MOMENT, random_bytes=lambda size: b"\xff" * size)
    zeros = new_id(MOMENT, random_bytes=lambda size: b"\x00" * size)

    assert (ones.int ^ zeros.int).bit_count() == 74


def test_later_ids_sort_behind_earlier_ones() -> None:
    later = MOMENT + timedelta(milliseconds=1)

    assert new_id(MOMENT) < new_id(later)
    assert floor_id(later) <= new_id(later)
    assert new_id(MOMENT) < floor_id(later)


@given(st.integers(0, 2**128 - 1))
def test_what_is_shown_is_read_back(number: int) -> None:
    value = UUID(int=number)

    assert parse("ver", show("ver", value)) == value


def test_a_known_id_is_shown_as_the_typeid_specification_has_it() -> None:
    value = UUID("01893726-efee-7f02-8fbf-9f2b7bc2f910")

    assert show("prefix", value) == "prefix_01h4vjdvzefw18zfwz5dxw5y8g"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ver_",
        "rec_01h4vjdvzefw18zfwz5dxw5y8g",
        "ver_01h4vjdvzefw18zfwz5dxw5y8",
        "ver_81h4vjdvzefw18zfwz5dxw5y8g",
        "ver_01H4VJDVZEFW18ZFWZ5DXW5Y8G",
        "ver_01h4vjdvzefw18zfwz5dxw5y8u",
        "ver_01h4vjdvzefw18zfwz5dxw5y8g\n",
    ],
)
def test_nothing_else_is_an_id(text: str) -> None:
    assert parse("ver", text) is None
