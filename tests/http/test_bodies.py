"""A body is read once, in one way, or not at all."""

import json
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparekey import http
from sparekey.kit.problem import Problem
from tests.http.doors import MARKER, Note, application, visitor
from tests.world.basics import MovableClock

JSON = {"content-type": "application/json"}


def outcome(body: bytes) -> Note | Problem:
    """What a door gets."""
    try:
        return http.decode(body, Note)
    except Problem as problem:
        return problem


def refusal(body: bytes | str, **how: tuple[str, ...]) -> Problem:
    """The problem `body` is refused with; fails when it is read."""
    with pytest.raises(Problem) as caught:
        http.decode(body.encode() if isinstance(body, str) else body, Note, **how)
    return caught.value


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "request.malformed"),
        ("{", "request.malformed"),
        ('{"to": "a"} x', "request.malformed"),
        ("\ufeff" + '{"to": "a"}', "request.malformed"),
        ('{"to": "a", "ratio": NaN}', "request.malformed"),
        ('{"to": "a", "ratio": -Infinity}', "request.malformed"),
        ('{"to": "a", "ratio": 1e999}', "request.invalid_number"),
        ('{"to": "a", "count": 1' + "0" * 30 + "}", "request.invalid_number"),
        ('{"to": "a", "count": 1' + "0" * 5000 + "}", "request.invalid_number"),
        ('{"to": "a", "count": -1}', "request.invalid_field"),
        ('{"to": "a", "count": 1.5}', "request.invalid_field"),
        ('{"to": "a", "count": "1"}', "request.invalid_field"),
        ('{"to": "a", "count": true}', "request.invalid_field"),
        ('{"to": null}', "request.invalid_field"),
        ('{"to": ["a", "b"]}', "request.invalid_field"),
        ('{"to": {"a": "b"}}', "request.invalid_field"),
        ('{"to[]": "a"}', "request.invalid_field"),
        ('["a"]', "request.invalid_field"),
        ('"a"', "request.invalid_field"),
        ("null", "request.invalid_field"),
        ("{}", "request.invalid_field"),
        ('{"to": "a", "more": 1}', "request.invalid_field"),
        ('{"to": "a", "client": {"more": 1}}', "request.invalid_field"),
        ('{"to": "a", "to": "b"}', "request.duplicate_field"),
        ('{"to": "a", "t\\u006f": "b"}', "request.duplicate_field"),
        ('{"to": "a", "client": {"ip": "1", "ip": "2"}}', "request.duplicate_field"),
        ('{"to": "a\\u0000"}', "request.control_character"),
        ('{"to": "a\\r\\nb"}', "request.control_character"),
        ('{"to": "a\x7f"}', "request.control_character"),
        ('{"to": "a\x85"}', "request.control_character"),
        ('{"to": "a\x00"}', "request.malformed"),
        ('{"to": "\\ud800"}', "request.control_character"),
        ('{"to": "a", "text": "one\\u0007"}', "request.control_character"),
        ('{"to": "a", "tags": ["\\u0001"]}', "request.control_character"),
        ('{"to": "a", "\\u0001": 1}', "request.control_character"),
        ("[" * 60_000, "request.malformed"),
        ("[" * 30_000 + "]" * 30_000, "request.malformed"),
        ('{"to": ' + "[" * 17 + "]" * 17 + "}", "request.malformed"),
    ],
)
def test_what_two_parsers_could_read_differently_is_refused(body: str, code: str):
    problem = refusal(body)

    assert (problem.code, problem.status) == (code, 400)


@pytest.mark.parametrize(
    "body", [b'{"to": "\xff"}', b'{"to": "\xed\xa0\x80"}', b'\xff\xfe{"to":1}']
)
def test_what_is_not_utf_8_is_refused(body: bytes):
    assert refusal(body).code == "request.malformed"


def test_line_breaks_are_taken_only_where_a_door_asks_for_them():
    body = b'{"to": "a", "text": "one\\n\\ttwo"}'

    read = http.decode(body, Note, multiline=("text",))

    assert read.text == "one\n\ttwo"
    assert refusal(body).code == "request.control_character"


