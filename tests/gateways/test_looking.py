"""Doctor's part for hooks and ways: is it reached, when was it heard, who may texts be from."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from sparekey import gateways
from sparekey.gateways.service import routing
from sparekey.kit.finding import Finding
from tests.world.carriers import Carriers
from tests.world.certificates import Authority, authority
from tests.world.processes import free_port
from tests.world.provider import Provider, receipt

#: An address of this machine that no rule takes for loopback.
OUTSIDE = "127.0.0.2"


async def seen(provider: Provider, *, base_url: str | None = None) -> list[Finding]:
    """Everything that is found about the provider's hook, where the brand is or would live."""
    simulation = provider.simulation
    if base_url is not None:
        await simulation.db.execute(
            "UPDATE brands.brand SET base_url = $2 WHERE id = $1", provider.brand.id, base_url
        )
    return [
        one
        async for one in gateways.examine_hook(
            simulation.db, provider.gateway, base_url="https://elsewhere.example"
        )
    ]


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """An authority that this machine trusts."""
    made = authority()
    (tmp_path / "ca.pem").write_text(made.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return made


@asynccontextmanager
async def answering(
    answer: bytes, trusted: Authority, directory: Path, *, days: float = 90, host: str = OUTSIDE
) -> AsyncGenerator[str]:
    """A proxy that answers everything so, by TLS; its address."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*trusted.certify(host, directory, days=days))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, OUTSIDE, 0, ssl=context)
    async with server:
        yield f"https://{OUTSIDE}:{server.sockets[0].getsockname()[1]}"


def said(status: int, body: bytes) -> bytes:
    """An answer as it travels."""
    return b"HTTP/1.1 %d Said\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


OURS = said(404, b'{"code": "request.not_found"}')


async def test_a_hook_that_our_own_door_answers_at_is_reached(
    provider: Provider, trusted: Authority, tmp_path: Path
):
    async with answering(OURS, trusted, tmp_path) as base:
        hook, _ = await seen(provider, base_url=base)

    assert hook == Finding(f"its hook at {base.removeprefix('https://')}")


@pytest.mark.parametrize(
    "answer",
    [
        said(200, b"welcome"),
        said(404, b"<h1>not found</h1>"),
        said(404, b'{"code": "other"}'),
        said(404, b"[1]"),
        b"HTTP/1.1 302 Go\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n",
        b"not HTTP at all\r\n\r\n",
    ],
)
async def test_something_else_that_answers_there_is_named(
    provider: Provider, trusted: Authority, tmp_path: Path, answer: bytes
):
    async with answering(answer, trusted, tmp_path) as base:
        hook, _ = await seen(provider, base_url=base)

    assert "something else answers there: pass /hooks/ on" in (hook.advice or "")


@pytest.mark.parametrize(
    ("days", "host", "advice"),
    [
        (-0.5, OUTSIDE, "it has expired; providers refuse it too"),
        (3, OUTSIDE, "its certificate ends on"),
        (90, "127.0.0.3", "it is another address's"),
    ],
)
async def test_a_certificate_that_providers_refuse_or_soon_will_is_named(
    provider: Provider, trusted: Authority, tmp_path: Path, days: float, host: str, advice: str
):
    async with answering(OURS, trusted, tmp_path, days=days, host=host) as base:
        hook, _ = await seen(provider, base_url=base)

    assert advice in (hook.advice or "")


async def test_a_certificate_of_nobody_known_is_named(provider: Provider, tmp_path: Path):
    async with answering(OURS, authority(), tmp_path) as base:
        hook, _ = await seen(provider, base_url=base)

    assert "nobody known vouches for it" in (hook.advice or "")


@pytest.mark.parametrize(
    ("base", "advice"),
    [
        ("https://{nobody}", "nobody answers: start the proxy"),
        ("https://nowhere.invalid", "nowhere.invalid has no address here: publish it in DNS"),
    ],
)
async def test_a_hook_that_is_not_reached_is_named(provider: Provider, base: str, advice: str):
    nobody = f"{OUTSIDE}:{free_port()}"
    hook, _ = await seen(provider, base_url=base.format(nobody=nobody))

    assert advice in (hook.advice or "")


async def test_a_hook_on_loopback_is_not_asked(provider: Provider):
    hook, _ = await seen(provider, base_url="http://127.0.0.1:8000")

    assert (hook.was_checked, hook.advice) == (False, None)


async def heard(provider: Provider) -> Finding:
    """What is said of its callbacks."""
    _, found = await seen(provider)
    return found


async def test_when_callbacks_came_and_what_was_wrong_with_them_is_said(provider: Provider):
    silent = await heard(provider)
    await provider.send(b"{}", signature="forged")
    forged = await heard(provider)
    provider.simulation.clock.advance(timedelta(minutes=1))
    await provider.tell(receipt(provider.gateway.id, "delivered"))
    await provider.simulation.deliver()
    good = await heard(provider)
    provider.simulation.clock.advance(timedelta(minutes=90))
    await provider.send(b"{}", signature="forged")
    forged_since = await heard(provider)
    provider.simulation.clock.advance(timedelta(minutes=1))
    await provider.send(b"no JSON")
    await provider.simulation.deliver()
    unreadable = await heard(provider)

    assert "none has come yet: give the provider the address" in (silent.advice or "")
    assert "nothing that came was signed as configured" in (forged.advice or "")
    assert (good.advice, "the last came" in good.about) == (None, True)
    assert "since then only unsigned ones: compare the secrets" in (forged_since.advice or "")
    assert "could not be read: see the log" in (unreadable.advice or "")


async def ways(carriers: Carriers) -> dict[str, str | None]:
    """What is said of the ways of texts, and what to do."""
    simulation = carriers.simulation
    return {
        one.about: one.advice
        async for one in gateways.examine_ways(simulation.db, simulation.keyring, carriers.brand)
    }


async def test_countries_whose_carriers_drop_names_are_named_until_there_is_a_number(
    carriers: Carriers,
):
    await carriers.add("one")
    before = await ways(carriers)
    await routing.put_sender(
        carriers.simulation.db, carriers.brand, channel="sms", country="US", sender="+12025550143"
    )
    after = await ways(carriers)

    assert before["one, sms to GB comes from Acme"] is None
    assert "give a number: sparekey gateways sender" in (before["one, sms to US"] or "")
    assert after == {
        "one, sms to GB comes from Acme": None,
        "one, sms to US comes from +12025550143": None,
    }


async def test_a_country_that_every_route_leaves_out_is_named(carriers: Carriers):
    await carriers.add("one", countries=["GB"])
    found = await ways(carriers)

    assert "every route leaves it out: sparekey gateways route" in (found["sms to US"] or "")
    assert found["one, sms to GB comes from Acme"] is None
    assert len(found) == 2


async def test_replies_to_a_gateway_that_hears_nothing_are_named(carriers: Carriers):
    await carriers.add("one", countries=["GB"])
    await routing.put_sender(
        carriers.simulation.db, carriers.brand,
        channel="sms", country="GB", sender="+447400000111", can_reply=True,
    )  # fmt: skip
    found = await ways(carriers)

    advice = found["one, sms to GB comes from +447400000111"]
    assert "nobody hears it" in (advice or "")
