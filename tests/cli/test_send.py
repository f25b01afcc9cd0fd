"""`sparekey send`: a test message followed to its end, through the command itself."""

import subprocess

import pytest

from tests.world.cast import Person
from tests.world.deployment import Deployment
from tests.world.processes import COMMAND, environment


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
    assert "sent through sandbox" in done.stdout
    assert "It was handed over" in done.stdout
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