def test_plain_words_of_every_script_are_taken():
    to = "Ærø Žukauskaitė 李小龙 👩‍👩‍👧 \u00a0"

    assert http.decode(json.dumps({"to": to}).encode(), Note).to == to
    assert http.decode(json.dumps({"to": to}, ensure_ascii=False).encode(), Note).to == to


@pytest.mark.parametrize(
    "body",
    [
        f'{{"to": {MARKER}}}',
        f'{{"to": "a", "{MARKER}": 1}}',
        f'{{"to": "a", "more": "{MARKER}"}}',
        f'{{"to": "a", "count": "{MARKER}"}}',
        f'{{"to": "a", "client": "{MARKER}"}}',
        f'{{"to": "{MARKER}",, }}',
        f'{{"to": "{MARKER}\\u0000"}}',
    ],
)
def test_a_refusal_repeats_nothing_of_what_was_sent(body: str):
    problem = refusal(body)

    assert MARKER not in f"{problem.detail} {problem.extra}"


def test_a_refusal_names_the_field_that_is_wrong():
    wrong = refusal('{"to": "a", "client": {"ip": 1}}')
    missing = refusal("{}")
    unknown = refusal('{"to": "a", "recipient": "b"}')

    assert wrong.extra == {"field": "client.ip"}
    assert missing.detail == "`to` is required."
    assert unknown.detail == "There is no field `recipient` here."


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(values | st.dictionaries(st.sampled_from(["to", "count", "text", "client", "tags"]), values))
def test_any_json_is_read_or_refused_with_a_problem(value: object):
    read = outcome(json.dumps(value).encode())

    if isinstance(read, Problem):
        assert read.status == 400
    else:
        assert isinstance(value, dict)
        assert read.to == value["to"]


@given(st.binary())
def test_any_bytes_are_read_or_refused_with_a_problem(body: bytes):
    read = outcome(body)

    assert isinstance(read, Note) or read.status == 400


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "application/json; charset=utf-16"},
        {"content-type": "application/json, text/plain"},
        {**JSON, "content-encoding": "gzip"},
    ],
)
async def test_another_media_type_is_415(clock: MovableClock, headers: dict[str, str]):
    async with visitor(application(clock)) as mallory:
        answer = await mallory.post("/notes", content=b'{"to": "a"}', headers=headers)

    assert answer.status_code == 415
    assert answer.json()["code"] == "request.unsupported_media_type"


async def test_json_in_utf_8_is_taken_under_its_usual_names(clock: MovableClock):
    async with visitor(application(clock)) as alice:
        for name in ("application/json", "Application/JSON; charset=UTF-8"):
            answer = await alice.post(
                "/notes", content=b'{"to": "a"}', headers={"content-type": name}
            )

            assert answer.status_code == 201


async def test_an_announced_body_above_64_kib_is_413_unread(clock: MovableClock):
    async with visitor(application(clock)) as mallory:
        answer = await mallory.post("/notes", content=b" " * 65_537, headers=JSON)

    assert answer.status_code == 413
    assert answer.headers["connection"] == "close"


async def test_an_endless_chunked_body_is_413_after_64_kib(clock: MovableClock):
    sent = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 10_000_000:
            sent += 1000
            yield b" " * 1000

    async with visitor(application(clock)) as mallory:
        answer = await mallory.post("/notes", content=chunks(), headers=JSON)

    assert answer.status_code == 413
    assert sent <= 68_000


async def test_a_body_of_exactly_64_kib_is_read(clock: MovableClock):
    body = b'{"to": "a"}'.ljust(65_536)

    async with visitor(application(clock)) as alice:
        answer = await alice.post("/notes", content=body, headers=JSON)

    assert answer.status_code == 201


async def test_a_request_without_fields_may_come_without_a_body(clock: MovableClock):
    async with visitor(application(clock)) as alice:
        bare = await alice.post("/empty")
        braces = await alice.post("/empty", json={})
        more = await alice.post("/empty", json={"more": 1})

    assert (bare.status_code, braces.status_code, more.status_code) == (201, 201, 400)
