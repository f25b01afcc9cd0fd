"""A wrong password is answered at the same moment whoever is named: strangers, members, the held.

Every answer takes 0.4 seconds by design, so 7,500 of each kind would take hours; eight lines with
2,000 of each kind take minutes and bound the AUC within 0.05 (strangers as often as all others
together). An attacker has far fewer: 30 wrong passwords a day per name and network are looked at.
"""

import itertools
import os
import threading
import time
from queue import Empty, SimpleQueue
from random import Random

import pytest

from sparekey import accounts
from tests.timing.conftest import Laboratory
from tests.timing.measuring import Samples, quiet, report, shuffled
from tests.timing.people import HELD, MEMBER, STRANGER

SIZE = int(os.environ.get("SPAREKEY_TIMING_SIZE", "2000"))
LINES = 8
AUC_MARGIN = 0.05
CONFIDENCE = 0.995
_ANSWER_SECONDS = 0.4
_NUMBERS = itertools.count(1)


@pytest.mark.timing
async def test_a_wrong_password_tells_nothing_by_time(
    laboratory: Laboratory, capsys: pytest.CaptureFixture[str]
):
    keyring = laboratory.deployment.keyring
    password_hash = await accounts.hash_password(keyring, "seven quiet lamps by a river")
    people = await laboratory.some({STRANGER: 2 * SIZE, MEMBER: SIZE, HELD: SIZE}, password_hash)
    waiting: SimpleQueue[tuple[str, str]] = SimpleQueue()
    for one in shuffled(people, Random(2)):
        waiting.put(one)
    samples = Samples("POST /v1/sign-ins")

    with quiet():
        lines = [
            threading.Thread(target=_work_off, args=(laboratory, waiting, samples, nth))
            for nth in range(LINES)
        ]
        for line in lines:
            line.start()
        for line in lines:
            line.join()

    verdicts = samples.verdicts(STRANGER, confidence=CONFIDENCE, auc_margin=AUC_MARGIN)
    with capsys.disabled():
        print()
        failed = report(verdicts, print)
    assert sum(map(len, samples.answer.values())) == 4 * SIZE
    assert not failed


def _work_off(
    laboratory: Laboratory, waiting: "SimpleQueue[tuple[str, str]]", samples: Samples, nth: int
) -> None:
    """One line; the lines begin one after the other, so that their answers do not meet."""
    time.sleep(nth * _ANSWER_SECONDS / LINES)
    line = laboratory.line()
    while True:
        try:
            who, typed = waiting.get_nowait()
        except Empty:
            line.close()
            return
        number = next(_NUMBERS)
        network = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        body = {"identifier": typed, "password": "not this one", "client": {"ip": network}}
        samples.measure(line, who, "/v1/sign-ins", body, status=200, train=1)
