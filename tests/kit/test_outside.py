"""Nobody makes us ask an address of our own network, by whatever name it goes."""

import pytest

from sparekey.kit import outside


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.9.9", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1"),
        *("::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "2001:db8::1"),
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
    import asyncio
    from typing import Any

    loop = asyncio.get_running_loop()

    async def leads_home(host: str, port: int, **_more: Any) -> list[Any]:
        public = (2, 1, 6, "", ("93.184.216.34", port))
        return [public, (2, 1, 6, "", ("10.0.0.7", port))]

    monkeypatch.setattr(loop, "getaddrinfo", leads_home)

    with pytest.raises(outside.NotAllowed):
        await outside.post("https://shop.example/x", b"{}", headers={})


async def test_a_name_that_is_none_is_not_answered() -> None:
    with pytest.raises(outside.Unanswered):
        await outside.post("https://nobody.invalid/x", b"{}", headers={}, seconds=5)
