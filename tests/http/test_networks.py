"""A client is who our own proxies say it is; what the client says of itself changes nothing."""

from ipaddress import IPv4Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparekey import http
from sparekey.kit.problem import Problem
from tests.http.doors import application, visitor
from tests.world.basics import MovableClock

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
PEER = "198.51.100.7"


def seen(peer: str, *lines: str, name: str = "x-forwarded-for", header: str | None = None) -> str:
    """Who the client is taken for."""
    headers = [(name.encode(), line.encode("latin-1")) for line in lines]
    return str(http.client_network(peer, headers, PROXIES, header=header or name).address)


addresses = st.ip_addresses().map(str)
outside = st.ip_addresses(v=4, network="203.0.113.0/24").map(str)
proxies = st.ip_addresses(v=4, network="10.0.0.0/8").map(str)
words = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=40)


@given(spoofed=st.lists(words | addresses), client=outside, hops=st.lists(proxies, max_size=2))
def test_the_client_is_the_first_address_from_the_right_that_is_no_proxy(
    spoofed: list[str], client: str, hops: list[str]
):
    """With 0, 1 and 2 proxies behind the outermost one, whatever stands to the left."""
    line = ", ".join([*spoofed, client, *hops])

    assert seen("10.9.9.9", line) == client


@given(line=words | st.lists(addresses).map(", ".join))
def test_a_peer_that_is_no_proxy_is_believed_about_nothing(line: str):
    assert seen(PEER, line) == PEER
    assert seen(PEER, f"for={line}", name="forwarded") == PEER


@given(line=words, client=outside)
def test_the_header_that_our_proxies_do_not_write_is_never_read(line: str, client: str):
    headers = [
        (b"forwarded", f"for={line}".encode("latin-1")),
        (b"x-forwarded-for", client.encode()),
    ]

    assert str(http.client_network("10.0.0.1", headers, PROXIES)) == client


@given(line=words)
def test_without_proxies_no_header_is_read(line: str):
    headers = [(b"x-forwarded-for", line.encode("latin-1"))]

    assert str(http.client_network(PEER, headers, ())) == PEER


def test_several_lines_are_one_list():
    assert seen("10.0.0.1", "192.0.2.66", "203.0.113.5, 10.0.0.2") == "203.0.113.5"


def test_what_cannot_be_read_ends_the_walk_at_the_last_proxy():
    assert seen("10.0.0.1", "203.0.113.5, unknown") == "10.0.0.1"
    assert seen("10.0.0.1", "203.0.113.5, , 10.0.0.3") == "10.0.0.3"


@pytest.mark.parametrize(
    ("line", "client"),
    [
        ("for=203.0.113.5;proto=https;by=10.0.0.2", "203.0.113.5"),
        ('for="[2001:db8::1]:4711"', "2001:db8::1"),
        ("for=192.0.2.66, for=203.0.113.5", "203.0.113.5"),
        ("for=_hidden", "10.0.0.1"),
        ("proto=https", "10.0.0.1"),
        ("for=203.0.113.5;for=192.0.2.66", "10.0.0.1"),
    ],
)
def test_forwarded_is_read_as_rfc_7239_has_it(line: str, client: str):
    assert seen("10.0.0.1", line, name="forwarded") == client


@pytest.mark.parametrize(
    ("line", "client"),
    [
        ("203.0.113.5:4711", "203.0.113.5"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
    ],
)
def test_ports_brackets_and_mapped_addresses_change_nothing(line: str, client: str):
    assert seen("10.0.0.1", line) == client


def test_an_ipv6_line_is_counted_as_its_64_and_its_48():
    one = http.read_ip("2001:db8:1:2:aaaa::1")
    two = http.read_ip("2001:db8:1:2:bbbb::2")
    third = http.read_ip("2001:db8:1:3::1")

    assert one.keys == two.keys == ("2001:db8:1:2::/64", "2001:db8:1::/48")
    assert one.keys[0] != third.keys[0]
    assert one.keys[1] == third.keys[1]
    assert http.read_ip("203.0.113.5").keys == ("203.0.113.5",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "203.0.113.5/24",
        "203.0.113.5, 203.0.113.6",
        "203.0.113.05",
        " 203.0.113.5",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "fe80::1%eth0",
        "localhost",
        "1" * 1000,
    ],
)
def test_what_is_not_one_customers_address_is_refused(text: str):
    with pytest.raises(Problem) as caught:
        http.read_ip(text)

    assert caught.value.status == 400


def test_a_mapped_address_from_a_caller_is_the_ipv4_address():
    assert http.read_ip("::ffff:203.0.113.5").address == IPv4Address("203.0.113.5")


async def test_a_door_sees_the_client_past_the_proxies(clock: MovableClock):
    app = application(clock, trusted_proxies=PROXIES)
    forged = {"X-Forwarded-For": "192.0.2.66, 203.0.113.5"}

    async with visitor(app, peer="10.0.0.1") as proxy, visitor(app, peer=PEER) as mallory:
        passed_on = await proxy.get("/quiet", headers=forged)
        direct = await mallory.get("/quiet", headers=forged)

    assert (passed_on.text, direct.text) == ("203.0.113.5", PEER)
