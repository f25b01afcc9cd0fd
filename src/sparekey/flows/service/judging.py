"""Judging trials: one whose outcome falls clearly below the live version's is taken back."""

import math
from collections.abc import Sequence
from datetime import datetime

from sparekey.db import Db, Executor
from sparekey.flows.service.publishing import end_trial
from sparekey.flows.store import drawings
from sparekey.flows.store.drawings import Here, Reached

#: Fewer runs than this say nothing.
LEAST_RUNS = 30
#: One-sided, at one in a hundred: so far below chance seldom goes.
_Z = 2.33


async def judge_trials(db: Db, *, at: datetime) -> list[int]:
    """Take back every trial whose outcome fell; their versions."""
    fallen: list[int] = []
    for trial in await drawings.trials.all(db):
        tried = await _reached(db, trial.trial_version)
        live = await _reached(db, trial.live_version)
        if has_fallen(tried, live) and await end_trial(db, trial, at=at):
            fallen.append(trial.trial_version)
    return fallen


def has_fallen(tried: tuple[int, int], live: tuple[int, int]) -> bool:
    """Whether (good, all) of a trial lies below the live version's by more than chance.

    The test of two proportions with a pooled variance.
    """
    if tried[1] < LEAST_RUNS or live[1] < LEAST_RUNS:
        return False
    pooled = (tried[0] + live[0]) / (tried[1] + live[1])
    spread = math.sqrt(pooled * (1 - pooled) * (1 / tried[1] + 1 / live[1]))
    return spread > 0 and (live[0] / live[1] - tried[0] / tried[1]) / spread > _Z


async def _reached(on: Executor, version: int) -> tuple[int, int]:
    """How many ended well and how many in all; one that is parked did not end well."""
    return reached(
        await drawings.outcomes.all(on, version=version),
        await drawings.here.all(on, version=version),
    )


def reached(outcomes: Sequence[Reached], here: Sequence[Here]) -> tuple[int, int]:
    """(good, all) of a version."""
    good = sum(one.count for one in outcomes if one.is_good)
    parked = sum(one.parked for one in here)
    return good, sum(one.count for one in outcomes) + parked
