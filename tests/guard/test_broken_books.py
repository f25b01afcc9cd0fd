"""A checker that notices nothing proves nothing: one story is told to the product as it is, and to
products broken in one place each, and has to end badly for every one of these.

Nothing is random here, so that what a broken product is caught by stays the same.
"""

import re
from contextlib import AsyncExitStack
from dataclasses import dataclass
from importlib.resources import files

import pytest

from tests.guard.books import Handle, SideBySide
from tests.guard.stage import ALICES, BOBS, SHARED, Stage
from tests.world.policy import DAY, MINUTE


@dataclass(frozen=True, slots=True)
class Break:
    """A function of the product with something in it replaced."""

    function: str
    was: str
    becomes: str

    @property
    def right(self) -> str:
        """The function as the product has it."""
        package = self.function.partition(".")[0]
        source = (files(f"sparekey.{package}") / "functions.sql").read_text()
        found = re.search(
            rf"^CREATE FUNCTION {re.escape(self.function)}\(.*?\$\$;$", source, re.S | re.M
        )
        assert found is not None, f"there is no {self.function}"
        return found[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)

    @property
    def wrong(self) -> str:
        """The same, broken."""
        assert self.was in self.right, f"{self.function} has changed; break it anew"
        return self.right.replace(self.was, self.becomes)


BREAKS = {
    "a success clears the ledger": Break(
        "guard.settle",
        "l.charged_until - back.units * interval '70080 microseconds'",
        "'-infinity'",
    ),
    "a success gives everything back": Break(
        "guard.settle", "50000000 - guard.units(m.returned_until, p_at, 630720)", "p_charged"
    ),
    "a success gives nothing back": Break("guard.settle", "CASE WHEN p_gives_back THEN greatest",
        "CASE WHEN false THEN greatest"),
    "a success closes nothing": Break("guard.settle", "l.key = ANY (p_accounts)", "false"),
    "nothing is held": Break("guard.hold", "p_attempts * cost);", "0);"),
    "codes never grow": Break("guard.hold", "> p_room[rung]", "> p_room[3]"),
    "the address is not charged": Break("guard.charge", "ANY (p_keys)", "ANY (p_keys[2:])"),
    "the account is not charged": Break("guard.charge", "ANY (p_keys)", "ANY (p_keys[:1])"),
    "the deployment is not charged": Break("guard.charge", "ceil(p_cost * 224.256)", "0"),
    "a charge keeps its hold": Break("guard.charge", "-p_cost", "0"),
    "holds return early": Break("guard.held", ">= p_now", "> p_now + 1"),
    "holds return late": Break("guard.hold_slot", "+ 0.2", "+ 3.2"),
    "closings are ignored": Break("guard.has_closed", "RETURN true", "RETURN false"),
    "a new password closes nothing": Break(
        "guard.close_all", "guard.next_closing(l.closed_at[kind], p_at)", "l.closed_at[kind]"
    ),
    "closings are told apart by the clock": Break(
        "guard.next_closing", "p_closed_at + interval '1 microsecond'", "p_closed_at"
    ),
    "a cap counts one too few": Break("guard.take_caps", "v_times[v_count]",
        "v_times[v_count + 1]"),
    "a refused send counts": Break("guard.take_caps", "IF refused IS NOT NULL THEN",
        "IF refused IS NOT NULL AND false THEN"),
    "any code is right": Break("verification.is_right", "p_row.mac = ANY (p_macs)", "true"),
    "a code works twice": Break("verification.check", "v.state = 'pending' AND", ""),
    "a code works for ever": Break("verification.check", "v.expires_at > p_at", "true"),
    "a fourth guess is looked at": Break("verification.check", "+ 1 >= v.max", "+ 0 >= v.max"),
    "a resend forgets the guesses": Break(
        "verification.resend", "hold_slot = guard", "attempts = 0, hold_slot = guard"
    ),
    "a resend leaves the hold behind": Break(
        "verification.resend", "hold_slot = guard.hold_slot(p_expires_at),", ""
    ),
    "a call off keeps its hold": Break(
        "verification.cancel", "-(v_row.max_attempts - v_row.attempts)", "-0"
    ),
}  # fmt: skip


async def story(play: SideBySide) -> None:
    """Alice is guessed at, resends, succeeds, changes her password; Bob's books are half full."""
    await play.spent_before([play.account_name("bob"), play.address_name(BOBS)], 49)
    await play.shards_spent_before(0)
    await guesses(play)
    await successes(play)
    await endings(play)
    await started(play, BOBS, "bob")
    await play.compare()


async def guesses(play: SideBySide) -> None:
    burnt = await started(play)
    await typed(play, burnt, "wwwr")
    await started(play)
    await play.wait(MINUTE)
    resent = await started(play)
    await typed(play, resent, "w")
    await play.wait(4 * MINUTE)
    await play.resend(resent)
    await play.compare()
    await play.wait(7 * MINUTE)
    await typed(play, resent, "wwr")


async def successes(play: SideBySide) -> None:
    for _ in range(3):
        await play.wait(DAY)
        await typed(play, await started(play), "wwrr")


async def endings(play: SideBySide) -> None:
    await play.wait(DAY)
    called_off = await started(play)
    await play.cancel(called_off)
    await play.compare()
    await play.wait(MINUTE)
    superseded = await started(play)
    await play.wait(MINUTE)
    await typed(play, await started(play, SHARED), "r")
    await typed(play, superseded, "r")
    await play.wait(10 * MINUTE)
    await play.change_password("alice")
    closed = await started(play)
    await play.change_password("alice")
    await typed(play, closed, "r")
    await play.wait(DAY)
    expired = await started(play)
    for minutes in (10, 6):
        await play.wait(minutes * MINUTE)
        await typed(play, expired, "r")


async def started(play: SideBySide, address: str = ALICES, account: str = "alice") -> Handle:
    handle = await play.start(address, "sign_in", account=account)
    assert handle is not None
    await play.compare()
    return handle


async def typed(play: SideBySide, handle: Handle, keys: str) -> None:
    """One guess after the other: w(rong) or r(ight)."""
    for key in keys:
        await play.guess(handle, right=key == "r")
        await play.compare()


def tell(stage: Stage) -> None:
    async def told() -> None:
        async with AsyncExitStack() as around:
            await story(await stage.play(around))

    stage.run(told())


def test_the_product_as_it_is_comes_through(stage: Stage):
    tell(stage)


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_product_is_caught(stage: Stage, name: str):
    broken = BREAKS[name]
    stage.run(stage.house.db.execute(broken.wrong))
    try:
        with pytest.raises(AssertionError) as caught:
            tell(stage)
    finally:
        stage.run(stage.house.db.execute(broken.right))

    assert "server.failed" not in str(caught.value)  # broken, and still running
