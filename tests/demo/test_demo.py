"""`sparekey demo`: its play is proved step by step, runs again and again, and leaves nothing."""

import json
import re
import signal
import socket
import subprocess
from datetime import UTC, datetime

import httpx
import pytest

from sparekey import brands
from sparekey.demo.acts import text
from sparekey.demo.installation import furnish, trial_settings
from sparekey.opening import open_house
from sparekey.settings import read
from tests.demo.conftest import Home

_LINES = (
    "Alice forgot her password: back in by text",
    "Refused. Three wrong ones would end this code",
    "Refused: a code works once.",
    "Refused: a grant sets one password.",
    "Looking uses nothing up.",
    "Refused: a link works once.",
    "The answers are the same byte for byte",
    "the code died with the third wrong guess",
    "Refused: what was pending is dead.",
    "Refused: already_used.",
    "no address, no code and no password of this play.",
    "Grace forgot her password: back in on Sparekey’s own pages",
    "You have 2 tries left.",
    "going Back repeats nothing.",
    "claims were checked, and all hold.",
)


@pytest.fixture(scope="module")
def runs(home: Home) -> "list[subprocess.CompletedProcess[str]]":
    """The first run in a directory, which makes everything, and the second."""
    return [home.run("--exit") for _ in range(2)]


def test_every_claim_of_the_play_holds_the_first_time_and_again(
    runs: "list[subprocess.CompletedProcess[str]]",
) -> None:
    for run in runs:
        assert (run.returncode, run.stderr) == (0, "")
        assert [line for line in _LINES if line not in run.stdout] == []
        assert "FAILED" not in run.stdout


def test_the_transcript_shows_no_grant_no_key_and_no_chosen_password(
    runs: "list[subprocess.CompletedProcess[str]]",
) -> None:
    for secret in ("grt_", "sk_test_", "four words of my own"):
        assert secret not in runs[0].stdout
    assert text.WEAK in runs[0].stdout


def test_the_log_holds_no_code_that_a_handset_showed(
    home: Home, runs: "list[subprocess.CompletedProcess[str]]"
) -> None:
    codes = re.findall(r"#(\d{8,12})", runs[0].stdout)

    assert len(codes) >= 4
    assert [code for code in codes if code in home.log] == []
    assert '"level": "error"' not in home.log


def test_every_line_fits_a_page_of_96_columns(
    runs: "list[subprocess.CompletedProcess[str]]",
) -> None:
    shown = runs[0].stdout.splitlines()

    assert max(map(len, shown)) <= 96
    assert [line for line in shown if line != line.rstrip()] == []


def test_programs_get_one_line_and_a_server_until_they_end_it(home: Home) -> None:
    with home.started("--json") as demo:
        assert demo.stdout is not None
        told = json.loads(demo.stdout.readline())
        with httpx.Client(
            base_url=told["base_url"], headers={"Authorization": f"Bearer {told['api_key']}"}
        ) as api:
            asked = {"to": "+447700900999", "purpose": "verify_address"}
            started = api.post("/v1/verifications", json=asked)
            screen = api.get(told["sandbox_url"])
        demo.send_signal(signal.SIGTERM)
        rest, errors = demo.communicate(timeout=20)

    assert set(told) == {"base_url", "api_key", "brand", "sandbox_url", "database_url"}
    assert (started.status_code, told["brand"]) == (201, "acme")
    assert "Sandbox of Acme" in screen.text
    assert (demo.returncode, rest, errors) == (0, "", "")
    assert home.left == []
    with pytest.raises(httpx.ConnectError):
        httpx.get(told["base_url"])


def test_a_key_ends_with_its_run(home: Home) -> None:
    keys: list[str] = []
    statuses: list[int] = []
    for _ in range(2):
        with home.started("--json") as demo:
            assert demo.stdout is not None
            told = json.loads(demo.stdout.readline())
            keys.append(told["api_key"])
            headers = {"Authorization": f"Bearer {keys[0]}"}
            answer = httpx.get(f"{told['base_url']}/v1/messages", headers=headers)
            statuses.append(answer.status_code)
            demo.send_signal(signal.SIGTERM)
            demo.communicate(timeout=20)

    assert keys[0] != keys[1]
    assert statuses == [200, 401]


def test_it_serves_on_until_it_is_interrupted_and_says_what_to_try(home: Home) -> None:
    with home.started() as demo:
        assert demo.stdout is not None
        shown = ""
        while "openapi.json" not in shown:
            line = demo.stdout.readline()
            assert line, shown
            shown += line
        demo.send_signal(signal.SIGINT)
        _, errors = demo.communicate(timeout=20)

    assert re.search(r"API_KEY=sk_test_\w{32}", shown)
    assert (demo.returncode, errors) == (0, "")
    assert home.left == []


def test_an_interrupted_play_is_not_a_success(home: Home) -> None:
    with home.started("--exit") as demo:
        assert demo.stdout is not None
        while "PUT /v1/accounts" not in demo.stdout.readline():
            assert demo.poll() is None
        demo.send_signal(signal.SIGINT)
        _, errors = demo.communicate(timeout=20)

    assert (demo.returncode, errors) == (1, "")
    assert home.left == []


def test_a_port_that_is_taken_is_named_in_one_sentence(home: Home) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = home.run("--exit", SPAREKEY_PORT=str(port))

    assert refused.returncode == 1
    assert f"Port {port} of this machine cannot be had" in refused.stderr
    assert "Traceback" not in refused.stderr


async def test_a_claim_that_does_not_hold_is_named_and_fails_the_run(own_home: Home) -> None:
    settings = trial_settings(read(own_home.environment()), port=1)
    furnish(settings)
    async with open_house(settings, for_trial=True) as house:
        wish = brands.BrandWish(slug="acme", name="Acme", is_sandbox=True, email_proof="code")
        await brands.create(house.db, wish, datetime.now(UTC))

    failed = own_home.run("--exit")

    assert failed.returncode == 1
    assert "FAILED: There is no link with /l/ in the message" in failed.stdout
    assert "claims were checked" not in failed.stdout
