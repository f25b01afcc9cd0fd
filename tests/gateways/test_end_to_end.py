"""A live brand's recovery by an email link: two servers, a real Postfix, a real mailbox."""

import re
import secrets
import subprocess
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx

from sparekey import brands
from tests.gateways.letters import rsa_key
from tests.world.deployment import BASE_URL, Deployment
from tests.world.mail import DOMAIN, MailHouse, read_mail
from tests.world.processes import COMMAND, environment

PASSWORD = "a long sentence that nobody else has"


async def live_brand(deployment: Deployment, **wish: Any) -> tuple[brands.Brand, str]:
    """One with an address of its own: other tests serve the same database on loopback."""
    return await deployment.new_brand(is_sandbox=False, base_url=BASE_URL, **wish)


def add_gateway(deployment: Deployment, slug: str, mail: MailHouse, directory: Path) -> None:
    """As an operator does it: by the command line, secrets in files."""
    words = ["gateways", "add", slug, "mail", "--kind", "smtp"]
    told = mail.settings(dkim_selector="mail", dkim_key=rsa_key())
    for name, text in told.items():
        if name in {"password", "dkim_key", "ca"}:
            file = directory / name
            file.write_text(text)
            words += ["--read", f"{name}={file}"]
        else:
            words += ["--set", f"{name}={text}"]
    done = command(deployment, *words)
    assert done.returncode == 0, done.stdout + done.stderr


def command(deployment: Deployment, *words: str) -> subprocess.CompletedProcess[str]:
    """What the command line says to an operator of the deployment."""
    return subprocess.run(
        [COMMAND, *words], env=environment(**deployment.settings), capture_output=True, text=True
    )


async def test_a_customer_of_a_live_brand_gets_back_in_by_email(
    deployment: Deployment, mail: MailHouse, tmp_path: Path
):
    alice = f"alice-{secrets.token_hex(6)}"
    address = f"{alice}@{DOMAIN}"
    brand, key = await live_brand(deployment, channel_order=("email",))
    add_gateway(deployment, brand.slug, mail, tmp_path)
    async with deployment.client(api_key=key) as api:
        await put(api, alice, address)
        started = await api.post("/v1/recoveries", json={"identifier": alice})
        stranger = await api.post("/v1/recoveries", json={"identifier": f"nobody-{alice}"})
        recovery = started.json()["id"]
        arrived = read_mail(mail.next_mail(address))
        link = re.search(r"/l/([\w-]+)", body_of(arrived))
        assert link is not None
        proven = await api.post(f"/v1/recoveries/{recovery}/proofs", json={"link_token": link[1]})
        completed = await api.post(
            f"/v1/recoveries/{recovery}/password",
            json={"grant": proven.json()["grant"], "password": PASSWORD},
        )
        entered = await api.post("/v1/sign-ins", json={"identifier": alice, "password": PASSWORD})
    notice = read_mail(mail.next_mail(address, count=2))
    messages = await states(deployment, brand.id)

    assert (started.status_code, stranger.status_code) == (202, 202)
    assert completed.status_code == 200, completed.text
    assert entered.json()["outcome"] == "ok"
    assert "DKIM-Signature" in arrived
    assert "DKIM-Signature" in notice
    assert notice["Message-ID"] != arrived["Message-ID"]
    assert messages == [("sent", "mail")] * 3  # the stranger's went nowhere
    assert len(mail.mailbox(address)) == 2
    assert not [secret for secret in (address, link[1]) if secret in deployment.logs]


def body_of(read: EmailMessage) -> str:
    """The plain part."""
    plain = read.get_body(("plain",))
    assert plain is not None
    return plain.get_content()


async def test_doctor_signs_in_and_prints_what_to_publish(
    deployment: Deployment, mail: MailHouse, tmp_path: Path
):
    brand, _ = await live_brand(deployment, channel_order=("email", "sms"))
    add_gateway(deployment, brand.slug, mail, tmp_path)
    said = command(deployment, "doctor").stdout
    ours = [line for line in said.splitlines() if f"brand {brand.slug}, " in line]

    assert any(line.endswith(f"mail server 127.0.0.1:{mail.port} (starttls), signed in")
               for line in ours)  # fmt: skip
    assert any(line.startswith("ok") and line.endswith("a gateway for email") for line in ours)
    assert any("a gateway for sms: nothing is sent" in line for line in ours)
    assert any(f'mail._domainkey.{DOMAIN} TXT "v=DKIM1; k=rsa; p=MII' in line for line in ours)
    assert any(f'_dmarc.{DOMAIN} TXT "v=DMARC1; p=none' in line for line in ours)


async def put(api: httpx.AsyncClient, account: str, address: str) -> None:
    """An account with a verified mailbox."""
    kept = await api.put(
        f"/v1/accounts/{account}",
        json={
            "username": account,
            "addresses": [{"kind": "email", "value": address, "verified": True}],
        },
    )
    assert kept.status_code in {200, 201}, kept.text


async def states(deployment: Deployment, brand_id: int) -> list[tuple[str, str]]:
    """State and gateway of every message of a brand, once all have an outcome."""
    await deployment.everything_sent(brand_id)
    async with deployment.database() as db:
        rows = await db.fetch(
            "SELECT state, gateway FROM outbox.message WHERE brand_id = $1", brand_id
        )
    return [tuple(row) for row in rows]
