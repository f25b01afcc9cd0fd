"""The product over simulated years, step by step beside the reference model of its rules.

Hypothesis plays everybody: owners, guessers, companies, time. After every step ledgers, budget and
states must be the model's, and all guesses evaluated in any 365 days stay within 1e-6.
"""

from contextlib import AsyncExitStack
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from sparekey import guard
from tests.guard.books import Handle, SideBySide
from tests.guard.stage import ADDRESSES, PEOPLE, Stage
from tests.world.policy import DAY, HUNDREDTHS, MINUTE, SECOND

HOUR = 60 * MINUTE
PICKS = st.integers(0, 30)


class Play(RuleBasedStateMachine):
    """One brand, two accounts that share an address, and everything that can happen to them."""

    stage: ClassVar[Stage]

    def __init__(self) -> None:
        super().__init__()
        self.around = AsyncExitStack()
        self.play: SideBySide = self.stage.run(self.stage.play(self.around))

    def teardown(self) -> None:
        self.stage.run(self.around.aclose())

    @initialize(
        ledgers=st.sampled_from([0, 0, 45, 49, 85, 89, 99, 100]),
        shards=st.sampled_from([0, 0, 49, 89, 98]),
    )
    def begin(self, ledgers: int, shards: int) -> None:
        names = [self.play.account_name(name) for name in PEOPLE]
        names += [self.play.address_name(address) for address in ADDRESSES]
        self.stage.run(self.play.spent_before(names, ledgers))
        self.stage.run(self.play.shards_spent_before(shards))

    @rule(
        address=st.sampled_from(ADDRESSES),
        account=st.sampled_from([None, None, *PEOPLE]),
        purpose=st.sampled_from(list(HUNDREDTHS)),
        wish=st.sampled_from(
            [{}, {}, {}, {"code_length": 9}, {"code_length": 12}, {"alphabet": "base32"}]
        ),
        ttl=st.sampled_from([600, 600, 600, 60, 3600]),
    )
    def start(
        self, address: str, account: str | None, purpose: str, wish: dict[str, Any], ttl: int
    ) -> None:
        wish = {**wish, "ttl_seconds": ttl}
        self.stage.run(self.play.start(address, purpose, account=account, **wish))

    @rule(
        account=st.sampled_from(list(PEOPLE)),
        channel=st.sampled_from(["sms", "email"]),
        known=st.booleans(),
    )
    def recover(self, account: str, channel: str, known: bool) -> None:
        self.stage.run(self.play.recover(account, channel=channel, known=known))

    @precondition(lambda self: self.play.handles)
    @rule(pick=PICKS, times=st.integers(1, 3))
    def guess_wrong(self, pick: int, times: int) -> None:
        for _ in range(times):
            self.stage.run(self.play.guess(self.picked(pick), right=False))

    @precondition(lambda self: self.play.handles)
    @rule(pick=PICKS)
    def type_the_code(self, pick: int) -> None:
        self.stage.run(self.play.guess(self.picked(pick), right=True))

    @precondition(lambda self: any(not one.is_recovery for one in self.play.handles))
    @rule(pick=PICKS, after=st.sampled_from([0, MINUTE, MINUTE, 4 * MINUTE]))
    def resend(self, pick: int, after: int) -> None:
        self.stage.run(self.play.wait(after))
        issued = [one for one in self.play.handles if not one.is_recovery]
        self.stage.run(self.play.resend(issued[-1 - pick % len(issued)]))

    @precondition(lambda self: self.play.handles)
    @rule(pick=PICKS)
    def cancel(self, pick: int) -> None:
        self.stage.run(self.play.cancel(self.picked(pick)))

    @rule(account=st.sampled_from(list(PEOPLE)))
    def change_password(self, account: str) -> None:
        self.stage.run(self.play.change_password(account))

    @rule(
        by=st.sampled_from([1, SECOND, 59 * SECOND, MINUTE, MINUTE, 3 * MINUTE, 10 * MINUTE])
        | st.sampled_from([16 * MINUTE, HOUR, DAY - 1, DAY, 30 * DAY, 200 * DAY])
    )
    def wait(self, by: int) -> None:
        self.stage.run(self.play.wait(by))

    @precondition(lambda self: self.play.handles)
    @rule(pick=PICKS, away=st.sampled_from([-1, 0, 1, 6 * MINUTE - 1, 6 * MINUTE]))
    def wait_for_the_end(self, pick: int, away: int) -> None:
        end = self.picked(pick).challenge.expires_at + away
        if end > self.play.at:
            self.stage.run(self.play.wait(end - self.play.at))

    @rule()
    def sweep(self) -> None:
        self.stage.run(guard.sweep(self.stage.house.db, at=self.stage.clock()))

    @invariant()
    def the_product_is_as_the_model_says(self) -> None:
        self.stage.run(self.play.compare())

    def picked(self, pick: int) -> Handle:
        return self.play.handles[-1 - pick % len(self.play.handles)]


def on(given: Stage) -> type[Play]:
    """The plays that are given on one stage."""

    class Given(Play):
        stage = given

    return Given


STEADY = settings(
    max_examples=20,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much),
    phases=(Phase.generate, Phase.shrink),
)


def test_the_product_keeps_the_models_books(stage: Stage):
    run_state_machine_as_test(on(stage), settings=STEADY)


@pytest.mark.faults
def test_the_product_keeps_the_models_books_for_long(stage: Stage):
    longer = settings(STEADY, max_examples=80, stateful_step_count=80, derandomize=False)
    run_state_machine_as_test(on(stage), settings=longer)
