"""Hosts that an operator types: read strictly, and whether they are this machine."""

import pytest

from sparekey.kit.hosts import read_domain, read_host, stays_here


@pytest.mark.parametrize(
    ("typed", "read"),
    [("Mail.Example", "Mail.Example"), ("127.0.0.1", "127.0.0.1"), ("FD00:0::1", "fd00::1")],
)
def test_a_host_is_a_name_or_an_address(typed: str, read: str):
    assert read_host(typed) == read


@pytest.mark.parametrize(
    "typed", ["", "a b", "-a.example", "a..example", "mail.example\n", "a" * 64, "[::1]", "a:25"]
)
def test_what_dns_cannot_hold_is_no_host(typed: str):
    with pytest.raises(ValueError, match="not a domain"):
        read_host(typed)


def test_an_underscore_is_no_part_of_a_domain():
    with pytest.raises(ValueError, match="not a domain"):
        read_domain("_dmarc.mail.example")


@pytest.mark.parametrize("host", ["localhost", "LocalHost", "127.0.0.1", "127.9.9.9", "::1"])
def test_loopback_stays_here(host: str):
    assert stays_here(host)


@pytest.mark.parametrize("host", ["", "10.0.0.1", "localhost.example", "0.0.0.0", "fd00::1"])
def test_everywhere_else_does_not(host: str):
    assert not stays_here(host)
