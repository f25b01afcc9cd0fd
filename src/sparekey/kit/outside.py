"""Asking an address that somebody else chose: never one of this machine or network.

The name is looked up once, every address of it must be public, and the connection goes to the very
address that was looked at: a name that changes its mind in between gains nothing. No redirect is
followed, no proxy taken from the environment, no answer read beyond its bound.
"""

import asyncio
import socket
import ssl
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit, urlunsplit

MOST_BYTES = 64 * 1024
_LONGEST_SECONDS = 60.0
#: A lookup cannot be broken off. These wait for each other and not, as in the loop's own threads,
#: every lookup of a mail server or a carrier for theirs.
_LOOKUPS = ThreadPoolExecutor(64, thread_name_prefix="lookups")
_Found = list[tuple[Any, ...]]
_under_way: dict[tuple[str, int], Future[_Found]] = {}
#: Addresses of IPv6 that stand for one of IPv4: which one, nobody looked at.
_STAND_INS = tuple(
    map(
        ip_network,
        ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96", "::ffff:0:0:0/96"),
    )
)


class NotAllowed(Exception):
    """This address is none that may be asked."""


class Unanswered(Exception):
    """Nothing, or nothing usable, came back."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back."""

    status: int
    body: bytes


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if isinstance(found, IPv6Address) and any(found in network for network in _STAND_INS):
        return False
    is_site_local = isinstance(found, IPv6Address) and found.is_site_local
    return found.is_global and not found.is_multicast and not is_site_local


def is_askable(url: str) -> bool:
    """Whether `url` has the form of one that may be asked: https, a name, nothing secret in it."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    is_plain = parts.username is None and parts.password is None and not parts.fragment
    is_plain = is_plain and url.isascii() and url.isprintable() and " " not in url
    return parts.scheme == "https" and is_plain and not _is_address(parts.hostname or "")


async def post(
    url: str, body: bytes, *, headers: Mapping[str, str], seconds: float = 10.0
) -> Answered:
    """POST once. Raises NotAllowed before anything is sent, Unanswered for whatever fails later."""
    if not is_askable(url):
        raise NotAllowed(url)
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    try:
        async with asyncio.timeout(seconds):
            address = await _looked_up(host, port)
            shown = f"[{address}]" if ":" in address else address
            target = urlunsplit(parts._replace(netloc=f"{shown}:{port}"))
            named = {**headers, "host": parts.netloc, "accept-encoding": "identity"}
            return await _asked(target, host, body, named)
    except TimeoutError as error:
        raise Unanswered("not in time") from error


async def _asked(url: str, host: str, body: bytes, headers: Mapping[str, str]) -> Answered:
    """POST to an address that was looked at, by TLS to whoever proves to be `host`."""
    import httpx  # 60 ms at import, and only who asks needs it

    request = httpx.Request(
        "POST", url, headers=dict(headers), content=body, extensions={"sni_hostname": host}
    )
    try:
        async with httpx.AsyncClient(
            verify=ssl.create_default_context(),
            trust_env=False,
            follow_redirects=False,
            timeout=_LONGEST_SECONDS,  # the caller has less patience
        ) as client:
            answer = await client.send(request, stream=True)
            found = bytearray()
            async for chunk in answer.aiter_raw():
                found += chunk
                if len(found) > MOST_BYTES:
                    raise Unanswered("too long")
            return Answered(answer.status_code, bytes(found))
    except httpx.HTTPError as error:
        raise Unanswered(type(error).__name__) from error


async def _looked_up(host: str, port: int) -> str:
    try:
        found = await asyncio.shield(asyncio.wrap_future(_lookup(host, port)))
    except OSError as error:
        raise Unanswered("no such name") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(map(is_public, addresses)):
        raise NotAllowed("a private address")
    return addresses[0]


def _lookup(host: str, port: int) -> Future[_Found]:
    """Once at a time for a name: one that nobody answers for holds a single thread."""
    name = host, port
    lookup = _under_way.get(name)
    if lookup is None:
        ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        lookup = _under_way[name] = _LOOKUPS.submit(ask)
        lookup.add_done_callback(lambda _: _under_way.pop(name, None))
    return lookup


def _is_address(host: str) -> bool:
    """Also in the forms that browsers read as one: 127.1, 0x7f000001."""
    try:
        ip_address(host)
    except ValueError:
        pass
    else:
        return True
    try:
        IPv4Address(socket.inet_aton(host))
    except OSError:
        return not host or host.endswith(".localhost") or host == "localhost"
    return True
