"""Nobody makes us ask an address of our own network, by whatever name it goes."""

import asyncio
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest

from sparekey.kit import outside
from tests.world.shop import Shop


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.9.9", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1"),
        *("::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "2001:db8::1"),
        *("64:ff9b:1::a00:1", "::127.0.0.1", "::ffff:0:a00:1", "fec0::1"),
    ],
)
def test_a_private_address_is_not_public(address: str) -> None:
    assert not outside.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111"])
def test_a_public_address_is(address: str) -> None:
    assert outside.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        *("http://shop.example/x", "https://127.0.0.1/", "https://[::1]/", "https://127.1/"),
        *("https://2130706433/", "https://0x7f000001/", "https://localhost/", "ftp://x.example"),
        *("https://user:pass@shop.example/", "https://shop.example/#top", "https:///x", ""),
        *("https://app.localhost/", "https://shop.example:port/"),
    ],
)
def test_what_has_not_the_form_of_a_name_is_not_askable(url: str) -> None:
    assert not outside.is_askable(url)


def test_a_name_over_https_is_askable() -> None:
    assert outside.is_askable("https://shop.example:8443/recovery?of=acme")


async def test_a_name_that_leads_home_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def leads_home(host: str, port: int, **_more: Any) -> list[Any]:
        public = (2, 1, 6, "", ("93.184.216.34", port))
        return [public, (2, 1, 6, "", ("10.0.0.7", port))]

    monkeypatch.setattr(socket, "getaddrinfo", leads_home)

    with pytest.raises(outside.NotAllowed):
        await outside.post("https://shop.example/x", b"{}", headers={})


async def test_a_name_that_is_none_is_not_answered() -> None:
    with pytest.raises(outside.Unanswered):
        await outside.post("https://nobody.invalid/x", b"{}", headers={}, seconds=5)


@contextmanager
def nobody_answers_for(name: str, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """Who looks the name up waits until the block ends."""
    really, is_over = socket.getaddrinfo, threading.Event()

    def slowly(host: str, *of: Any, **more: Any) -> Any:
        if host == name:
            is_over.wait()
        return really(host, *of, **more)

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    try:
        yield
    finally:
        is_over.set()


async def ask_in_vain(times: int) -> list[outside.Answered | BaseException]:
    """Ask at once, and give up."""
    ask = partial(outside.post, "https://slow.example/x", b"{}", headers={}, seconds=0.1)
    return await asyncio.gather(*(ask() for _ in range(times)), return_exceptions=True)


async def test_names_that_nobody_answers_for_keep_no_other_lookup_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with nobody_answers_for("slow.example", monkeypatch):
        answers = await ask_in_vain(60)
        async with asyncio.timeout(5):
            found = await asyncio.get_running_loop().getaddrinfo("localhost", 80)

    assert {type(answer) for answer in answers} == {outside.Unanswered}
    assert found


async def test_it_is_asked_by_its_name_and_answers(shop: Shop) -> None:
    url = f"https://shop.example:{shop.port}/recovery?of=acme"

    answered = await outside.post(url, b"{}", headers={"webhook-id": "msg_1"})

    assert (answered.status, answered.body) == (200, b"{}")
    assert shop.heard[0].startswith(b"POST /recovery?of=acme HTTP/1.1\r\n")
    assert f"host: shop.example:{shop.port}".encode() in shop.heard[0].lower()


async def test_a_name_that_nobody_answers_for_keeps_no_other_name_waiting(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with nobody_answers_for("slow.example", monkeypatch):
        await ask_in_vain(100)
        answered = await outside.post(shop.url("/who"), b"{}", headers={})

    assert answered.status == 200


async def test_whose_certificate_is_another_is_not_asked(shop: Shop) -> None:
    with pytest.raises(outside.Unanswered):
        await outside.post(f"https://other.example:{shop.port}/", b"{}", headers={})

    assert shop.heard == []


async def test_nobody_is_led_elsewhere(shop: Shop) -> None:
    shop.answer = b"HTTP/1.1 302 Found\r\nlocation: https://127.0.0.1/\r\ncontent-length: 0\r\n\r\n"

    answered = await outside.post(f"https://shop.example:{shop.port}/", b"{}", headers={})

    assert answered.status == 302
    assert len(shop.heard) == 1


async def test_who_hangs_is_not_waited_for(shop: Shop) -> None:
    shop.answer = b""

    with pytest.raises(outside.Unanswered):
        await outside.post(f"https://shop.example:{shop.port}/", b"{}", headers={}, seconds=0.3)


async def test_an_endless_answer_is_not_read(shop: Shop) -> None:
    shop.answer = b"HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n" + b"x" * 200_000

    with pytest.raises(outside.Unanswered, match="too long"):
        await outside.post(f"https://shop.example:{shop.port}/", b"{}", headers={})
