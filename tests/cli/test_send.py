"""`sparekey send`: a test message followed to its end, through the command itself."""

import asyncio
import os
import pty
import re
import subprocess
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from random import randrange

import pytest

from sparekey import brands, gateways
from tests.world.cast import Person
from tests.world.deployment import Deployment
from tests.world.processes import COMMAND, environment, free_port
from tests.world.smsc import Smsc, smsc

#: Runs the command with these words, and calls back once it shows the text as sent.
Follow = Callable[[Deployment, tuple[str, ...], Callable[[], None]], tuple[int, str]]


def send(deployment: Deployment, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, "send", "--brand", deployment.brand.slug, *words],
        env=environment(**deployment.settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("channel", ["sms", "email"])
def test_it_follows_a_message_to_the_gateway(deployment: Deployment, alice: Person, channel: str):
    to = alice.phone if channel == "sms" else alice.email
    done = send(deployment, "--to", str(to), "--channel", channel, "--wait", "2")

    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^ +0\.\d s  queued$", done.stdout, re.MULTILINE)
    assert re.search(r"^ +\d\.\d s  sent via sandbox$", done.stdout, re.MULTILINE)
    assert "It was handed over to sandbox, which tells no more." in done.stdout
    assert len(to.inbox) == 1
    assert to.inbox[0].text.startswith("Test")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--to", "nobody"], "--to takes a phone number or an email address"),
        (["--to", "a@b.example", "--channel", "sms"], "reached by email, not by sms"),
        (["--to", "a@b.example", "--template", "texts_stopped"], "no words for email"),
        (["--to", "a@b.example", "--template", "nothing"], "no template of this name"),
    ],
)
def test_it_says_what_it_cannot_do(deployment: Deployment, words: list[str], said: str):
    done = send(deployment, *words)

    assert done.returncode == 1
    assert said in done.stdout
    assert "Traceback" not in done.stderr


def test_a_second_one_within_a_minute_is_said_to_go_nowhere(deployment: Deployment, alice: Person):
    first = send(deployment, "--to", str(alice.phone), "--wait", "1")
    second = send(deployment, "--to", str(alice.phone), "--wait", "1")

    assert "as many messages as strangers may cause" not in first.stdout
    assert second.returncode == 1
    assert "as many messages as strangers may cause: one a minute" in second.stdout
    assert len(alice.phone.inbox) == 1


@asynccontextmanager
async def through(
    deployment: Deployment, port: int, name: str = "carrier"
) -> AsyncGenerator[brands.Brand]:
    """A live brand with an SMSC at this port, for the length of the block."""
    brand, _ = await deployment.new_brand(is_sandbox=False, countries=("GB",))
    values = {
        "host": "127.0.0.1", "port": str(port), "security": "none",
        "system_id": "acme", "password": "secret",
    }  # fmt: skip
    async with deployment.database() as db:
        await gateways.add(
            db, deployment.keyring, brand,
            name=name, kind="smpp", channels=(), values=values, at=datetime.now(UTC),
        )  # fmt: skip
        try:
            yield brand
        finally:
            await gateways.remove(db, brand, name)


@pytest.fixture
def phone() -> str:
    """A number that nobody has texted: strangers' texts are a minute apart."""
    return f"+447400{randrange(10**6):06d}"


def texting(brand: brands.Brand, phone: str, wait: int) -> tuple[str, ...]:
    """The command's words, with the brand's own."""
    return ("--brand", brand.slug, "--to", phone, "--channel", "sms", "--wait", str(wait))


async def reported(
    follow: Follow,
    deployment: Deployment,
    words: tuple[str, ...],
    peer: Smsc,
    state: str,
) -> tuple[int, str]:
    """The exit code, and what was shown, of a command to whose text a receipt came for every part
    as soon as it was shown as sent."""
    is_sent, loop = asyncio.Event(), asyncio.get_running_loop()

    async def report() -> None:
        await is_sent.wait()
        for part in peer.of("submit"):
            words = f"id:{part['id']} sub:001 dlvrd:001 submit date:2611230310 done date:2611230310"
            await peer.deliver(
                esm_class=4, source_addr="447400000000", destination_addr="Acme",
                short_message=f"{words} stat:{state} err:027 text:".encode(),
            )  # fmt: skip

    def tell() -> None:
        loop.call_soon_threadsafe(is_sent.set)

    async with asyncio.TaskGroup() as both:
        both.create_task(report())
        return await asyncio.to_thread(follow, deployment, words, tell)


