"""What every provider can do to a message, and what becomes of it: all wires, all faults."""

import asyncio
import base64
import re
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sparekey.gateways import Misconfigured, Throttled, Unreachable, Unsure, WireFailure
from sparekey.gateways.wires._over_http.calls import Call
from sparekey.gateways.wires._over_http.line import Line, Patience
from sparekey.gateways.wires._over_http.told import Told
from tests.gateways.http.cases import CODE, Provider, everybody
from tests.gateways.http.provider import (
    CLOSES_AFTERWARDS,
    CLOSES_AT_ONCE,
    HANGS,
    Asked,
    Broken,
    PlayedProvider,
    Said,
)
from tests.world.certificates import authority
from tests.world.processes import free_port

ALL = [pytest.param(one, id=one.name) for one in everybody()]
FAULTS = [
    pytest.param(one, said, failure, id=f"{one.name}-{number}")
    for one in everybody()
    for number, (said, failure) in enumerate(one.faults)
]
THE_SAME = [
    (Said(500), Unsure),
    (Said(503, b"<html>later</html>"), Unsure),
    (Said(401), Misconfigured),
    (Said(403), Misconfigured),
    (CLOSES_AT_ONCE, Unsure),
    (CLOSES_AFTERWARDS, Unsure),
    (Said(200, is_cut=True), Unsure),
    (Said(302, headers=(("location", "https://elsewhere.example/"),)), Misconfigured),
]


@pytest.mark.parametrize("one", ALL)
async def test_what_is_taken_goes_once_and_is_named(one: Provider, provider: PlayedProvider):
    provider.answers = [one.taken]
    accepted = await one.wire(provider.url).send(one.outgoing())

    assert accepted.ref == one.ref
    assert len(provider.asked) == 1


@pytest.mark.parametrize("one", ALL)
async def test_no_address_of_a_request_holds_a_code(one: Provider, provider: PlayedProvider):
    provider.answers = [one.taken]
    await one.wire(provider.url).send(one.outgoing())
    asked = provider.asked[0]

    assert CODE not in asked.path
    assert "1234" not in asked.path
    assert "sparekey" in asked.headers["user-agent"]
    body = words_of(asked).replace(b"%20", b"").replace(b"%2C", b"")
    assert CODE.encode() in body.translate(None, b" ,+")


def words_of(asked: Asked) -> bytes:
    """A body; of a mail in one, the mail."""
    found = re.search(rb'"Data":"([A-Za-z0-9+/=]+)"', asked.body)
    return base64.b64decode(found[1]) if found else asked.body


@pytest.mark.parametrize(("one", "said", "failure"), FAULTS)
async def test_what_a_provider_says_is_what_is_meant(
    one: Provider, provider: PlayedProvider, said: Said, failure: type[WireFailure]
):
    provider.answers = [said]
    with pytest.raises(WireFailure) as raised:
        await one.wire(provider.url).send(one.outgoing())

    assert type(raised.value) is failure
    assert "4477009" not in str(raised.value)


@pytest.mark.parametrize(("said", "failure"), THE_SAME)
@pytest.mark.parametrize("one", ALL)
async def test_what_breaks_is_never_tried_again_by_the_wire(
    one: Provider, provider: PlayedProvider, said: Said | Broken, failure: type[WireFailure]
):
    provider.answers = [said]
    with pytest.raises(WireFailure) as raised:
        await one.wire(provider.url).send(one.outgoing())

    assert type(raised.value) is failure
    assert provider.connections == 1


async def test_silence_ends_after_the_configured_time_and_leaves_us_unsure():
    async def silence(one: Provider) -> tuple[type[object], int]:
        async with PlayedProvider([HANGS]).listening() as provider:
            [failed] = await asyncio.gather(
                one.wire(provider.url, timeout="1").send(one.outgoing()), return_exceptions=True
            )
            return type(failed), len(provider.asked)

    everyone = everybody()  # at once: each of them is waited for, for a second
    found = await asyncio.gather(*map(silence, everyone))

    assert [(one.name, *said) for one, said in zip(everyone, found, strict=True)] == [
        (one.name, Unsure, 1) for one in everyone
    ]


@pytest.mark.parametrize("one", ALL)
async def test_a_provider_that_is_not_there_got_nothing(one: Provider):
    with pytest.raises(Unreachable):
        await one.wire(f"http://127.0.0.1:{free_port()}").send(one.outgoing())


@pytest.mark.parametrize("one", ALL)
async def test_garbage_in_a_2xx_is_no_acceptance(one: Provider, provider: PlayedProvider):
    provider.answers = [Said(200, b"\xff\xfe{[")]
    with pytest.raises(Unsure):
        await one.wire(provider.url).send(one.outgoing())


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7),
        ("0", 1),
        ("999999999999999999999999", 600),
        ("86400", 600),
        ("-5", 2),
        ("soon", 2),
        ("", 2),
        ("Wed, 04 Mar 2026 12:00:30 GMT", 30),
        ("Wed, 04 Mar 2020 12:00:30 GMT", 1),
        ("Wed, 04 Mar 2999 12:00:30 GMT", 600),
        ("Wed, 99 Mar 2026 12:00:30 GMT", 2),
    ],
)
@pytest.mark.parametrize("one", ALL[:1])
async def test_too_fast_comes_again_when_it_was_told_within_bounds(
    one: Provider, provider: PlayedProvider, said: str, seconds: int
):
    provider.answers = [Said(429, headers=(("retry-after", said),) if said else ())]
    with pytest.raises(Throttled) as raised:
        await one.wire(provider.url).send(one.outgoing())

    assert raised.value.retry_in == timedelta(seconds=seconds)


