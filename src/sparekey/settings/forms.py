"""The forms a setting's value can have: what it takes in words, and how it is read."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import unquote, urlsplit

from sparekey.kit.hosts import stays_here
from sparekey.kit.origin import read_origin
from sparekey.kit.secret import Secret

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Form(Generic[Value]):
    """`read` turns the text into the value or raises ValueError; `takes` says what it accepts."""

    takes: str
    read: Callable[[str], Value]
    is_secret: bool = False


def whole(least: int, most: int) -> Form[int]:
    """A whole number within bounds."""

    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise ValueError(text)
        return int(text)

    return Form(f"a whole number from {least} to {most}", read)


def one_of(*words: str) -> Form[str]:
    """One word of a closed list, in any case."""

    def read(text: str) -> str:
        if text.lower() not in words:
            raise ValueError(text)
        return text.lower()

    return Form("one of " + ", ".join(words), read)


def _read_postgres_url(text: str) -> Secret[str]:
    if urlsplit(text).scheme not in {"postgresql", "postgres"}:
        raise ValueError("another scheme")
    return Secret(text)


def _read_path(text: str) -> Path:
    path = Path(text)
    if not path.is_absolute() or ".." in path.parts:
        raise ValueError(text)
    return path


def _read_user(text: str) -> str:
    if not re.fullmatch(r"[a-z_][a-z0-9_-]{0,31}", text):
        raise ValueError(text)
    return text


def _read_networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    networks = tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    if any(network.prefixlen == 0 for network in networks):
        raise ValueError("everybody is not a proxy")
    return networks


def _read_days(text: str) -> timedelta:
    return timedelta(days=whole(7, 3660).read(text))


def _read_milliseconds(text: str) -> timedelta:
    return timedelta(milliseconds=whole(100, 5000).read(text))


@dataclass(frozen=True, slots=True)
class Listener:
    """Where mail is taken, and in which protocol."""

    protocol: str
    host: str
    port: int


def _read_listener(text: str) -> Listener:
    parts = urlsplit(text)
    if parts.scheme not in {"lmtp", "smtp"} or parts.path or parts.query or parts.username:
        raise ValueError("another address")
    if parts.hostname is None or not parts.port:
        raise ValueError("no host or port")
    return Listener(parts.scheme, str(ip_address(parts.hostname)), parts.port)


@dataclass(frozen=True, slots=True)
class ImapBox:
    """A mailbox and its reader's name."""

    host: str
    port: int
    user: str
    folder: str
    is_tls: bool


def _read_imap(text: str) -> ImapBox:
    parts = urlsplit(text)
    is_tls = parts.scheme == "imaps"
    if parts.scheme not in {"imaps", "imap"} or parts.password or parts.query:
        raise ValueError("another address")
    if not parts.hostname or not parts.username:
        raise ValueError("no host or user")
    if not is_tls and not stays_here(parts.hostname):
        raise ValueError("without TLS on loopback only")
    port = parts.port or (993 if is_tls else 143)
    folder = unquote(parts.path.strip("/")) or "INBOX"
    return ImapBox(parts.hostname, port, unquote(parts.username), folder, is_tls)


POSTGRES_URL = Form("postgresql://user:password@host:port/database", _read_postgres_url, True)
ABSOLUTE_PATH = Form("an absolute path", _read_path)
SYSTEM_USER = Form("the name of an existing system user", _read_user)
BASE_URL = Form(
    "https://host, or http://localhost:port on loopback, without path, query or user",
    read_origin,
)
IP_ADDRESS = Form("an IP address", lambda text: str(ip_address(text)))
NETWORKS = Form("networks such as 10.0.0.0/8, fd00::/8, with commas between", _read_networks)
DAYS = Form("a whole number of days from 7 to 3660", _read_days)
MILLISECONDS = Form("a whole number of milliseconds from 100 to 5000", _read_milliseconds)
MAIL_LISTENER = Form(
    "lmtp://127.0.0.1:2424, or smtp:// with an IP address and a port", _read_listener
)
IMAP_BOX = Form("imaps://user%40domain@host/INBOX, or imap:// on loopback", _read_imap)


def _read_password(text: str) -> Secret[str]:
    return Secret(text)


PASSWORD = Form("a password", _read_password, is_secret=True)