@pytest.mark.parametrize(
    ("state", "last", "verdict", "code"),
    [
        ("DELIVRD", "delivered", "It was delivered.", 0),
        ("UNDELIV", "undelivered (027)", "It did not arrive.", 1),
        ("EXPIRED", "expired (027)", "It did not arrive.", 1),
    ],
)
async def test_a_text_is_followed_to_the_carriers_receipt(
    deployment: Deployment, phone: str, state: str, last: str, verdict: str, code: int
):
    async with smsc() as peer, through(deployment, peer.port) as brand:
        words = texting(brand, phone, wait=30)
        exit_code, shown = await reported(on_a_pipe, deployment, words, peer, state)

    steps = re.findall(r"^ *(\d+\.\d) s  (.+)$", shown, re.MULTILINE)
    assert exit_code == code, shown
    assert [step for _, step in steps if step != "sending"] == ["queued", "sent via carrier", last]
    assert [float(seconds) for seconds, _ in steps] == sorted(float(s) for s, _ in steps)
    assert verdict in shown
    assert phone[1:] not in shown


async def test_without_a_receipt_in_time_the_exit_code_says_that_nobody_told(
    deployment: Deployment, phone: str
):
    async with smsc() as peer, through(deployment, peer.port) as brand:
        done = await asyncio.to_thread(send, deployment, *texting(brand, phone, wait=5))

    assert done.returncode == 2
    assert "sent via carrier" in done.stdout
    assert "no receipt has come in time" in done.stdout


async def test_a_text_that_finds_no_smsc_waits_and_says_why(deployment: Deployment, phone: str):
    async with through(deployment, free_port()) as brand:
        done = await asyncio.to_thread(send, deployment, *texting(brand, phone, wait=5))

    assert done.returncode == 2
    assert "queued (unreachable)" in done.stdout
    assert "It still waits." in done.stdout


async def test_on_a_terminal_one_line_shows_every_step(deployment: Deployment, phone: str):
    async with smsc() as peer, through(deployment, peer.port) as brand:
        words = texting(brand, phone, wait=30)
        code, shown = await reported(on_a_terminal, deployment, words, peer, "DELIVRD")

    last = shown.replace("\r", "\n").split("\n")
    whole = re.compile(r"queued 0\.\d s → (sending .* → )?sent via carrier .* s → delivered .* s$")
    assert any(whole.search(line.strip()) for line in map(plain, last)), shown
    assert "… " in shown  # the time that goes on while it is under way
    assert "It was delivered." in shown
    assert code == 0


def on_a_pipe(
    deployment: Deployment, words: tuple[str, ...], tell: Callable[[], None]
) -> tuple[int, str]:
    """The exit code and both streams, line by line."""
    running = subprocess.Popen(
        [COMMAND, "send", *words],
        env=environment(**deployment.settings, PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert running.stdout is not None
    with running.stdout as stream:
        shown = _read(stream.fileno(), tell)
    return running.wait(timeout=60), shown


def on_a_terminal(
    deployment: Deployment, words: tuple[str, ...], tell: Callable[[], None]
) -> tuple[int, str]:
    """The exit code, and what a terminal of 200 columns was sent."""
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        [COMMAND, "send", *words],
        env=environment(**deployment.settings, COLUMNS="200", TERM="xterm"),
        stdin=theirs, stdout=theirs, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    try:
        shown = _read(ours, tell)
    finally:
        os.close(ours)
    return running.wait(timeout=60), shown


def _read(stream: int, tell: Callable[[], None]) -> str:
    """Everything, and `tell` once it says that the text was sent, or has ended without."""
    shown, has_told = b"", False
    try:
        while octets := os.read(stream, 65536):
            shown += octets
            if not has_told and b"sent via carrier" in shown:
                has_told = True
                tell()
    except OSError:  # the other side of a terminal is closed
        pass
    if not has_told:
        tell()
    return shown.decode()


def plain(line: str) -> str:
    """Without the terminal's own orders."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line)
