"""Running a command line to its end, as an operator does."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from tests.world.processes import COMMAND, environment


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended and what it said."""

    code: int
    words: str


def sparekey(*words: str, settings: Mapping[str, str]) -> Ended:
    """Run `sparekey` to its end; AssertionError when it runs on for a minute."""
    try:
        done = subprocess.run(
            [COMMAND, *words],
            env=environment(**settings),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise AssertionError(f"still running: {words} {late.output!r}") from late
    return Ended(done.returncode, done.stdout.decode())
