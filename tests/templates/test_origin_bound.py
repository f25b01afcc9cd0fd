"""The line for browsers is read as the WICG report's algorithm and examples say."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparekey.templates import origin_bound
from sparekey.templates.origin_bound import OriginBound

LAST_LINE = re.compile(r"@([^\t\n\f\r ]+) #([^\t\n\f\r ]+)(?: @([^\t\n\f\r ]+))?")


@pytest.mark.parametrize(
    ("message", "understood"),
    [
        ("747723 is it.\n\n@example.com #747723", OriginBound("example.com", "747723")),
        ("@example.com #747723", OriginBound("example.com", "747723")),
        ("it\r\n@example.com #747723", OriginBound("example.com", "747723")),
        (
            "@example.com #747723 @shop.example",
            OriginBound("example.com", "747723", "shop.example"),
        ),
        ("@example.com #747723 $future", OriginBound("example.com", "747723")),
        ("something @example.com #747723", None),
        ("#747723 @example.com", None),
        ("@example.com code #747723", None),
        ("@example.com  #747723", None),
        ("@example.com\t#747723", None),
        ("@example.com #", None),
        ("@ #747723", None),
        ("@example.com #747723\n", None),
        ("", None),
    ],
)
def test_the_examples_of_the_report(message: str, understood: OriginBound | None) -> None:
    assert origin_bound.parse(message) == understood


@given(st.text(st.sampled_from("@#ab. \n\r\t\f\v\u00a0"), max_size=30))
def test_every_message_is_read_as_by_a_second_reader(message: str) -> None:
    match = LAST_LINE.match(re.split(r"\r\n|\r|\n", message)[-1])
    expected = OriginBound(match[1], match[2], match[3]) if match else None

    assert origin_bound.parse(message) == expected


def test_what_is_written_is_read() -> None:
    line = origin_bound.line("id.acme.example", "12345678")

    assert origin_bound.parse(f"words\n{line}") == OriginBound("id.acme.example", "12345678")
