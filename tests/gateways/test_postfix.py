"""Mail through a real Postfix into a real mailbox: what arrives is what was meant, once."""

import asyncio
import io
import secrets
import time
from datetime import timedelta
from typing import Any

import pytest

from sparekey import brands, gateways, http
from sparekey.gateways.wires.smtp.sending import SmtpWire
from sparekey.gateways.wires.smtp.settings import read_settings
from sparekey.outbox.links import answer_token
from tests.attacks.requests import start
from tests.gateways.conftest import Desk
from tests.gateways.letters import ed25519_key, message, rsa_key, verifies
from tests.world.deployment import make_brand
from tests.world.figures import Figures
from tests.world.mail import DOMAIN, MailHouse, read_mail
from tests.world.simulated import Simulation

Live = tuple[brands.Brand, dict[str, str]]


def somebody(prefix: str = "alice") -> str:
    """A mailbox that nobody has used."""
    return f"{prefix}-{secrets.token_hex(6)}@{DOMAIN}"


@pytest.fixture
async def live(app_client: Simulation) -> Live:
    """A live brand, and the header of a key of it."""
    brand, key = await make_brand(
        app_client.db, app_client.clock(), name="Acme & Söhne", is_sandbox=False
    )
    return brand, {"Authorization": f"Bearer {key}"}


async def through(simulation: Simulation, brand: brands.Brand, values: dict[str, str]) -> None:
    """Give the brand a gateway."""
    await gateways.add(
        simulation.db, simulation.keyring, brand,
        name="mail", kind="smtp", channels=(), values=values, at=simulation.clock(),
    )  # fmt: skip


async def ask(simulation: Simulation, headers: dict[str, str], to: str) -> None:
    """Have a code sent."""
    simulation.clock.advance(timedelta(milliseconds=1))
    body = {"to": to, "purpose": "sign_in"}
    answer = await simulation.client.post("/v1/verifications", json=body, headers=headers)
    assert answer.status_code == 201, answer.text


async def stored(simulation: Simulation, brand: brands.Brand) -> list[dict[str, Any]]:
    """A brand's messages."""
    rows = await simulation.db.fetch(
        "SELECT * FROM outbox.message WHERE brand_id = $1 ORDER BY id", brand.id
    )
    return [dict(row) for row in rows]


async def test_a_live_brands_message_arrives_signed_and_whole(
    app_client: Simulation, live: Live, mail: MailHouse
):
    brand, headers = live
    values = mail.settings(
        dkim_selector="one", dkim_key=rsa_key(), dkim_selector_2="two", dkim_key_2=ed25519_key(),
        dkim_domain="acme.example", replies=f"reply@in.{DOMAIN}",
    )  # fmt: skip
    alice = somebody()
    await through(app_client, brand, values)
    await ask(app_client, headers, alice)
    await app_client.deliver()
    arrived = mail.next_mail(alice)
    read = read_mail(arrived)
    [kept] = await stored(app_client, brand)
    bounce = answer_token(app_client.keyring, "bounce", kept["id"]).reveal()
    reply = answer_token(app_client.keyring, "reply", kept["id"]).reveal()
    keys = read_settings(values).dkim_keys
    plain, html = read.iter_parts()

    assert (kept["state"], kept["gateway"], kept["sealed"]) == ("sent", "mail", None)
    assert [verifies(arrived, *keys, nth=nth) for nth in range(2)] == [True, True]
    assert read["From"].addresses[0].display_name == "Acme & Söhne"
    assert read["From"].addresses[0].addr_spec == f"no-reply@{DOMAIN}"
    assert read["To"] == alice
    assert read["Return-Path"] == f"<bounce+{bounce}@{DOMAIN}>"
    assert read["Reply-To"] == f"reply+{reply}@in.{DOMAIN}"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["List-Unsubscribe"] is None
    assert plain.get_content_type() == "text/plain"
    assert html.get_content_type() == "text/html"
    assert "Acme" in plain.get_content()
    assert "ESMTPSA" in "".join(read.get_all("Received", []))  # encrypted and signed in


async def test_one_refused_recipient_stops_nobody_else(
    app_client: Simulation, live: Live, mail: MailHouse
):
    log = io.StringIO()
    http.configure_logs("info", log)
    brand, headers = live
    refused, alice = somebody("refused"), somebody()
    await through(app_client, brand, mail.settings(connections="1"))
    for address in (refused, alice):
        await ask(app_client, headers, address)
    await app_client.deliver()
    mail.next_mail(alice)
    mail.await_delivery(alice)

    outcomes = [(one["state"], one["failure"]) for one in await stored(app_client, brand)]
    [failure] = [line for line in log.getvalue().splitlines() if "not_handed_over" in line]
    assert outcomes == [("failed", "refused"), ("sent", None)]
    assert "550 5.1.1" in failure
    assert DOMAIN not in log.getvalue()  # the server's own words quote the address
    assert len(mail.mailbox(alice)) == 2  # the message, and the one that came last
    assert mail.mailbox(refused) == []


