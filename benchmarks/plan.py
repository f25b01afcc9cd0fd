"""How long each part runs."""

from dataclasses import dataclass

from benchmarks import flows, lanes


@dataclass(frozen=True, slots=True)
class Plan:
    """Rounds, the seconds of one run, and how many of everything that is counted."""

    rounds: int
    run_s: int
    warm_up_s: int
    moderate_s: int
    challenges: int
    readies: int
    handing: lanes.Sizes
    submits: int
    running: flows.Sizes


FULL = Plan(
    3, 4, 3, 10, challenges=120_000, readies=3, handing=lanes.FULL, submits=20_000,
    running=flows.FULL,
)  # fmt: skip
QUICK = Plan(
    1, 2, 1, 4, challenges=24_000, readies=1, handing=lanes.SMALL, submits=5_000,
    running=flows.SMALL,
)  # fmt: skip
