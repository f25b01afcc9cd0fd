"""What an SMPP gateway is told, and reading it."""

import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from typing import Any, cast, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sparekey.gateways.model import Setting, UnusableSettings, Values
from sparekey.gateways.wires._reading import between, certificates, read, require
from sparekey.gateways.wires.smpp import profiles, receipts
from sparekey.gateways.wires.smpp.profiles import PROFILES, Profile
from sparekey.gateways.wires.smpp.receipts import Dialect
from sparekey.gateways.wires.smpp.trusting import trusting
from sparekey.kit.gsm7 import is_gsm7
from sparekey.kit.gsm7_national import LANGUAGES
from sparekey.kit.hosts import read_host, stays_here
from sparekey.kit.secret import Secret

SETTINGS = (
    Setting("host", "the SMSC's name, as its certificate has it, or its address"),
    Setting("system_id", "who we are to the carrier, at most 15 characters"),
    Setting("password", "the password that belongs to it", is_secret=True),
    Setting("security", "tls, or none on loopback and in a private network (a VPN)", "tls"),
    Setting("port", "its port", "2775, with tls 3550"),
    Setting("ca", "certificates (PEM) of who may vouch for the SMSC", "the system's"),
    Setting("certificate", "our own certificate (PEM), where the carrier asks for one", "none"),
    Setting("certificate_key", "its key (PEM)", "none", is_secret=True),
    Setting("bind", "transceiver, or pair: a transmitter and a receiver", "transceiver"),
    Setting("system_type", "what the carrier calls our kind of system", "empty"),
    Setting("service_type", "what the carrier calls this service", "empty"),
    Setting("sender", "what texts come from, whatever the brand's sender is", "the brand's"),
    Setting("per_second", "texts a second of one process, from 1 to 20000", "10"),
    Setting("window", "how many may be unanswered at once, from 1 to 500", "10"),
    Setting("profile", f"the carrier's usual answers: {', '.join(PROFILES)}", "standard"),
    Setting("alphabet", "gsm7, latin1 or ascii: how it reads plain texts", "the profile's"),
    Setting("data_coding", "what plain texts are declared as, 0 to 255", "the profile's"),
    Setting("languages", f"national tables it takes: {', '.join(LANGUAGES)}", "the profile's"),
    Setting("long_texts", "udh, udh16, sar or payload", "the profile's"),
    Setting("submit_ids", "text, hex or decimal: ids of messages it takes", "the profile's"),
    Setting("receipt_ids", "text, hex or decimal: ids in receipts", "the profile's"),
    Setting("receipt_form", "its receipts, as {id},{},{stat},{err},{done}", "the usual ones"),
    Setting("time_zone", "that of times in receipts, as Europe/Berlin", "they are not used"),
    Setting("validity", "relative, absolute or none: when it gives up", "the profile's"),
    Setting("short_code_ton", "type of number of a short code, 0 to 6", "the profile's"),
    Setting("short_code_npi", "numbering plan of a short code, 0 to 18", "the profile's"),
    Setting("untyped_numbers", "international or national: those without a type", "international"),
)