@pytest.mark.parametrize("one", ALL)
async def test_too_fast_without_a_time_waits_longer_each_time(
    one: Provider, provider: PlayedProvider
):
    provider.answers = [Said(429)]
    waits: list[float] = []
    for attempt in (1, 2, 9):
        with pytest.raises(Throttled) as raised:
            await one.wire(provider.url).send(one.outgoing(attempt=attempt))
        waits.append(raised.value.retry_in.total_seconds())

    assert waits == [2, 5, 60]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("one", ALL[:3])
async def test_a_redirect_to_a_private_address_is_never_followed(
    one: Provider, provider: PlayedProvider, status: int
):
    async with PlayedProvider([one.taken]).listening() as inside:
        provider.answers = [Said(status, headers=(("location", f"{inside.url}/latest"),))]
        with pytest.raises(Misconfigured):
            await one.wire(provider.url).send(one.outgoing())

        assert (provider.connections, inside.connections) == (1, 0)


@pytest.mark.parametrize("one", ALL)
async def test_a_decoy_asks_for_nothing_and_names_nobody(one: Provider, provider: PlayedProvider):
    provider.answers = [one.probe]
    await one.wire(provider.url).drop(one.outgoing())
    [asked] = provider.asked

    assert "447700900123" not in f"{asked.path} {asked.headers} {asked.body!r}"
    assert "alice" not in f"{asked.path} {asked.headers} {asked.body!r}"
    assert CODE.encode() not in asked.body.translate(None, b" ,+")


@pytest.mark.parametrize(
    ("said", "failure"),
    [
        (Said(429), Throttled),
        (Said(401), Misconfigured),
        (Said(502), Unsure),
        (CLOSES_AFTERWARDS, Unsure),
    ],
)
@pytest.mark.parametrize("one", ALL)
async def test_a_decoy_fails_where_a_message_would(
    one: Provider, provider: PlayedProvider, said: Said | Broken, failure: type[WireFailure]
):
    provider.answers = [said]
    with pytest.raises(WireFailure) as raised:
        await one.wire(provider.url).drop(one.outgoing())

    assert type(raised.value) is failure


@pytest.mark.parametrize(
    "said", [Said(200, b"x" * 70_000), Said(200, b"[" * 60_000), Said(200, drips=True)]
)
async def test_an_answer_without_an_end_is_not_read_to_it(provider: PlayedProvider, said: Said):
    provider.answers = [said]
    line = Line(Told({}), Patience(whole=0.3 if said.drips else 5.0))
    try:
        answer = await line.ask(Call("POST", provider.url, {}, b"x"))
    except Unsure:
        assert said.drips
    else:
        assert answer.body in {b"", said.body}
        assert answer.document.names() == []


async def test_a_pool_that_is_busy_is_waited_for_no_longer_than_a_connection(
    provider: PlayedProvider,
):
    provider.answers = [HANGS]
    line = Line(Told({"connections": "1"}), Patience(pool=0.2, whole=1.0))
    first, second = await asyncio.gather(
        line.ask(Call("POST", provider.url, {}, b"1")),
        line.ask(Call("POST", provider.url, {}, b"2")),
        return_exceptions=True,
    )

    assert {type(first), type(second)} == {Unsure, Unreachable}
    assert len(provider.asked) == 1


@pytest.fixture
def full() -> Iterator[str]:
    """Where nobody answers a knock: a socket that listens and whose queue is full."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        knocking = [socket.socket() for _ in range(4)]
        for one in knocking:
            one.setblocking(False)
            one.connect_ex(server.getsockname())
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        for one in knocking:
            one.close()


async def test_a_connection_that_is_not_made_in_time_carried_nothing(full: str):
    line = Line(Told({}), Patience(connect=0.3))
    with pytest.raises(Unreachable):
        await line.ask(Call("POST", full, {}, b"x"))


async def test_the_environment_names_no_proxy(
    provider: PlayedProvider, monkeypatch: pytest.MonkeyPatch
):
    async with PlayedProvider([Said()]).listening() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        await Line(Told({})).ask(Call("GET", provider.url))
        before = proxy.connections
        await Line(Told({"proxy": proxy.url})).ask(Call("GET", provider.url))

    assert (before, proxy.connections, provider.connections) == (0, 1, 1)


async def test_a_certificate_that_nobody_vouched_for_is_not_trusted(tmp_path: Path):
    trusted = authority()
    certificate, key = trusted.certify("127.0.0.1", tmp_path)
    async with PlayedProvider([Said()]).listening(certificate, key) as provider:
        with pytest.raises(Misconfigured, match="certificate"):
            await Line(Told({})).ask(Call("POST", provider.url, {}, b"x"))
        answer = await Line(Told({"ca": trusted.pem})).ask(Call("POST", provider.url, {}, b"x"))

    assert answer.status == 200
    assert len(provider.asked) == 1


async def test_no_cookie_is_kept(provider: PlayedProvider):
    provider.answers = [Said(headers=(("set-cookie", "a=b; Path=/"),))]
    line = Line(Told({}))
    await line.ask(Call("GET", provider.url))
    await line.ask(Call("GET", provider.url))

    assert [one.headers.get("cookie") for one in provider.asked] == [None, None]
