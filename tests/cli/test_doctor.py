"""`sparekey doctor` in front of real peers: an SMSC, a Postfix, a provider over HTTP, a proxy."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from twilio.request_validator import RequestValidator  # pyright: ignore[reportMissingTypeStubs]

from sparekey import brands, gateways
from tests.gateways.http.provider import PlayedProvider, Said
from tests.gateways.servers import ScriptedServer
from tests.world.certificates import Authority, authority
from tests.world.deployment import Deployment, deployed
from tests.world.mail import DOMAIN, PASSWORD, MailHouse
from tests.world.postgres import Cluster
from tests.world.processes import COMMAND, environment, free_port
from tests.world.skips import needs_root
from tests.world.smsc import Smsc, smsc

#: An address of this machine that no rule takes for loopback: the proxy's.
OUTSIDE = "127.0.0.2"
TOKEN = "twilio-token-of-a-test"
ACCOUNT = f"AC{'0' * 32}"
SENDER = brands.Sender("Acme", "+447400000111", can_reply=True)
by_root = needs_root("Postfix and Dovecot change to users of theirs")


@pytest.fixture(scope="module")
def house(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """An installation of this file's own: doctor looks at every brand that there is."""
    with deployed(postgres, tmp_path_factory.mktemp("doctor")) as made:
        yield made


