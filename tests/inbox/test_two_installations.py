"""Two installations whose mail reaches each other stop after one, whatever is between them."""

import re
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.policy import SMTP

import pytest

from sparekey.db import Db
from sparekey.gateways import Outgoing
from sparekey.gateways.wires.smtp import letter
from sparekey.gateways.wires.smtp.settings import read_settings
from sparekey.kit.keyring import Keyring
from tests.world.basics import MovableClock
from tests.world.postgres import Cluster
from tests.world.provider import Provider, providing
from tests.world.simulated import opened, simulating

_HIDING = ("Auto-Submitted", "Message-ID", "Precedence")


@pytest.fixture
async def other(
    postgres: Cluster, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Provider]:
    """Another installation, with a database and keys of its own."""
    url = await postgres.migrated()
    db, keyring = await Db.connect(url), Keyring.generate()
    async with (
        simulating(opened(url, db, keyring, clock), clock) as simulation,
        providing(simulation, monkeypatch, kind="played-elsewhere") as made,
    ):
        yield made
    await db.close()
    await postgres.drop(url)


def written(message: Outgoing, domain: str) -> bytes:
    """The mail that a message is, as it leaves."""
    told = read_settings(
        {
            "host": "mx.example",
            "sender": f"service@{domain}",
            "replies": f"reply@{domain}",
        }
    )
    return letter.write(message, told.head).octets


def carried(octets: bytes, to: str, *, hides: bool) -> bytes:
    """The mail as a careless forwarder brings it: to another address, from the one to reply to."""
    mail = message_from_bytes(octets, policy=SMTP)
    answers = re.sub("[<>]", "", str(mail["Reply-To"]))
    del mail["To"]
    mail["To"] = to
    if hides:
        for name in _HIDING:
            del mail[name]
        del mail["From"]
        mail["From"] = answers
    mail["Return-Path"] = f"<{answers}>"
    return mail.as_bytes()


async def hand_in(provider: Provider, octets: bytes) -> None:
    answer = await provider.api.post(
        "/v1/inbox/emails", content=octets, headers={"Content-Type": "message/rfc822"}
    )
    assert answer.status_code in {202, 429}
    await provider.simulation.deliver()


@pytest.mark.parametrize(("hides", "most"), [(False, 0), (True, 1)])
async def test_they_stop_after_one(provider: Provider, other: Provider, hides: bool, most: int):
    """Each has written to a mailbox that forwards to the other's reply address."""
    await provider.ask("forwarder@elsewhere.example")
    await other.ask("forwarder@acme.example")
    here, there = provider.wire.sent, other.wire.sent
    for _ in range(10):
        to = f"reply+{there[0].reply_token}@elsewhere.example"
        await hand_in(other, carried(written(here[-1], "acme.example"), to, hides=hides))
        back = f"reply+{here[0].reply_token}@acme.example"
        await hand_in(provider, carried(written(there[-1], "elsewhere.example"), back, hides=hides))

    assert len(here) - 1 <= most
    assert len(there) - 1 <= most
    assert (len(here) - 1 + len(there) - 1 > 0) is hides