_PORTS = {"tls": 3550, "none": 2775}
_NUMBER = re.compile(r"\+[1-9][0-9]{4,14}|[0-9]{3,8}")


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """Who we are to a carrier that wants to see a certificate."""

    certificate: str = field(repr=False)
    key: Secret[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmppSettings:
    """One gateway's settings, ready to use."""

    host: str
    port: int
    security: str
    ca: str | None = field(repr=False)
    client: ClientCertificate | None
    system_id: str
    password: Secret[str]
    is_pair: bool
    system_type: str
    service_type: str
    sender: str | None
    per_second: int
    window: int
    profile: Profile
    dialect: Dialect

    @property
    def is_proven(self) -> bool:
        """Whether what the connection brings is certainly the carrier's."""
        return self.security == "tls" or stays_here(self.host)


def read_settings(values: Values) -> SmppSettings:
    """The settings that these values are; raises UnusableSettings for the first that is wrong."""
    security = values.get("security", "tls")
    host = read(values, "host", read_host, "takes a host name or an IP address")
    require(security in _PORTS, "security takes tls or none")
    require(
        security == "tls" or stays_here(host) or _is_private(host),
        "security is none, but only for localhost and for addresses of a private network",
    )
    return SmppSettings(
        host=host,
        port=read(values, "port", between(1, 65535), "takes 1 to 65535", str(_PORTS[security])),
        security=security,
        ca=certificates(values, "ca"),
        client=_client(values),
        system_id=read(values, "system_id", _word(1, 15), "takes 1 to 15 characters of ASCII"),
        password=Secret(read(values, "password", _word(1, 64), "takes 1 to 64 of ASCII")),
        is_pair=read(values, "bind", _is_pair, "takes transceiver or pair", "transceiver"),
        system_type=read(values, "system_type", _word(0, 12), "takes 12 characters of ASCII"),
        service_type=read(values, "service_type", _word(0, 5), "takes 5 characters of ASCII"),
        sender=read(values, "sender", read_sender, _TAKES_SENDER) if "sender" in values else None,
        per_second=read(values, "per_second", between(1, 20000), "takes 1 to 20000", "10"),
        window=read(values, "window", between(1, 500), "takes 1 to 500", "10"),
        profile=_profile(values),
        dialect=_dialect(values),
    )


_TAKES_SENDER = "takes +E.164, a short code of 3 to 8 digits, or 11 plain characters"


def read_sender(text: str) -> str:
    """A number, short code or name that a text can come from; ValueError when it is none."""
    is_name = 1 <= len(text) <= 11 and is_gsm7(text) and text.isprintable() and text.isascii()
    if not _NUMBER.fullmatch(text) and not (is_name and not text.lstrip("+").isdigit()):
        raise ValueError("no sender")
    return text


def _profile(values: Values) -> Profile:
    named = values.get("profile", "standard")
    require(named in PROFILES, f"profile takes one of {', '.join(PROFILES)}")
    given: dict[str, Any] = {
        name: _choice(values, name, kind) for name, kind in _CHOICES.items() if name in values
    }
    for name, most in (("data_coding", 255), ("short_code_ton", 6), ("short_code_npi", 18)):
        if name in values:
            given[name] = read(values, name, between(0, most), f"takes 0 to {most}")
    if "languages" in values:
        given["languages"] = read(values, "languages", _languages, _TAKES_LANGUAGES)
    untyped = values.get("untyped_numbers", "international")
    require(
        untyped in {"international", "national"}, "untyped_numbers takes international or national"
    )
    given["untyped_are_international"] = untyped == "international"
    profile = replace(PROFILES[named], **given)
    require(
        not profile.languages or profile.long_texts in {"udh", "udh16"},
        "languages go in a header, so long_texts takes udh or udh16 with them",
    )
    require(
        not profile.languages or profile.alphabet == "gsm7",
        "languages belong to GSM's own values, so alphabet takes gsm7 with them",
    )
    require(
        profile.data_coding not in {2, 4, 8}, "data_coding is that of plain texts: not 2, 4 or 8"
    )
    return profile


_CHOICES: Mapping[str, object] = {
    "alphabet": profiles.PlainAlphabet,
    "long_texts": profiles.LongTexts,
    "submit_ids": profiles.Ids,
    "receipt_ids": profiles.Ids,
    "validity": profiles.Validity,
}
_TAKES_LANGUAGES = f"takes some of {', '.join(LANGUAGES)}, with commas"


def _choice(values: Values, name: str, kind: object) -> str:
    choices = cast("tuple[str, ...]", get_args(kind))
    require(values[name] in choices, f"{name} takes one of {', '.join(choices)}")
    return values[name]


def _languages(text: str) -> tuple[int, ...]:
    names = [name.strip() for name in text.split(",")]
    if not set(names) <= LANGUAGES.keys():
        raise ValueError("no such tables")
    return tuple(LANGUAGES[name] for name in names)


def _dialect(values: Values) -> Dialect:
    form = None
    if "receipt_form" in values:
        try:
            form = receipts.form(values["receipt_form"])
        except ValueError as error:
            raise UnusableSettings(f"receipt_form {error}.") from error
    zone = read(values, "time_zone", _zone, "takes a zone such as Europe/Berlin", "UTC")
    return Dialect(form, zone if "time_zone" in values else None)


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError("no such zone") from error


def _client(values: Values) -> ClientCertificate | None:
    require(
        ("certificate" in values) == ("certificate_key" in values),
        "certificate and certificate_key go together",
    )
    certificate = certificates(values, "certificate")
    if certificate is None:
        return None
    client = ClientCertificate(certificate, Secret(values["certificate_key"]))
    try:
        trusting(None, client)
    except (ssl.SSLError, ValueError) as error:
        raise UnusableSettings("certificate_key takes the key (PEM) of certificate.") from error
    return client


def _is_private(host: str) -> bool:
    try:
        return ip_address(host).is_private
    except ValueError:
        return False


def _is_pair(text: str) -> bool:
    if text not in {"transceiver", "pair"}:
        raise ValueError("no such bind")
    return text == "pair"


def _word(least: int, most: int) -> Callable[[str], str]:
    def reading(text: str) -> str:
        if not (least <= len(text) <= most and text.isascii() and text.isprintable()):
            raise ValueError("out of bounds")
        return text

    return reading
