"""Strangers and members cannot be told apart by time, nor by what a request does to the next ones.

Margins are those of an attacker in the same region; every kind of person is measured 7,500 times,
strangers, to whom all are compared, twice as often. Everybody is asked about once, from a
network of their own, so that no limit comes into it.
"""

import itertools
import json
import os
import time
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import pytest

from tests.timing.conftest import Laboratory
from tests.timing.measuring import (
    TRAIN,
    WARM_UP,
    Line,
    Samples,
    quiet,
    report,
    shuffled,
    until_idle,
)
from tests.timing.people import HELD, MEMBER, OVER, STRANGER, WAITING

SIZE = int(os.environ.get("SPAREKEY_TIMING_SIZE", "7500"))
_PER_ROUND = 750
SIZES = {STRANGER: 2 * SIZE, MEMBER: SIZE, WAITING: SIZE, HELD: SIZE, OVER: SIZE}
#: After the look-up the others are strangers; these three have challenges of their own.
CHALLENGED = (STRANGER, MEMBER, OVER)
#: Four comparisons of one kind: 1 % shared out among them, and to spare (Bonferroni).
CONFIDENCE = 0.998
#: Longer than the work in the background that one request causes.
_PACE_SECONDS = 0.018
_RESEND_AFTER_SECONDS = 61.0
_NETWORKS = itertools.count(1)


@pytest.mark.timing
async def test_nobody_is_told_apart_by_time(
    laboratory: Laboratory, capsys: pytest.CaptureFixture[str]
):
    people = await laboratory.some(SIZES)
    line, random = laboratory.line(), Random(1)
    doors = [Samples("POST /v1/recoveries"), Samples("wrong proof"), Samples("resend")]
    _warm_up(line)

    with quiet():
        rounds = -(-SIZE // _PER_ROUND)
        for nth in range(rounds):
            part = {kind: typed[nth::rounds] for kind, typed in people.items()}
            _round(line, doors, shuffled(part, random))
    line.close()

    failed: list[str] = []
    with capsys.disabled():
        print()
        for door in doors:
            failed += report(door.verdicts(STRANGER, confidence=CONFIDENCE), print)
    assert not failed


def _round(line: Line, doors: Sequence[Samples], everybody: Sequence[tuple[str, str]]) -> None:
    """Start for everybody; then guess, and resend, where there is a challenge of one's own."""
    starts, proofs, resends = doors
    begun: list[tuple[str, str, float]] = []
    for who, typed in everybody:
        _pace(lambda who=who, typed=typed: begun.append(_begun(line, starts, who, typed)))
    until_idle(line)
    challenged = [one for one in begun if one[0] in CHALLENGED]
    for who, recovery, _ in challenged:
        path, body = f"/v1/recoveries/{recovery}/proofs", {"code": "00000000"}
        proofs.measure(line, who, path, body, status=422, train=1)
    for who, recovery, at in challenged:
        while time.monotonic() < at + _RESEND_AFTER_SECONDS:
            line.neutral()  # or the server would close a connection that nobody uses
            time.sleep(0.05)
        path = f"/v1/recoveries/{recovery}/resend"
        _pace(lambda who=who, path=path: resends.measure(line, who, path, {}, status=202, train=1))


def _begun(line: Line, starts: Samples, who: str, typed: str) -> tuple[str, str, float]:
    """Who asked, for which recovery, when.

    Over the limit, a stranger's as well as a member's, the last send of a day goes by email: its
    other work says nothing of who exists, so no train is compared there.
    """
    at = time.monotonic()
    answer = starts.measure(
        line, who, "/v1/recoveries", _start(typed), status=202, train=1 if who == OVER else TRAIN
    )
    return who, json.loads(answer)["id"], at


def _warm_up(line: Line) -> None:
    for n in range(WARM_UP):
        line.post("/v1/recoveries", _start(f"warm-up-{n}@mail.example"))
        time.sleep(_PACE_SECONDS)


def _start(typed: str) -> dict[str, Any]:
    number = next(_NETWORKS)
    network = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    return {"identifier": typed, "client": {"ip": network}}


def _pace(measure: Callable[[], object]) -> None:
    """Measure, then wait until what it caused is over."""
    began = time.perf_counter()
    measure()
    time.sleep(max(0.0, began + _PACE_SECONDS - time.perf_counter()))
