"""What nearly every test needs: a clock that moves when told, keys, and logs nobody else set up."""

import logging
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import structlog

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


@contextmanager
def logs_left_alone() -> Generator[None]:
    """Whoever configures logs within the block, afterwards they are as they were."""
    was_configured, configuration = structlog.is_configured(), structlog.get_config()
    root = logging.getLogger()
    handlers, levels = list(root.handlers), _levels()
    try:
        yield
    finally:
        structlog.reset_defaults()
        if was_configured:
            structlog.configure(**configuration)
        root.handlers[:] = handlers
        for name in _levels():
            logging.getLogger(name).setLevel(levels.get(name, logging.NOTSET))


def _levels() -> dict[str, int]:
    """The level of every logger there is, the root's under its own name."""
    known = logging.Logger.manager.loggerDict
    named = {name: one.level for name, one in known.items() if isinstance(one, logging.Logger)}
    return {**named, "root": logging.getLogger().level}


@pytest.fixture(autouse=True)
def own_logs() -> Iterator[None]:
    """No test writes into the log of one before it, whose stream may be gone."""
    with logs_left_alone():
        yield
