"""What nearly every test needs: a clock that moves when told, and keys."""

from datetime import UTC, datetime, timedelta

import pytest

from sparekey.kit.keyring import Keyring

#: When every test begins: a Wednesday, so that a test may cross into the next weekly partition.
START = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


class MovableClock:
    """A clock that stands still until the test moves it."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> datetime:
        """Move on; the new present moment."""
        self.now += by
        return self.now


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    return Keyring.generate()
