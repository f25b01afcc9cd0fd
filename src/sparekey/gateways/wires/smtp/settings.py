"""What an SMTP gateway is told, and reading it."""

from dataclasses import dataclass, field

from sparekey.gateways.model import Setting, UnusableSettings, Values
from sparekey.gateways.wires._reading import between, certificates, read, require
from sparekey.gateways.wires.smtp.keys import DkimKey, read_key
from sparekey.kit.address import UnusableAddress, read_email
from sparekey.kit.hosts import read_domain, read_host, stays_here
from sparekey.kit.secret import Secret

LETTERHEAD = (
    Setting("sender_name", "the name beside the sender's address", "the brand's"),
    Setting("bounces", "where bounces go: our token is put behind its +", "bounce@ the sender's"),
    Setting("replies", "where we get replies: our token is put behind its +", "to the sender"),
)
SETTINGS = (
    Setting("host", "the mail server's name, as its certificate has it"),
    Setting("sender", "the address that messages come from"),
    Setting("security", "starttls, tls (from the first byte), or none on loopback", "starttls"),
    Setting("port", "its port", "587, with tls 465, with none 25"),
    Setting("ca", "certificates (PEM) of who may vouch for the server", "the system's"),
    Setting("username", "the account to sign in with", "no sign-in"),
    Setting("password", "its password", "none", is_secret=True),
    *LETTERHEAD,
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


@dataclass(frozen=True, slots=True)
class TaggedAddress:
    """An address of ours that receives for every tag behind its +."""

    local: str
    domain: str

    def tagged(self, tag: str) -> str:
        """The address with a tag; as it is when there is none."""
        return f"{self.local}+{tag}@{self.domain}" if tag else f"{self.local}@{self.domain}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """Who mail is from, and where what comes back to it goes."""

    sender: str
    sender_name: str | None
    bounces: TaggedAddress
    replies: TaggedAddress | None

    @property
    def sender_domain(self) -> str:
        """The domain of the sender's address."""
        return self.sender.rpartition("@")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """One gateway's settings, ready to use."""

    host: str
    port: int
    security: str
    ca: str | None
    username: str | None
    password: Secret[str] | None
    head: Letterhead
    dkim_domain: str
    dkim_keys: tuple[DkimKey, ...] = field(repr=False)
    hello: str
    connections: int


def read_settings(values: Values) -> SmtpSettings:
    """The settings that these values are; raises UnusableSettings for the first that is wrong."""
    head = read_letterhead(values)
    domain = head.sender_domain
    security = values.get("security", "starttls")
    host = read(values, "host", read_host, "takes a host name or an IP address")
    require(security in _PORTS, "security takes starttls, tls or none")
    require(security != "none" or stays_here(host), "security is none, but only for loopback")
    require(("username" in values) == ("password" in values), "username and password go together")
    return SmtpSettings(
        host=host,
        port=read(values, "port", between(1, 65535), "takes 1 to 65535", str(_PORTS[security])),
        security=security,
        ca=certificates(values, "ca"),
        username=values.get("username"),
        password=Secret(values["password"]) if "password" in values else None,
        head=head,
        dkim_domain=read(values, "dkim_domain", read_domain, "takes a domain", domain).lower(),
        dkim_keys=_keys(values),
        hello=read(values, "hello", read_domain, "takes a host name", domain),
        connections=read(values, "connections", between(1, 32), "takes 1 to 32", "4"),
    )


def takes_replies(values: Values) -> bool:
    """Where replies have an address of their own, somebody hands in what arrives there."""
    return "replies" in values


def read_letterhead(values: Values) -> Letterhead:
    """That part of the settings which every wire that writes mail has."""
    sender = read(values, "sender", _mailbox, "takes one plain address")
    bounces = f"bounce@{sender.rpartition('@')[2]}"
    return Letterhead(
        sender=sender,
        sender_name=values.get("sender_name"),
        bounces=read(values, "bounces", _tagged, _TAKES_TAGS, bounces),
        replies=read(values, "replies", _tagged, _TAKES_TAGS) if "replies" in values else None,
    )


_TAKES_TAGS = f"takes a plain address with at most {_MOST_LOCAL} characters before the @"


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


def _keys(values: Values) -> tuple[DkimKey, ...]:
    found: list[DkimKey] = []
    for suffix in ("", "_2"):
        selector, key = f"dkim_selector{suffix}", f"dkim_key{suffix}"
        require((selector in values) == (key in values), f"{selector} and {key} go together")
        if key in values:
            name = read(values, selector, read_domain, "takes a DNS label such as mail")
            try:
                found.append(read_key(name.lower(), values[key]))
            except ValueError as error:
                raise UnusableSettings(f"{key} {error}.") from error
    return tuple(found)
