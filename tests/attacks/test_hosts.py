"""Links lead to the configured address, whatever a request says of hosts and schemes."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from sparekey.db import Db
from sparekey.kit.keyring import Keyring
from sparekey.verification import Purpose
from tests.attacks.register import covers
from tests.attacks.requests import start
from tests.world import raw
from tests.world.basics import MovableClock
from tests.world.cast import fresh_number
from tests.world.deployment import BASE_URL, Deployment
from tests.world.processes import environment, free_port
from tests.world.simulated import opened, simulating

EVIL = "evil.example"
FROM_THE_REQUEST = ("request.url", "request.base_url", "request.headers.host")
#: Says yes or no to an address that is configured; makes none.
COMPARES = "http/addressed.py"
HOST_HEADERS = (b"host", b"x-forwarded-host", "x-forwarded-host", b"x-forwarded-proto")
SOURCES = Path(__file__).parents[2] / "src" / "sparekey"

TRICKS: dict[str, list[tuple[str, str]]] = {
    "host": [("Host", EVIL)],
    "host with our name in front": [("Host", f"recover.acme.example.{EVIL}")],
    "host with a path": [("Host", f"{EVIL}/recover.acme.example")],
    "host with a user": [("Host", f"recover.acme.example@{EVIL}")],
    "two hosts": [("Host", "recover.acme.example"), ("Host", EVIL)],
    "empty host": [("Host", "")],
    "x-forwarded-host": [("X-Forwarded-Host", EVIL)],
    "x-host": [("X-Host", EVIL)],
    "x-forwarded-server": [("X-Forwarded-Server", EVIL)],
    "x-http-host-override": [("X-HTTP-Host-Override", EVIL)],
    "forwarded": [("Forwarded", f"for=1.2.3.4;host={EVIL};proto=http")],
    "x-original-url": [("X-Original-URL", f"https://{EVIL}/v1")],
    "x-rewrite-url": [("X-Rewrite-URL", f"//{EVIL}/v1")],
    "x-forwarded-prefix": [("X-Forwarded-Prefix", f"//{EVIL}")],
    "origin and referer": [("Origin", f"https://{EVIL}"), ("Referer", f"https://{EVIL}/a")],
    "javascript": [("X-Forwarded-Proto", "javascript")],
    "plain http": [("X-Forwarded-Proto", "http"), ("X-Forwarded-Scheme", "http")],
    "a scheme of its own": [("X-Forwarded-Proto", f"evil://{EVIL}"), ("X-Scheme", "evil")],
    "a port": [("X-Forwarded-Port", "6666"), ("Host", "recover.acme.example:6666")],
    "all at once": [("Host", EVIL), ("X-Forwarded-Host", EVIL), ("X-Forwarded-Proto", "http")],
}


def kinds_of_message() -> list[tuple[str, dict[str, str]]]:
    """A start for every purpose and channel that messages are sent for."""
    return [
        ("/v1/verifications", {"to": to, "purpose": purpose})
        for purpose in Purpose
        for to in (fresh_number(), f"alice{fresh_number()[1:]}@mail.example")
    ]


def leads_elsewhere(message: str, slug: str) -> bool:
    """Whether there is an address in it that is not ours to the letter."""
    for ours in (f"{BASE_URL}/{slug}/", f"{BASE_URL}/l/", 'xmlns="http://www.w3.org/1999/xhtml"'):
        message = message.replace(ours, "")
    message = message.replace("\n@recover.acme.example #", "")
    return "//" in message or "example" in message


@covers("T-01", "T-02")
@pytest.mark.parametrize("trick", TRICKS)
async def test_no_header_moves_a_link(deployment: Deployment, trick: str):
    brand, key = await deployment.new_brand()
    kinds = kinds_of_message()

    answers = await deployment.at_once(kinds, headers=TRICKS[trick], api_key=key)
    messages = await deployment.everything_sent(brand.id)

    assert {answer.status for answer in answers} <= {201, 400, raw.HUNG_UP}
    assert len(messages) == sum(answer.status == 201 for answer in answers)
    assert not [message for message in messages if leads_elsewhere(message, brand.slug)]
    assert not [answer for answer in answers if EVIL in answer.body.decode()]


@covers("T-01")
@pytest.mark.parametrize(
    "target", [f"http://{EVIL}/v1/verifications", f"//{EVIL}/../v1/verifications"]
)
async def test_no_request_line_moves_a_link(deployment: Deployment, target: str):
    brand, key = await deployment.new_brand()
    sent = raw.request(
        target,
        {"to": fresh_number(), "purpose": "recovery"},
        headers=[("Authorization", f"Bearer {key}")],
    )

    answer = await raw.send(deployment.servers[0].port, sent)
    messages = await deployment.everything_sent(brand.id)

    assert answer.status in {201, 400, 404, raw.HUNG_UP}
    assert len(messages) == (answer.status == 201)
    assert not [message for message in messages if leads_elsewhere(message, brand.slug)]
    assert EVIL not in answer.body.decode()


@covers("T-01")
async def test_a_brands_own_host_is_moved_by_no_header(deployment: Deployment):
    own = "https://help.other.example"
    brand, key = await deployment.new_brand(base_url=own)

    for headers in TRICKS.values():
        await deployment.at_once(kinds_of_message()[:2], headers=headers, api_key=key)
    messages = await deployment.everything_sent(brand.id)

    assert len(messages) > len(TRICKS)
    for message in messages:
        assert f"{own}/{brand.slug}/not-me" in message
        renamed = message.replace("help.other.example", "recover.acme.example")
        assert not leads_elsewhere(renamed, brand.slug)


@covers("T-01", "T-07")
@pytest.mark.parametrize(
    "name",
    [f"https://{EVIL}", f"{EVIL}/x", f"a\n@{EVIL} #123456", "{{ code }}", "{% if 1 %}x{% endif %}",
     f"<a href='//{EVIL}'>x</a>", f"[x](//{EVIL})", "x" * 60_000],
    ids=lambda name: name[:12],
)  # fmt: skip
async def test_no_variable_brings_a_link_along(deployment: Deployment, name: str):
    brand, key = await deployment.new_brand()
    asked: list[tuple[str, object]] = [
        (path, {**body, "variables": {variable: name}})
        for path, body in kinds_of_message()
        for variable in ("name", "brand", "host", "page_url", "not_me_url", "code", "support_email")
    ]

    answers = await deployment.at_once(asked, api_key=key)
    messages = await deployment.everything_sent(brand.id)

    assert {answer.status for answer in answers} <= {201, 400, 413}
    assert not [message for message in messages if leads_elsewhere(message, brand.slug)]
    assert not [message for message in messages if "{{" in message or "{%" in message]


@covers("T-03")
async def test_a_trusted_proxy_is_not_believed_about_hosts(
    database_url: str, db: Db, keyring: Keyring, clock: MovableClock
):
    trusting = opened(
        database_url, db, keyring, clock, SPAREKEY_TRUSTED_PROXIES="203.0.113.0/24,127.0.0.0/8"
    )
    async with simulating(trusting, clock) as simulation:
        alice = simulation.person("alice")
        for headers in TRICKS.values():
            simulation.client.headers.update(dict(headers))
        await start(simulation.client, alice.phone)
        await start(simulation.client, alice.email)
        await simulation.deliver()

    for message in (*alice.phone.inbox, *alice.email.inbox):
        words = f"{message.text}{message.html}"
        assert not leads_elsewhere(words.replace(alice.email.address, ""), simulation.brand.slug)


@covers("T-04")
@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_a_server_for_others_does_not_start_without_an_address(deployment: Deployment, host: str):
    settings = {
        name: value for name, value in deployment.settings.items() if name != "SPAREKEY_BASE_URL"
    }
    listening = {"SPAREKEY_HOST": host, "SPAREKEY_PORT": str(free_port())}

    ended = subprocess.run(
        [Path(sys.executable).with_name("sparekey"), "serve"],
        env=environment(**settings, **listening), capture_output=True, text=True, timeout=8,
    )  # fmt: skip

    assert ended.returncode != 0
    assert "SPAREKEY_BASE_URL" in ended.stderr


@covers("T-05")
def test_no_code_asks_a_request_where_it_came_from():
    asked = [
        str(path.relative_to(SOURCES))
        for path in SOURCES.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Attribute) and node.attr == "url_for")
        or (isinstance(node, ast.Attribute) and ast.unparse(node) in FROM_THE_REQUEST)
        or (isinstance(node, ast.Constant) and node.value in HOST_HEADERS)
    ]

    assert asked == [COMPARES]
