"""How long each part runs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """Seconds of one run, how many rounds of them, and how many challenges the checks need."""

    rounds: int
    run_s: int
    warm_up_s: int
    moderate_s: int
    challenges: int
    readies: int


FULL = Plan(rounds=3, run_s=4, warm_up_s=3, moderate_s=10, challenges=120_000, readies=3)
QUICK = Plan(rounds=1, run_s=2, warm_up_s=1, moderate_s=4, challenges=24_000, readies=1)