@dataclass(slots=True)
class Live:
    """A live brand while it has gateways."""

    house: Deployment
    brand: brands.Brand

    async def connect(self, name: str, kind: str, values: Mapping[str, str]) -> gateways.Gateway:
        """Add a gateway."""
        async with self.house.database() as db:
            return await gateways.add(
                db, self.house.keyring, self.brand,
                name=name, kind=kind, channels=(), values=values, at=datetime.now(UTC),
            )  # fmt: skip

    async def examined(self, *words: str, **settings: str) -> "Examined":
        """Run the command; what it says of this brand."""
        done = await asyncio.to_thread(
            subprocess.run,
            [COMMAND, "doctor", *words],
            env=environment(**self.house.settings, COLUMNS="400", **settings),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.stderr == ""
        return Examined(done.returncode, done.stdout, f"brand {self.brand.slug}, ")


@dataclass(frozen=True, slots=True)
class Examined:
    """How it ended and what it printed."""

    code: int
    output: str
    name: str

    def line(self, about: str) -> str:
        """The one line that begins so, from its mark on, without the brand's name."""
        lines = [line.replace(self.name, "") for line in self.output.splitlines()]
        marks = ("ok   ", "look ", "not checked ")
        found = [line for line in lines if any(line.startswith(f"{m}{about}") for m in marks)]
        assert len(found) == 1, f"{about} stands there {len(found)} times:\n{self.output}"
        return found[0]


@asynccontextmanager
async def live(house: Deployment, **wish: Any) -> AsyncGenerator[Live]:
    """A live brand that texts to GB, for the length of the block."""
    made, _ = await house.new_brand(
        is_sandbox=False,
        countries=("GB",),
        support=brands.Support(phone="+44 20 7946 0000"),
        **wish,
    )
    try:
        yield Live(house, made)
    finally:
        async with house.database() as db:
            for gateway in await gateways.of_brand(db, made.id):
                await gateways.remove(db, made, gateway.name)


@asynccontextmanager
async def proxy(to: int, trusted: Authority, directory: Path) -> AsyncGenerator[str]:
    """TLS in front of a server, at an address that is not loopback to us; its own address."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*trusted.certify(OUTSIDE, directory))

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while octets := await reader.read(65536):
            writer.write(octets)
            await writer.drain()
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_connection("127.0.0.1", to)
        await asyncio.gather(pump(reader, forth), pump(back, writer), return_exceptions=True)

    server = await asyncio.start_server(serve, OUTSIDE, 0, ssl=context)
    async with server:
        yield f"https://{OUTSIDE}:{server.sockets[0].getsockname()[1]}"


def tls(trusted: Authority, directory: Path, *, days: float = 90) -> dict[str, str]:
    """What an SMSC shows."""
    certificate, key = trusted.certify("127.0.0.1", directory, days=days)
    return {"cert": certificate.read_text(), "key": key.read_text()}


def carrier(peer: Smsc, trusted: Authority, **changes: str) -> dict[str, str]:
    """A gateway to it."""
    return {
        "host": "127.0.0.1", "port": str(peer.port), "security": "tls", "ca": trusted.pem,
        "system_id": "acme", "password": "secret", **changes,
    }  # fmt: skip


def twilio(peer: PlayedProvider, **changes: str) -> dict[str, str]:
    """A gateway to a provider that is played."""
    return {"account": ACCOUNT, "token": TOKEN, "api": peer.url, **changes}


@pytest.fixture
def trusted() -> Authority:
    """Who vouches for everybody here."""
    return authority()


async def test_gateways_that_work_are_all_right(
    house: Deployment, trusted: Authority, tmp_path: Path
):
    (tmp_path / "ca.pem").write_text(trusted.pem)
    async with (
        smsc(tls=tls(trusted, tmp_path)) as peer,
        PlayedProvider([Said.json({"status": "active"})]).listening() as provider,
        proxy(house.servers[0].port, trusted, tmp_path) as base,
        live(house, base_url=base, channel_order=("sms",), sender=SENDER) as brand,
    ):
        await brand.connect("carrier", "smpp", carrier(peer, trusted))
        texts = await brand.connect("texts", "twilio", twilio(provider))
        await tell(house, texts, base, trusted)
        once = await brand.examined(SSL_CERT_FILE=str(tmp_path / "ca.pem"))
        found = await brand.examined(SSL_CERT_FILE=str(tmp_path / "ca.pem"))

    bound = f"carrier, SMSC 127.0.0.1:{peer.port} (tls), bound as transceiver"
    assert found.line("carrier, SMSC") == f"ok   {bound}"
    assert found.line("carrier, its certificate, until ").startswith("ok   ")
    assert found.line("carrier, what it brings").startswith("not checked ")
    assert found.line("texts, 127.0.0.1").startswith("ok   ")
    assert found.line("texts, its hook") == f"ok   texts, its hook at {base[8:]}"
    assert found.line("texts, its callbacks, the last came ").startswith("ok   ")
    assert found.line("texts, sms to GB") == "ok   texts, sms to GB comes from +447400000111"
    assert once.line("texts, its callbacks") == found.line("texts, its callbacks")
    assert [line for line in found.output.splitlines() if f"look {found.name}" in line] == []


async def tell(house: Deployment, gateway: gateways.Gateway, base: str, trusted: Authority) -> None:
    """Call back through the proxy, signed as the provider's own library signs, until it is read."""
    url = gateways.hook_url(house.keyring, gateways.path_of(gateway), base)
    form = {"MessageSid": f"SM{'a' * 32}", "MessageStatus": "delivered", "AccountSid": ACCOUNT}
    validator: Any = RequestValidator(TOKEN)
    signature = validator.compute_signature(url, form)
    context = ssl.create_default_context(cadata=trusted.pem)
    async with httpx.AsyncClient(verify=context, trust_env=False) as client:
        answer = await client.post(url, data=form, headers={"X-Twilio-Signature": signature})
    assert answer.is_success, answer.text
    async with house.database() as db:
        query = "SELECT heard_at FROM gateways.hearing WHERE gateway_id = $1"
        until = asyncio.get_running_loop().time() + 20
        while not await db.fetch(query, gateway.id):
            assert asyncio.get_running_loop().time() < until, "nothing was read"
            await asyncio.sleep(0.05)


@by_root
async def test_passwords_that_are_wrong_are_named_and_shown_nowhere(
    house: Deployment, trusted: Authority, tmp_path: Path, mail: MailHouse
):
    wrong = "not-the-password"
    async with (
        smsc(tls=tls(trusted, tmp_path)) as peer,
        PlayedProvider([Said.json({"code": 20003}, 401)]).listening() as provider,
        live(house) as brand,
    ):
        await brand.connect("carrier", "smpp", carrier(peer, trusted, password=wrong[:8]))
        await brand.connect("texts", "twilio", twilio(provider, token=wrong))
        await brand.connect("mail", "smtp", mail.settings(password=wrong))
        found = await brand.examined()

    assert found.code == 1
    assert "check system_id, password" in found.line("carrier, SMSC")
    assert "401: check the account and its keys" in found.line("texts, 127.0.0.1")
    assert "535" in found.line("mail, mail server")
    assert "check security, ca, username and password" in found.line("mail, mail server")
    assert wrong[:8] not in found.output


async def test_certificates_that_have_expired_are_named(
    house: Deployment, trusted: Authority, tmp_path: Path
):
    certificate, key = trusted.certify("127.0.0.1", tmp_path, days=-0.5)
    server = ScriptedServer()
    async with (
        smsc(tls=tls(trusted, tmp_path, days=-0.5)) as peer,
        PlayedProvider([Said()]).listening(certificate, key) as provider,
        server.listening(certificate, key),
        live(house) as brand,
    ):
        await brand.connect("carrier", "smpp", carrier(peer, trusted))
        await brand.connect("texts", "twilio", twilio(provider, ca=trusted.pem))
        await brand.connect("mail", "smtp", {
            "host": "127.0.0.1", "port": str(server.port), "security": "tls", "ca": trusted.pem,
            "sender": f"no-reply@{DOMAIN}",
        })  # fmt: skip
        found = await brand.examined()

    for line in ("carrier, SMSC", "texts, 127.0.0.1", "mail, mail server"):
        assert "it has expired" in found.line(line)
        assert found.line(line).startswith("look ")


async def test_callbacks_that_reach_nobody_are_named(house: Deployment):
    async with (
        PlayedProvider([Said.json({})]).listening() as provider,
        live(house, base_url="https://recover.acme.invalid") as brand,
    ):
        await brand.connect("texts", "twilio", twilio(provider))
        found = await brand.examined()

    advice = "recover.acme.invalid has no address here: publish it in DNS, or correct the base URL"
    assert found.line("texts, its hook").endswith(advice)
    assert "sparekey gateways hook" in found.line("texts, its callbacks")


async def test_one_brand_of_several_can_be_looked_at(house: Deployment):
    async with live(house) as one, live(house) as other:
        found = await one.examined("--brand", one.brand.slug)
        nobody = await one.examined("--brand", "nobody")

    assert one.brand.slug in found.output
    assert other.brand.slug not in found.output
    assert "brand nobody: there is none" in nobody.output
    assert nobody.code == 1


@by_root
async def test_mail_that_comes_back_is_looked_at_where_it_is_taken(
    house: Deployment, mail: MailHouse
):
    port = free_port()
    box = f"imap://reply%40{DOMAIN}@127.0.0.1:{mail.imap_port}/INBOX"
    async with live(house) as brand:
        nobody = await brand.examined(
            SPAREKEY_MAIL_LISTENER=f"lmtp://127.0.0.1:{port}",
            SPAREKEY_IMAP=box,
            SPAREKEY_IMAP_PASSWORD="not-it",
        )
        somebody = await brand.examined(
            SPAREKEY_MAIL_LISTENER=f"smtp://127.0.0.1:{mail.port}",
            SPAREKEY_IMAP=box,
            SPAREKEY_IMAP_PASSWORD=PASSWORD,
        )

    assert "nobody listens there: start sparekey" in nobody.line("bounces and replies by LMTP")
    assert "check user and password" in nobody.line("bounces and replies from the mailbox")
    assert somebody.line("bounces and replies by SMTP").startswith("ok   ")
    assert somebody.line("bounces and replies from the mailbox").startswith("ok   ")
    assert PASSWORD not in somebody.output
