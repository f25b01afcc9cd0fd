"""Where replies by email reach us the words say so, in every language; elsewhere they do not."""

from collections.abc import AsyncIterator
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from sparekey import gateways
from tests.gateways.letters import message
from tests.gateways.servers import ScriptedServer
from tests.inbox.mailing import reply_to
from tests.world.deployment import make_brand
from tests.world.simulated import Simulation

SAYS = {
    "en": "reply NO to this email",
    "de": "antworten Sie auf diese E-Mail mit NO",
    "fr": "répondez NO à cet e-mail",
    "es": "responda NO a este correo",
    "ar": "رد على هذه الرسالة بكلمة NO",
}
REPLIES = {"replies": "reply@answers.acme.example"}


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    """Takes every mail."""
    async with ScriptedServer().listening() as made:
        yield made


async def live_brand(simulation: Simulation, server: ScriptedServer, **settings: str) -> str:
    """A live brand whose mail leaves by the server; the name of its key's header."""
    brand, key = await make_brand(simulation.db, simulation.clock(), is_sandbox=False)
    values = {
        "host": "127.0.0.1",
        "port": str(server.port),
        "security": "none",
        "sender": "no-reply@acme.example",
        **settings,
    }
    await gateways.add(
        simulation.db, simulation.keyring, brand,
        name="mail", kind="smtp", channels=(), values=values, at=simulation.clock(),
    )  # fmt: skip
    return f"Bearer {key}"


async def asked_by_mail(simulation: Simulation, key: str, locale: str) -> None:
    """A customer is sent a code by email."""
    to = simulation.person("alice").email.address
    answer = await simulation.post(
        "/v1/verifications",
        {"to": to, "purpose": "sign_in", "locale": locale},
        Authorization=key,
    )
    assert answer.status_code == 201, answer.text
    await simulation.deliver()


def read(octets: bytes) -> tuple[Any, str]:
    """A mail that the server took, and everything that it says, on one line."""
    mail = message_from_bytes(octets, policy=default)
    parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
    return mail, " ".join(" ".join(parts).split())


@pytest.mark.parametrize("locale", SAYS)
async def test_an_email_asks_for_a_reply_where_its_gateway_has_them_brought_to_us(
    app_client: Simulation, server: ScriptedServer, locale: str
):
    key = await live_brand(app_client, server, **REPLIES)
    await asked_by_mail(app_client, key, locale)
    mail, said = read(server.taken[-1])

    assert said.count(SAYS[locale]) == 2  # in plain text and in HTML
    assert mail["Reply-To"].startswith("reply+")


@pytest.mark.parametrize("locale", SAYS)
async def test_an_email_asks_for_no_reply_where_nobody_would_read_it(
    app_client: Simulation, server: ScriptedServer, locale: str
):
    key = await live_brand(app_client, server)
    await asked_by_mail(app_client, key, locale)
    mail, said = read(server.taken[-1])

    assert " NO " not in said
    assert said.count("/not-me?m=") >= 2
    assert mail["Reply-To"] is None


async def test_the_word_that_an_email_asks_for_does_what_it_says(
    app_client: Simulation, server: ScriptedServer
):
    key = await live_brand(app_client, server, **REPLIES)
    await asked_by_mail(app_client, key, "en")
    mail, _ = read(server.taken[-1])
    token = mail["Reply-To"].partition("+")[2].partition("@")[0]
    answered = reply_to(message(to=mail["To"], subject=mail["Subject"], reply_token=token), "NO")
    taken = await app_client.client.post(
        "/v1/inbox/emails",
        content=answered,
        headers={"Content-Type": "message/rfc822", "Authorization": key},
    )
    await app_client.deliver()
    states = await app_client.db.fetch("SELECT state FROM verification.verification")
    confirmation, said = read(server.taken[-1])

    assert taken.status_code == 202
    assert [row["state"] for row in states] == ["cancelled"]
    assert len(server.taken) == 2
    assert confirmation["Auto-Submitted"] == "auto-replied"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert SAYS["en"] not in said  # what confirms a denial has nothing to deny