async def test_a_slow_server_is_waited_for(app_client: Simulation, live: Live, mail: MailHouse):
    brand, headers = live
    slow = somebody("slow")
    await through(app_client, brand, mail.settings())
    await ask(app_client, headers, slow)
    began = time.monotonic()
    await app_client.deliver()

    assert time.monotonic() - began >= 2
    assert [one["state"] for one in await stored(app_client, brand)] == ["sent"]
    assert len(mail.mailbox(slow) or [mail.next_mail(slow)]) == 1


WRONG: list[tuple[str, dict[str, str], str]] = [
    ("password", {"password": "wrong"}, "misconfigured"),
    ("authority", {"ca": ""}, "misconfigured"),
    ("host name", {"host": "localhost"}, "misconfigured"),
    ("tls on a plain port", {"security": "tls"}, "unreachable"),
]


@pytest.mark.parametrize(
    ("changes", "failure"), [one[1:] for one in WRONG], ids=[one[0] for one in WRONG]
)
async def test_a_wrong_setting_sends_nothing_and_is_named(
    desk: Desk, mail: MailHouse, changes: dict[str, str], failure: str
):
    desk.wire = SmtpWire(read_settings(mail.settings(**changes)))
    alice = somebody()
    await start(desk.simulation.client, alice)
    await desk.step()

    assert [one[1] for one in await desk.outcomes()] == [failure]
    assert mail.mailbox(alice) == []


async def test_a_server_that_does_not_relay_for_us_is_misconfigured(mail: MailHouse):
    stranger = SmtpWire(read_settings(mail.settings(username="", password="")))

    with pytest.raises(gateways.Misconfigured, match=r"5\d\d"):
        await stranger.send(message(to="alice@elsewhere.example"))


async def test_a_server_that_lets_nobody_sign_in_in_the_clear_is_misconfigured(mail: MailHouse):
    plain = SmtpWire(read_settings(mail.settings(security="none")))

    with pytest.raises(gateways.Misconfigured):
        await plain.send(message(to=somebody()))


async def test_a_server_that_was_down_gets_the_message_once_when_it_is_back(
    desk: Desk, mail: MailHouse
):
    desk.wire = SmtpWire(read_settings(mail.settings()))
    alice = somebody()
    await start(desk.simulation.client, alice)
    mail.postfix.stop()
    try:
        await desk.step()
        down = await desk.outcomes()
    finally:
        mail.postfix.start()
    await desk.step(later=1)
    again = await desk.step(later=120)
    mail.next_mail(alice)
    mail.await_delivery(alice)

    assert down == [("queued", "unreachable")]
    assert again == 0
    assert await desk.outcomes() == [("sent", None)]
    assert len(mail.mailbox(alice)) == 2  # the message, and the one that came last


async def test_a_connection_that_the_server_ended_costs_nobody_a_message(
    desk: Desk, mail: MailHouse
):
    desk.wire = SmtpWire(read_settings(mail.settings()))
    alice, bob = somebody(), somebody("bob")
    await start(desk.simulation.client, alice)
    await desk.step()
    mail.postfix.stop()
    mail.postfix.start()
    await start(desk.simulation.client, bob)
    await desk.step()
    mail.next_mail(bob)

    assert await desk.outcomes() == [("sent", None)] * 2


@pytest.mark.parametrize("key", ["", "ed25519", "rsa"])
async def test_mails_a_second_through_one_gateway(mail: MailHouse, figures: Figures, key: str):
    keys = {"ed25519": ed25519_key, "rsa": rsa_key}
    signing = {"dkim_selector": "mail", "dkim_key": keys[key]()} if key else {}
    wire = SmtpWire(read_settings(mail.settings(connections="8", **signing)))
    addresses = [somebody() for _ in range(8)]
    await asyncio.gather(*(wire.send(message(to=to)) for to in addresses))
    began = time.perf_counter()
    for _ in range(5):
        await asyncio.gather(*(wire.send(message(to=to)) for to in addresses * 4))
    taken = time.perf_counter() - began
    figures.add(f"{160 / taken:.0f} mails/s, signed by {key or 'nobody'}, over 8 connections")

    assert taken < 60
