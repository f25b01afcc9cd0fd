"""Doctor's part for mail: the server, its certificate, and what is published in DNS."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from sparekey.gateways.wires.smtp import records
from sparekey.gateways.wires.smtp.examining import examine
from sparekey.gateways.wires.smtp.settings import SmtpSettings, read_settings
from sparekey.kit.finding import Finding
from tests.gateways.letters import ed25519_key, rsa_key, settings
from tests.gateways.servers import ScriptedServer
from tests.world.mail import DOMAIN, MailHouse
from tests.world.processes import free_port


@dataclass(slots=True)
class NameServer(asyncio.DatagramProtocol):
    """Answers with the texts it is told to publish; silent while it is told to be."""

    texts: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    is_silent: bool = False
    port: int = 0
    _line: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:
        self._line = transport
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if self._line is not None and not self.is_silent:
            self._line.sendto(self._answer(dns.message.from_wire(data)), addr)

    def _answer(self, query: dns.message.Message) -> bytes:
        name = query.question[0].name
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        texts = self.texts.get(name.to_text(omit_final_dot=True))
        if texts is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        else:
            strings = map(_in_strings, texts)
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *strings))
        return answer.to_wire()


def _in_strings(text: str) -> str:
    return " ".join(f'"{text[start : start + 255]}"' for start in range(0, len(text), 255))


@pytest.fixture
async def names() -> AsyncIterator[NameServer]:
    """Knows no name yet."""
    loop = asyncio.get_running_loop()
    line, server = await loop.create_datagram_endpoint(NameServer, local_addr=("127.0.0.1", 0))
    yield server
    line.close()


def asking(names: NameServer, *, seconds: float = 5) -> records.Lookup:
    """Asks it, and nobody else."""
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = names.port
    return partial(records.look_up, resolver=resolver, seconds=seconds)


@pytest.fixture
def lookup(names: NameServer) -> records.Lookup:
    """Patient."""
    return asking(names)


@pytest.fixture
def signing() -> SmtpSettings:
    """A gateway that signs with two keys."""
    return settings(
        dkim_selector="one", dkim_key=rsa_key(), dkim_selector_2="two", dkim_key_2=ed25519_key()
    )


async def published(told: SmtpSettings, lookup: records.Lookup) -> dict[str, Finding]:
    """What is found about DNS, by its first word."""
    found = [one async for one in records.findings(told, lookup)]
    return {one.about.partition(" TXT")[0].split(", ")[-1]: one for one in found}


async def test_every_record_to_publish_is_printed_ready_to_copy(
    signing: SmtpSettings, lookup: records.Lookup
):
    found = await published(signing, lookup)
    lines = [one.about for one in found.values()]
    one = found["one._domainkey.acme.example"]

    assert [one.advice for one in found.values()] == ["publish it"] * 4 + [None]
    assert any('acme.example TXT "v=spf1 ip4:127.0.0.1 -all"' in line for line in lines)
    assert any('_dmarc.acme.example TXT "v=DMARC1; p=none; ' in line for line in lines)
    assert '" "' in one.about  # a string of TXT has 255 characters
    assert one.about.split("TXT ")[1].replace('" "', "").strip('"') == signing.dkim_keys[0].record


async def test_what_is_published_is_fine(
    signing: SmtpSettings, names: NameServer, lookup: records.Lookup
):
    names.texts = {
        "acme.example": ["v=spf1 include:relay.example ~all", "another text"],
        "one._domainkey.acme.example": [signing.dkim_keys[0].record],
        "two._domainkey.acme.example": [signing.dkim_keys[1].record],
        "_dmarc.acme.example": ["v=DMARC1; p=quarantine"],
    }
    found = await published(signing, lookup)

    assert {one.advice for one in found.values()} == {None}
    assert all(one.was_checked for one in found.values())


@pytest.mark.parametrize(
    ("name", "texts", "advice"),
    [
        ("acme.example", ["v=spf1 a -all", "v=spf1 mx -all"], "not several"),
        ("acme.example", ["v=spf1 +all"], "everybody"),
        ("one._domainkey.acme.example", ["v=DKIM1; k=rsa; p=AAAA"], "another key"),
        ("_dmarc.acme.example", ["v=DMARC1; p=never"], "none, then quarantine"),
        ("_dmarc.acme.example", ["v=DMARC1; p=none; pct=50; ri=1"], "take pct, ri out"),
        ("_dmarc.acme.example", ["v=DMARC1; p=none", "v=DMARC1; p=reject"], "not several"),
    ],
)
async def test_what_is_published_wrongly_is_named(
    signing: SmtpSettings, names: NameServer, lookup: records.Lookup,
    name: str, texts: list[str], advice: str,
):  # fmt: skip
    names.texts = {name: texts}
    found = await published(signing, lookup)

    assert advice in (found[name].advice or "")


async def test_the_policy_of_the_domain_above_counts(names: NameServer, lookup: records.Lookup):
    names.texts = {"_dmarc.acme.example": ["v=DMARC1; p=reject"]}
    found = await published(settings(sender="no-reply@mail.acme.example"), lookup)

    assert found["_dmarc.mail.acme.example"].advice is None


async def test_a_name_server_that_is_silent_is_no_finding(signing: SmtpSettings, names: NameServer):
    names.is_silent = True
    found = await published(signing, asking(names, seconds=0.2))

    assert [one.was_checked for one in found.values()] == [False] * 4 + [True]
    assert {one.advice for one in found.values()} == {None}


async def test_mail_that_nobody_signs_or_that_others_sign_is_named(lookup: records.Lookup):
    unsigned = settings(bounces="bounce@relay.example")
    aligned = settings(sender="no-reply@acme.example", bounces="bounce@mail.acme.example")
    elsewhere = await published(unsigned, lookup)
    ours = await published(aligned, lookup)

    assert "nothing is signed" in (elsewhere["DKIM"].advice or "")
    assert "whose domain answers for the sender" in elsewhere
    assert elsewhere["whose domain answers for the sender"].advice
    assert ours["whose domain answers for the sender"].advice is None


async def server_of(told: SmtpSettings, lookup: records.Lookup) -> Finding:
    """What is found about the mail server."""
    async for finding in examine(told, lookup):
        return finding
    raise AssertionError("nothing was found")


async def test_a_good_server_lets_us_in(mail: MailHouse, lookup: records.Lookup):
    found = await server_of(read_settings(mail.settings()), lookup)

    assert found == Finding(f"mail server 127.0.0.1:{mail.port} (starttls), signed in")


@pytest.mark.parametrize(
    ("changes", "advice"),
    [
        ({"password": "wrong"}, "535"),
        ({"ca": ""}, "certificate"),
        ({"port": str(free_port())}, "check host and port"),
    ],
)
async def test_a_server_that_does_not_let_us_in_is_named(
    mail: MailHouse, lookup: records.Lookup, changes: dict[str, str], advice: str
):
    found = await server_of(read_settings(mail.settings(**changes)), lookup)

    assert advice in (found.advice or "")
    assert "secret" not in (found.advice or "")


async def test_a_certificate_that_ends_soon_is_named(
    mail: MailHouse, lookup: records.Lookup, tmp_path: Path
):
    soon = tmp_path / "soon"
    soon.mkdir()
    certificate, key = mail.trusted.certify("127.0.0.1", soon, days=3)
    server = ScriptedServer()
    async with server.listening(certificate, key):
        told = mail.settings(port=str(server.port), security="tls", username="", password="")
        found = await server_of(read_settings(told), lookup)

    assert "its certificate ends on" in (found.advice or "")
    assert DOMAIN not in (found.advice or "")
