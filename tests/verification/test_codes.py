"""Codes are uniform, keep leading zeros and grow as the books fill; the right one is taken."""

import math
from collections import Counter
from datetime import timedelta

import pytest

from sparekey import guard
from sparekey.guard.ledger import BUDGET_BURST, BURST, SHARDS
from sparekey.verification import Purpose
from sparekey.verification.model import draw_code
from tests.attacks.requests import guess, start
from tests.world.simulated import Simulation


def chi_square(counts: Counter[str], *, cells: int) -> float:
    """Pearson's statistic against the uniform distribution over so many cells."""
    expected = counts.total() / cells
    unseen = (cells - len(counts)) * expected
    return unseen + sum((n - expected) ** 2 / expected for n in counts.values())


def improbable(cells: int) -> float:
    """What the statistic exceeds once in ten million (Wilson and Hilferty's approximation)."""
    freedom = cells - 1
    return freedom * (1 - 2 / (9 * freedom) + 5.2 * math.sqrt(2 / (9 * freedom))) ** 3


@pytest.mark.parametrize(
    ("alphabet", "draws", "length", "cells"),
    [("digits", 100_000, 12, 10), ("base32", 30_000, 8, 32)],
)
def test_codes_are_uniform_at_every_place(
    alphabet: guard.Alphabet, draws: int, length: int, cells: int
):
    codes = [draw_code(alphabet).reveal() for _ in range(draws)]

    places = [Counter(code[place] for code in codes) for place in range(length)]
    pairs = Counter(code[:2] for code in codes)
    assert {len(code) for code in codes} == {length}
    assert len(set(codes)) > draws - 10
    assert max(chi_square(counts, cells=cells) for counts in places) < improbable(cells)
    assert chi_square(pairs, cells=cells**2) < improbable(cells**2)


def test_the_statistic_finds_digits_made_from_half_bytes():
    biased = Counter(str(number % 16 % 10) for number in range(100_000))

    assert chi_square(biased, cells=10) > improbable(10)


async def fill_ledgers(simulation: Simulation, percent: float) -> None:
    """As if guesses had used so much of the ledgers of everybody known so far."""
    units = int(BURST * percent / 100)
    await simulation.db.execute(
        "UPDATE guard.ledger SET charged_until = $1",
        simulation.clock() + units * timedelta(microseconds=70_080),
    )


async def sent_code(simulation: Simulation, purpose: Purpose, percent: float) -> tuple[str, str]:
    """A challenge, and the code it sends, once so much of its ledgers is used up."""
    alice = simulation.person("alice")
    first = await start(simulation.client, alice.phone, purpose, account=alice.account)
    await simulation.post(f"/v1/verifications/{first}/cancel")
    await fill_ledgers(simulation, percent)
    simulation.clock.advance(timedelta(minutes=1))
    challenge = await start(simulation.client, alice.phone, purpose, account=alice.account)
    await simulation.deliver()
    return challenge, alice.phone.inbox[-1].code


@pytest.mark.parametrize(
    ("percent", "length"), [(0, 8), (43, 8), (44, 10), (89.9, 10), (90.1, 12), (99.99, 12)]
)
async def test_codes_grow_as_a_ledger_fills_and_the_right_one_is_taken(
    app_client: Simulation, percent: float, length: int
):
    challenge, code = await sent_code(app_client, Purpose.RECOVERY, percent)

    assert len(code) == length
    assert (await guess(app_client.client, challenge, code))["valid"]


@pytest.mark.parametrize(("percent", "length"), [(0, 6), (43, 6), (44, 8), (90.1, 10)])
async def test_codes_that_are_asked_for_after_a_password_are_shorter(
    app_client: Simulation, percent: float, length: int
):
    challenge, code = await sent_code(app_client, Purpose.SECOND_FACTOR, percent)

    assert len(code) == length
    assert (await guess(app_client.client, challenge, code))["valid"]


async def test_a_right_code_is_taken_from_a_full_ledger(app_client: Simulation):
    alice = app_client.person("alice")
    challenge = await start(app_client.client, alice.phone, account=alice.account)
    await app_client.deliver()
    await fill_ledgers(app_client, 150)

    assert (await guess(app_client.client, challenge, alice.phone.inbox[0].code))["valid"]


