"""Where a request comes from: the peer, or what a configured proxy says of it, and nobody else.

The list a proxy keeps is read from its right end: each hop is believed only about the hop before
it, and only while it is one of our own proxies. Everything further left is the client's to invent.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)

from sparekey.kit.problem import Problem

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_MAX_HOPS = 16
_FOR = re.compile(r'(?:^|;)\s*for\s*=\s*("[^"]*"|[^;"\s]+)\s*(?=;|$)', re.IGNORECASE)
_NOWHERE = IPv4Address("0.0.0.0")


@dataclass(frozen=True, slots=True)
class ClientNetwork:
    """An address and the keys it is counted under: a customer's line has one IPv4 address, but a
    whole IPv6 /64, and a determined one a /48."""

    address: Address

    @property
    def keys(self) -> tuple[str, ...]:
        """What limits count by, narrow first: one key for IPv4, the /64 and the /48 for IPv6."""
        if isinstance(self.address, IPv4Address):
            return (str(self.address),)
        whole = int(self.address)
        return (_prefix(whole, 64), _prefix(whole, 48))

    def __str__(self) -> str:
        return self.keys[0]


def client_network(
    peer: str | None,
    headers: Iterable[tuple[bytes, bytes]],
    trusted: Sequence[Network],
    *,
    header: str = "x-forwarded-for",
) -> ClientNetwork:
    """The rightmost address that is not one of the `trusted` proxies.

    `header` is the one header these proxies write (X-Forwarded-For, or Forwarded of RFC 7239); the
    other one passes a proxy unchanged and is never read. What cannot be read ends the walk at the
    last hop that was told by a proxy.
    """
    address = _read_hop(peer or "") or _NOWHERE
    if not trusted:
        return ClientNetwork(address)
    hops = _hops(headers, header.encode())
    while hops and any(address in network for network in trusted):
        told = _read_hop(hops.pop())
        if told is None:
            break
        address = told
    return ClientNetwork(address)


def read_ip(text: str) -> ClientNetwork:
    """The end customer's address as an API caller passes it (`client.ip`); raises Problem 400."""
    try:
        address = ip_address(text)
    except ValueError:
        raise _unusable() from None
    if getattr(address, "scope_id", None) or address.is_multicast or address.is_unspecified:
        raise _unusable()
    return ClientNetwork(_plain(address))


def _unusable() -> Problem:
    return Problem(
        "request.invalid_field",
        400,
        "`client.ip` must be one IPv4 or IPv6 address, the one your customer connects from.",
        extra={"field": "client.ip"},
    )


def _hops(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> list[str]:
    """The last hops of the list, left to right, over all lines of the header."""
    lines = [value.decode("latin-1") for key, value in headers if key == name]
    hops = ",".join(lines).rsplit(",", _MAX_HOPS)[-_MAX_HOPS:] if lines else []
    if name == b"forwarded":
        return [_forwarded_for(hop) for hop in hops]
    return hops


def _forwarded_for(element: str) -> str:
    found = _FOR.findall(element)
    return found[0].strip('"') if len(found) == 1 else ""


def _read_hop(text: str) -> Address | None:
    """An address with or without brackets and port (RFC 7239, 6); None for anything else."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return _plain(ip_address(text))
    except ValueError:
        return None


def _plain(address: Address) -> Address:
    """An IPv4 address that came mapped into IPv6 is the IPv4 address."""
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or IPv6Address(int(address))
    return address


def _prefix(whole: int, length: int) -> str:
    kept = whole >> (128 - length) << (128 - length)
    return f"{IPv6Address(kept)}/{length}"
