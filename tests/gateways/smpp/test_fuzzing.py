"""A minute of octets chosen by what they reach: none breaks, stops or fills what reads them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from sparekey.gateways.wires.smpp.pdu import Address, Command, Message, Pdu

_ROOT = Path(__file__).parents[3]
_SECONDS = 60
ALICE, US = Address(1, 1, "4915112345678"), Address(3, 0, "12345")
SEEDS = (
    Message(ALICE, US, short=b"NO"),
    Message(ALICE, US, short=b"id:7f3a sub:001 done date:2603041201 stat:DELIVRD", esm_class=4),
    Message(ALICE, US, short=b"\5\0\3\7\2\1NO", esm_class=0x40),
    Message(ALICE, US, optional=((0x1E, b"7f3a\0"), (0x427, b"\2"), (0x423, b"\3\0\1"))),
    Message(ALICE, US, short=b"\0N", data_coding=8, optional=((0x424, b"\0O"), (0x20C, b"\0\1"))),
)


@pytest.mark.faults
def test_a_minute_of_hostile_octets_breaks_nothing(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(SEEDS):
        body = seed.encode()
        (corpus / f"body-{number}").write_bytes(body)
        (corpus / f"line-{number}").write_bytes(Pdu(Command.DELIVER_SM, 0, 1, body).encode())
    limits = [f"-max_total_time={_SECONDS}", "-timeout=2", "-rss_limit_mb=400", "-max_len=4096"]
    run = subprocess.run(
        [sys.executable, "-m", "tests.gateways.smpp.fuzzing", *limits, str(corpus)],
        cwd=_ROOT, capture_output=True, text=True, timeout=_SECONDS * 3,
    )  # fmt: skip
    done = re.search(r"Done (\d+) runs", run.stderr)

    assert run.returncode == 0, run.stderr[-4000:]
    assert done is not None
    assert int(done[1]) > 10_000
