"""What an SMTP gateway is told, and reading it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TypeVar

from sparekey.gateways.model import Setting, UnusableSettings, Values
from sparekey.gateways.wires.smtp.keys import DkimKey, read_key
from sparekey.kit.address import UnusableAddress, read_email
from sparekey.kit.secret import Secret

Value = TypeVar("Value")

SETTINGS = (
    Setting("host", "the mail server's name, as its certificate has it"),
    Setting("sender", "the address that messages come from"),
    Setting("security", "starttls, tls (from the first byte), or none on loopback", "starttls"),
    Setting("port", "its port", "587, with tls 465, with none 25"),
    Setting("ca", "certificates (PEM) of who may vouch for the server", "the system's"),
    Setting("username", "the account to sign in with", "no sign-in"),
    Setting("password", "its password", "none", is_secret=True),
    Setting("sender_name", "the name beside the sender's address", "the brand's"),
    Setting("bounces", "where bounces go: our token is put behind its +", "bounce@ the sender's"),
    Setting("replies", "where we get replies: our token is put behind its +", "to the sender"),
    Setting("dkim_selector", "the name that the signing key is published under", "unsigned"),
    Setting("dkim_key", "RSA key of 2048 bits or more, or Ed25519 (PEM)", "unsigned", True),
    Setting("dkim_selector_2", "the same of a second key that signs as well", "one signature"),
    Setting("dkim_key_2", "a key of the other kind, or the next one", "one signature", True),
    Setting("dkim_domain", "the domain that signs", "the sender's"),
    Setting("hello", "the name that we greet the server with", "the sender's domain"),
    Setting("connections", "how many at once, from 1 to 32", "4"),
)

_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_TOKEN_CHARACTERS = 52  # 32 bytes in base32
_MOST_LOCAL = 64 - 1 - _TOKEN_CHARACTERS  # RFC 5321 4.5.3.1.1, with the + between
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")


@dataclass(frozen=True, slots=True)
class TaggedAddress:
    """An address of ours that receives for every tag behind its +."""

    local: str
    domain: str

    def tagged(self, tag: str) -> str:
        """The address with a tag; as it is when there is none."""
        return f"{self.local}+{tag}@{self.domain}" if tag else f"{self.local}@{self.domain}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """One gateway's settings, ready to use."""

    host: str
    port: int
    security: str
    ca: str | None
    username: str | None
    password: Secret[str] | None
    sender: str
    sender_name: str | None
    bounces: TaggedAddress
    replies: TaggedAddress | None
    dkim_domain: str
    dkim_keys: tuple[DkimKey, ...] = field(repr=False)
    hello: str
    connections: int

    @property
    def sender_domain(self) -> str:
        """The domain of the sender's address."""
        return self.sender.rpartition("@")[2]


def read_settings(values: Values) -> SmtpSettings:
    """The settings that these values are; raises UnusableSettings for the first that is wrong."""
    sender = _read(values, "sender", _mailbox, "takes one plain address")
    domain = sender.rpartition("@")[2]
    security = values.get("security", "starttls")
    host = _read(values, "host", _host, "takes a host name or an IP address")
    _require(security in _PORTS, "security takes starttls, tls or none")
    _require(security != "none" or _is_loopback(host), "security is none, but only for loopback")
    _require(("username" in values) == ("password" in values), "username and password go together")
    return SmtpSettings(
        host=host,
        port=_read(values, "port", _port, "takes 1 to 65535", str(_PORTS[security])),
        security=security,
        ca=_certificates(values.get("ca")),
        username=values.get("username"),
        password=Secret(values["password"]) if "password" in values else None,
        sender=sender,
        sender_name=values.get("sender_name"),
        bounces=_read(values, "bounces", _tagged, _TAKES_TAGS, f"bounce@{domain}"),
        replies=_read(values, "replies", _tagged, _TAKES_TAGS) if "replies" in values else None,
        dkim_domain=_read(values, "dkim_domain", _domain, "takes a domain", domain).lower(),
        dkim_keys=_keys(values),
        hello=_read(values, "hello", _domain, "takes a host name", domain),
        connections=_read(values, "connections", _connections, "takes 1 to 32", "4"),
    )


_TAKES_TAGS = f"takes a plain address with at most {_MOST_LOCAL} characters before the @"


def _read(
    values: Values, name: str, read: Callable[[str], Value], takes: str, default: str = ""
) -> Value:
    try:
        return read(values.get(name, default))
    except ValueError as error:
        raise UnusableSettings(f"{name} {takes}.") from error


def _require(is_right: bool, sentence: str) -> None:
    if not is_right:
        raise UnusableSettings(f"{sentence}.")


def _host(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        return _domain(text)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _domain(text: str) -> str:
    if not _DOMAIN.fullmatch(text):
        raise ValueError("not a domain")
    return text


def _mailbox(text: str) -> str:
    try:
        email = read_email(text)
    except UnusableAddress as error:
        raise ValueError("not an address") from error
    if not email.local.isascii():
        raise ValueError("not every server takes it")
    return email.value


def _tagged(text: str) -> TaggedAddress:
    local, _, domain = _mailbox(text).rpartition("@")
    if len(local) > _MOST_LOCAL or "+" in local:
        raise ValueError("no room for a token")
    return TaggedAddress(local, domain)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise ValueError("not a port")
    return int(text)


def _connections(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 32):
        raise ValueError("not a number of connections")
    return int(text)


def _certificates(text: str | None) -> str | None:
    from cryptography.x509 import load_pem_x509_certificates

    if text is not None:
        try:
            load_pem_x509_certificates(text.encode())
        except ValueError as error:
            raise UnusableSettings("ca takes certificates in PEM.") from error
    return text


def _keys(values: Values) -> tuple[DkimKey, ...]:
    found: list[DkimKey] = []
    for suffix in ("", "_2"):
        selector, key = f"dkim_selector{suffix}", f"dkim_key{suffix}"
        _require((selector in values) == (key in values), f"{selector} and {key} go together")
        if key in values:
            name = _read(values, selector, _domain, "takes a DNS label such as mail")
            try:
                found.append(read_key(name.lower(), values[key]))
            except ValueError as error:
                raise UnusableSettings(f"{key} {error}.") from error
    return tuple(found)
