"""The short way in answers as the long one does, to the byte."""

import pytest
import structlog

from sparekey import http
from tests.http.doors import MARKER, application, visitor
from tests.world.basics import MovableClock

_OF_ONE_REQUEST = {"x-request-id"}


@pytest.mark.parametrize("word", ["right", "refused", "broken", "%41%2f", "a b", "."])
@pytest.mark.parametrize("body", [None, b"{}", b"[]", b"{" * 99, b"x" * 70_000])
async def test_both_ways_give_one_answer(clock: MovableClock, word: str, body: bytes | None):
    app = application(clock)
    kind = {"content-type": "application/json"}
    async with visitor(app) as client:
        short = await client.post(f"/hot/{word}", content=body, headers=kind)
        long = await client.post(f"/hot/{word}/", content=body, headers=kind)

    assert short.status_code == long.status_code
    assert _without_ids(short.content, short.headers["x-request-id"]) == _without_ids(
        long.content, long.headers["x-request-id"]
    )
    assert {*short.headers.items()} ^ {*long.headers.items()} == {
        (name, answer.headers[name]) for answer in (short, long) for name in _OF_ONE_REQUEST
    }


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/hot/right", 405),
        ("OPTIONS", "/hot/right", 405),
        ("BREW", "/hot/right", 405),
        ("POST", "/hot/", 404),
        ("POST", "/hot/right/more", 404),
        ("POST", "/HOT/right", 404),
    ],
)
async def test_whatever_is_not_written_like_the_route_is_refused_as_ever(
    clock: MovableClock, method: str, path: str, status: int
):
    async with visitor(application(clock)) as client:
        answer = await client.request(method, path)

    assert answer.status_code == status


async def test_a_failure_is_logged_by_its_route_and_without_its_path(clock: MovableClock):
    with structlog.testing.capture_logs() as written:
        async with visitor(application(clock)) as client:
            await client.post("/hot/broken")
            await client.post(f"/hot/{MARKER}")

    assert [line["route"] for line in written if line["event"] == "request"] == ["/hot/{word}"] * 2
    assert MARKER not in str(written)


async def test_it_asks_who_calls_first(clock: MovableClock):
    asked: list[str] = []

    async def authenticate(request: http.Request) -> None:
        asked.append(request.scope["path"])

    async with visitor(application(clock, authenticate=authenticate)) as client:
        await client.post("/hot/right")

    assert asked == ["/hot/right"]


def _without_ids(content: bytes, request_id: str) -> bytes:
    return content.replace(request_id.encode(), b"")
