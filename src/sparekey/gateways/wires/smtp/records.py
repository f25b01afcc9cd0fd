"""What a sender has to publish in DNS so that receivers believe its mail: SPF, DKIM, DMARC.

RFC 7208, RFC 6376, RFC 9989. Looked up with little patience: a machine without DNS is told what to
publish all the same.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

from sparekey.gateways.wires.smtp.keys import DkimKey
from sparekey.gateways.wires.smtp.settings import SmtpSettings
from sparekey.kit.finding import Finding

if TYPE_CHECKING:
    from dns.resolver import Resolver

_PATIENCE_SECONDS = 3.0
_MOST_CHARACTERS = 255  # of one string in a TXT record
#: Tags that DMARC no longer has (RFC 9989).
_REMOVED = ("pct", "rf", "ri")

Lookup = Callable[[str], Awaitable[list[str]]]


class NotChecked(Exception):
    """No name server answered."""


async def look_up(
    name: str, resolver: "Resolver | None" = None, seconds: float = _PATIENCE_SECONDS
) -> list[str]:
    """The texts of a name's TXT records; raises NotChecked."""
    from dns.exception import DNSException
    from dns.resolver import NXDOMAIN, NoAnswer, Resolver

    def ask() -> list[str]:
        asked = resolver or Resolver()
        answer = asked.resolve(name, "TXT", lifetime=seconds)
        return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]

    try:
        return await asyncio.to_thread(ask)
    except (NXDOMAIN, NoAnswer):
        return []
    except DNSException as error:
        raise NotChecked(type(error).__name__) from error


@dataclass(frozen=True, slots=True)
class _Record:
    """A TXT record to publish; `judge` says what is wrong with those that are published."""

    what: str
    name: str
    text: str
    judge: Callable[[list[str]], str | None]


async def findings(settings: SmtpSettings, lookup: Lookup = look_up) -> AsyncIterator[Finding]:
    """Each record to publish, and whether it is published."""
    yield await _found(_spf(settings), lookup)
    for key in settings.dkim_keys:
        yield await _found(_dkim(settings, key), lookup)
    if not settings.dkim_keys:
        yield Finding("DKIM", "nothing is signed: give it dkim_selector and dkim_key")
    yield await _dmarc(settings, lookup)
    yield _alignment(settings)


async def _found(record: _Record, lookup: Lookup) -> Finding:
    about = f"{record.what}, {record.name} TXT {_in_strings(record.text)}"
    try:
        return Finding(about, record.judge(await lookup(record.name)))
    except NotChecked:
        return Finding(about, was_checked=False)


def _spf(settings: SmtpSettings) -> _Record:
    def judge(texts: list[str]) -> str | None:
        published = [text for text in texts if text.lower().split(" ")[0] == "v=spf1"]
        if len(published) != 1:
            return "publish it" if not published else "publish one such record, not several"
        if "+all" in published[0].split() or "all" in published[0].split():
            return "the published one lets everybody send in your name"
        return None

    text = f"v=spf1 {_mechanism(settings.host)} -all"
    return _Record("SPF (or the include: of your relay)", settings.head.bounces.domain, text, judge)


def _mechanism(host: str) -> str:
    try:
        address = ip_address(host)
    except ValueError:
        return f"a:{host}"
    return f"ip{address.version}:{address}"


def _dkim(settings: SmtpSettings, key: DkimKey) -> _Record:
    def judge(texts: list[str]) -> str | None:
        published = [_tags(text).get("p") for text in texts]
        if not published:
            return "publish it"
        return None if key.public in published else "another key is published there"

    return _Record("DKIM", f"{key.selector}._domainkey.{settings.dkim_domain}", key.record, judge)


async def _dmarc(settings: SmtpSettings, lookup: Lookup) -> Finding:
    """The record of the sender's domain, or of the nearest domain above that has one."""
    domain = settings.head.sender_domain
    record = _Record(
        "DMARC", f"_dmarc.{domain}",
        f"v=DMARC1; p=none; rua=mailto:dmarc@{domain}", _judge_dmarc,
    )  # fmt: skip
    labels = domain.split(".")
    above = [".".join(labels[start:]) for start in range(1, len(labels) - 1)]

    async def nearest(_name: str) -> list[str]:
        for candidate in (domain, *above):
            if texts := await lookup(f"_dmarc.{candidate}"):
                return texts
        return []

    return await _found(record, nearest)


def _judge_dmarc(texts: list[str]) -> str | None:
    published = [_tags(text) for text in texts if text.startswith("v=DMARC1")]
    if len(published) != 1:
        return "publish it" if not published else "publish one such record, not several"
    if published[0].get("p") not in {"none", "quarantine", "reject"}:
        return "its p= takes none, then quarantine, then reject"
    if removed := [tag for tag in _REMOVED if tag in published[0]]:
        return f"take {', '.join(removed)} out: receivers no longer know it"
    return None


def _alignment(settings: SmtpSettings) -> Finding:
    """DMARC believes a signature, or an envelope, of the sender's own domain (RFC 9989)."""
    signers = [settings.dkim_domain] if settings.dkim_keys else []
    is_aligned = any(
        _is_related(settings.head.sender_domain, domain)
        for domain in (*signers, settings.head.bounces.domain)
    )
    advice = "sign for the sender's domain, or take bounces there: receivers refuse it else"
    return Finding("DMARC, whose domain answers for the sender", None if is_aligned else advice)


def _is_related(one: str, other: str) -> bool:
    first, second = one.lower(), other.lower()
    return first == second or first.endswith(f".{second}") or second.endswith(f".{first}")


def _tags(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip(): "".join(value.split()) for name, _, value in pairs}


def _in_strings(text: str) -> str:
    parts = range(0, len(text), _MOST_CHARACTERS)
    return " ".join(f'"{text[start : start + _MOST_CHARACTERS]}"' for start in parts)