async def test_an_overdrawn_ledger_sends_no_code_and_says_nothing(app_client: Simulation):
    alice = app_client.person("alice")
    first = await start(app_client.client, alice.phone, account=alice.account)
    await app_client.post(f"/v1/verifications/{first}/cancel")
    await app_client.deliver()
    await fill_ledgers(app_client, 101)
    app_client.clock.advance(timedelta(minutes=1))
    await start(app_client.client, alice.phone, account=alice.account)
    await app_client.deliver()

    assert len(alice.phone.inbox) == 1


@pytest.mark.parametrize(("percent", "length"), [(0, 8), (51, 10), (91, 12)])
async def test_codes_grow_as_the_deployments_budget_goes(
    app_client: Simulation, percent: int, length: int
):
    units = BUDGET_BURST // SHARDS * percent // 100
    await app_client.db.execute(
        "UPDATE guard.budget SET charged_until = $1",
        app_client.clock() + units * timedelta(microseconds=224.256),
    )
    alice = app_client.person("alice")
    challenge = await start(app_client.client, alice.phone)
    await app_client.deliver()
    code = alice.phone.inbox[0].code

    assert len(code) == length
    assert (await guess(app_client.client, challenge, code))["valid"]


@pytest.mark.parametrize(
    ("accounts", "purpose", "length"),
    [
        (1_200_000, Purpose.SIGN_IN, 8),
        (1_200_001, Purpose.SIGN_IN, 9),
        (12_000_001, Purpose.SIGN_IN, 10),
        (12_000_001, Purpose.SECOND_FACTOR, 6),
    ],
)
async def test_codes_begin_longer_where_there_are_many_accounts(
    app_client: Simulation, accounts: int, purpose: Purpose, length: int
):
    await guard.keep_count(app_client.db, accounts=accounts)
    alice = app_client.person("alice")
    challenge = await start(app_client.client, alice.phone, purpose)
    await app_client.deliver()
    await app_client.wait(timedelta(minutes=1))
    await app_client.post(f"/v1/verifications/{challenge}/resend")
    await app_client.deliver()

    assert [len(received.code) for received in alice.phone.inbox] == [length, length]
    assert (await guess(app_client.client, challenge, alice.phone.inbox[-1].code))["valid"]


async def test_strangers_and_members_begin_at_the_same_length(app_client: Simulation):
    await guard.keep_count(app_client.db, accounts=1_200_001)
    alice = app_client.person("alice")
    phone = {"kind": "phone", "value": alice.phone.address, "verified": True}
    await app_client.client.put(f"/v1/accounts/{alice.account}", json={"addresses": [phone]})
    for identifier in (alice.phone.address, "+447400999999"):
        await app_client.post("/v1/recoveries", {"identifier": identifier})
    await app_client.deliver()

    rows = await app_client.db.fetch(
        "SELECT is_decoy, code_length FROM verification.verification ORDER BY is_decoy"
    )
    assert [tuple(row) for row in rows] == [(False, 9), (True, 9)]
    assert len(alice.phone.inbox[0].code) == 9


@pytest.mark.parametrize(("asked", "length"), [(6, 8), (8, 8), (9, 9), (12, 12)])
async def test_a_caller_can_only_lengthen_a_code(app_client: Simulation, asked: int, length: int):
    alice = app_client.person("alice")
    await start(app_client.client, alice.phone, code_length=asked)
    await app_client.deliver()

    assert len(alice.phone.inbox[0].code) == length


async def test_guesses_at_a_grown_code_cost_less(app_client: Simulation):
    spent: list[int] = []
    for percent in (0, 44, 91):
        challenge, code = await sent_code(app_client, Purpose.RECOVERY, percent)
        await guess(
            app_client.client, challenge, f"{(int(code) + 1) % 10 ** len(code):0{len(code)}}"
        )
        row = await app_client.db.fetchrow("SELECT max(charged) FROM verification.verification"
                                           " WHERE code_length = $1", len(code))  # fmt: skip
        spent.append(row["max"])

    assert spent == [10**7, 10**5, 10**3]
