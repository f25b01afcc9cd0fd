"""No delivery confirmed in time: the same challenge once more, by the next channel."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from sparekey import gateways, outbox
from sparekey.gateways.service import routing
from tests.world.carriers import ALICE, Carriers
from tests.world.wires import PlayedWire

_GROUPED = re.compile(r"\b\d[\d ]{6,16}\d\b")


def code_of(wire: PlayedWire, nth: int = -1) -> str:
    """The code that a gateway was given."""
    found = _GROUPED.search(wire.sent[nth].text)
    assert found is not None
    return found[0].replace(" ", "")


async def checked(carriers: Carriers, id: str, code: str) -> dict[str, Any]:
    answer = await carriers.simulation.post(f"/v1/verifications/{id}/check", {"code": code})
    return answer.json()


@pytest.fixture
async def wires(carriers: Carriers) -> tuple[PlayedWire, PlayedWire]:
    """One for texts, one for calls."""
    return await carriers.add("texts", "sms"), await carriers.add("calls", "voice")


async def test_after_thirty_seconds_without_a_receipt_the_next_channel_is_tried_once(
    carriers: Carriers, wires: tuple[PlayedWire, PlayedWire]
):
    texts, calls = wires
    asked_for = await carriers.ask()
    await carriers.step()
    await carriers.step(later=29.9)
    too_soon = len(calls.sent)
    await carriers.step(later=0.2)
    for _ in range(5):
        await carriers.step(later=31)
    shown = (await carriers.simulation.client.get(f"/v1/verifications/{asked_for}")).json()

    assert too_soon == 0
    assert (len(texts.sent), len(calls.sent)) == (1, 1)
    assert calls.sent[0].to == ALICE
    assert (shown["channel"], shown["status"]) == ("voice", "pending")


async def test_a_confirmed_delivery_is_left_at_that(
    carriers: Carriers, wires: tuple[PlayedWire, PlayedWire]
):
    await carriers.ask()
    await carriers.step()
    await carriers.report("texts", "delivered")
    await carriers.step(later=31)

    assert not wires[1].sent


async def test_an_unsigned_report_neither_keeps_a_fallback_away_nor_brings_one(
    carriers: Carriers, wires: tuple[PlayedWire, PlayedWire]
):
    await carriers.ask()
    await carriers.step()
    await carriers.report("texts", "undelivered", is_signed=False)
    await carriers.step(later=1)
    brought = len(wires[1].sent)
    await carriers.report("texts", "delivered", is_signed=False)
    await carriers.step(later=31)

    assert brought == 0
    assert len(wires[1].sent) == 1


async def test_a_proven_report_that_it_failed_brings_the_next_channel_at_once(
    carriers: Carriers, wires: tuple[PlayedWire, PlayedWire]
):
    await carriers.ask()
    await carriers.step()
    await carriers.report("texts", "undelivered")
    await carriers.step()
    at_once = len(wires[1].sent)
    await carriers.step(later=31)

    assert (at_once, len(wires[1].sent)) == (1, 1)


async def test_a_refused_text_goes_by_the_next_channel_at_once(
    carriers: Carriers, wires: tuple[PlayedWire, PlayedWire]
):
    wires[0].failures = [gateways.Refused()]
    await carriers.ask()
    await carriers.step()

    assert len(wires[1].sent) == 1


async def test_what_may_have_gone_is_followed_by_a_new_code_after_its_window_only(
    carriers: Carriers, wires: tuple[PlayedWire, PlayedWire]
):
    wires[0].failures = [gateways.Unsure()]
    await carriers.ask()
    await carriers.step()
    await carriers.step(later=29)
    before = len(wires[1].sent)
    await carriers.step(later=2)

    assert (before, len(wires[1].sent)) == (0, 1)
    assert wires[0].tries == 1


async def test_a_chosen_channel_is_kept(carriers: Carriers, wires: tuple[PlayedWire, PlayedWire]):
    await carriers.ask(channel="sms")
    await carriers.step()
    await carriers.step(later=31)

    assert not wires[1].sent


async def test_a_brand_may_never_fall_back(
    carriers: Carriers, wires: tuple[PlayedWire, PlayedWire]
):
    terms = gateways.Terms("EUR", fall_back_seconds=0)
    await routing.put_terms(carriers.simulation.db, carriers.brand, terms)
    await carriers.ask()
    await carriers.step()
    await carriers.step(later=31)

    assert not wires[1].sent


@pytest.mark.parametrize("which", [0, 1])
async def test_for_two_minutes_both_codes_are_right(
    carriers: Carriers, wires: tuple[PlayedWire, PlayedWire], which: int
):
    asked_for = await carriers.ask()
    await carriers.step()
    await carriers.step(later=31)
    carriers.simulation.clock.advance(timedelta(seconds=118))
    found = await checked(carriers, asked_for, code_of(wires[which]))
    again = await checked(carriers, asked_for, code_of(wires[1 - which]))

    assert found["valid"]
    assert again["reason"] == "already_used"


async def test_after_two_minutes_only_the_newer_code_is_right(
    carriers: Carriers, wires: tuple[PlayedWire, PlayedWire]
):
    asked_for = await carriers.ask()
    await carriers.step()
    await carriers.step(later=31)
    carriers.simulation.clock.advance(timedelta(seconds=121))
    old = await checked(carriers, asked_for, code_of(wires[0]))
    new = await checked(carriers, asked_for, code_of(wires[1]))

    assert (old["valid"], old["reason"]) == (False, "wrong_code")
    assert new["valid"]


async def test_guesses_cost_double_while_two_codes_live_and_are_as_few_as_before(
    carriers: Carriers, wires: tuple[PlayedWire, PlayedWire]
):
    asked_for = await carriers.ask()
    await carriers.step()
    db = carriers.simulation.db
    before = await db.fetchrow("SELECT cost, max_attempts FROM verification.verification")
    await checked(carriers, asked_for, "00000000")
    await carriers.step(later=31)
    after = await db.fetchrow("SELECT cost, max_attempts FROM verification.verification")
    answers = [await checked(carriers, asked_for, "00000000") for _ in range(3)]
    charged = await db.fetchrow("SELECT charged FROM verification.verification")

    assert after["cost"] == 2 * before["cost"]
    assert [answer["checks_left"] for answer in answers] == [1, 0, 0]
    assert charged[0] == before["cost"] + 2 * after["cost"]


async def test_who_asks_again_meanwhile_gets_a_new_code_and_no_fallback_of_the_old(
    carriers: Carriers, wires: tuple[PlayedWire, PlayedWire]
):
    terms = gateways.Terms("EUR", fall_back_seconds=90)
    await routing.put_terms(carriers.simulation.db, carriers.brand, terms)
    asked_for = await carriers.ask()
    await carriers.step()
    carriers.simulation.clock.advance(timedelta(seconds=60))
    (await carriers.simulation.post(f"/v1/verifications/{asked_for}/resend")).raise_for_status()
    await carriers.step()
    await carriers.step(later=31)
    of_the_old = len(wires[1].sent)
    await carriers.step(later=60)

    assert len(wires[0].sent) == 2
    assert (of_the_old, len(wires[1].sent)) == (0, 1)


async def test_who_asks_again_by_another_channel_gets_it_there(
    carriers: Carriers, wires: tuple[PlayedWire, PlayedWire]
):
    asked_for = await carriers.ask(channel="sms")
    await carriers.step()
    carriers.simulation.clock.advance(timedelta(seconds=60))
    again = await carriers.simulation.post(
        f"/v1/verifications/{asked_for}/resend", {"channel": "voice"}
    )
    await carriers.step()

    assert again.json()["channel"] == "voice"
    assert (len(wires[0].sent), len(wires[1].sent)) == (1, 1)
    assert (await checked(carriers, asked_for, code_of(wires[1])))["valid"]


async def test_fallbacks_count_against_the_days_sends(
    carriers: Carriers, wires: tuple[PlayedWire, PlayedWire]
):
    for _ in range(5):
        await carriers.ask()
        await carriers.step()
        await carriers.step(later=31)
        carriers.simulation.clock.advance(timedelta(minutes=11))
    texts, calls = wires

    assert len(texts.sent) + len(calls.sent) == 5


async def test_a_solved_challenge_does_not_fall_back(
    carriers: Carriers, wires: tuple[PlayedWire, PlayedWire]
):
    asked_for = await carriers.ask()
    await carriers.step()
    await checked(carriers, asked_for, code_of(wires[0]))
    await carriers.step(later=31)

    assert not wires[1].sent


async def test_a_text_that_still_waits_is_not_sent_after_its_code_has_died(
    carriers: Carriers, wires: tuple[PlayedWire, PlayedWire]
):
    texts, calls = wires
    texts.failures = [gateways.Unreachable()] * 50
    await carriers.ask()
    await carriers.step()
    await carriers.step(later=31)
    for _ in range(10):
        await carriers.step(later=20)
    states = [state for state, _, _ in await carriers.states()]

    assert len(calls.sent) == 1
    assert states == ["expired", "sent"]


async def test_over_budget_a_sign_in_goes_to_the_mailbox_of_its_account(carriers: Carriers):
    texts, mail = await carriers.add("texts", "sms"), await carriers.add("mail", "email")
    await carriers.prices("texts", _44=40_000)
    await carriers.budget("*", 10)
    addresses = [
        {"kind": "phone", "value": ALICE, "verified": True},
        {"kind": "email", "value": "alice@mail.example", "verified": True},
    ]
    put = await carriers.simulation.client.put("/v1/accounts/a-1", json={"addresses": addresses})
    put.raise_for_status()
    asked_for = await carriers.ask(account="a-1", channel="sms")
    await carriers.step()
    found = await checked(carriers, asked_for, code_of(mail))

    assert not texts.sent
    assert [message.to for message in mail.sent] == ["alice@mail.example"]
    assert found["valid"]


async def test_over_budget_without_a_mailbox_the_message_fails(carriers: Carriers):
    await carriers.add("texts", "sms")
    await carriers.prices("texts", _44=40_000)
    await carriers.budget("*", 10)
    await carriers.ask(channel="sms")
    await carriers.step()

    assert await carriers.states() == [("failed", "texts", "budget")]


@dataclass(slots=True)
class Prattling(PlayedWire):
    """Refuses a text, having just reported, without proof, that there is no money for it."""

    carriers: Carriers | None = None

    async def send(self, message: gateways.Outgoing) -> gateways.Accepted:
        assert self.carriers is not None
        said = gateways.Report(gateways.Outcome.UNDELIVERED, id=message.id, reason="budget")
        self.tries += await outbox.report(
            self.carriers.simulation.db,
            brand_id=self.carriers.brand.id,
            gateway_id=self.carriers.ids["texts"],
            report=said,
            at=self.carriers.simulation.clock(),
            is_signed=False,
        )
        raise gateways.Refused


async def test_no_reason_that_a_gateway_gives_is_taken_for_one_of_ours(carriers: Carriers):
    mail = await carriers.add("mail", "email")
    await carriers.add("texts", "sms")
    texts = carriers.wires["texts"] = Prattling(carriers=carriers)
    addresses = [{"kind": "email", "value": "alice@mail.example", "verified": True}]
    put = await carriers.simulation.client.put("/v1/accounts/a-1", json={"addresses": addresses})
    put.raise_for_status()
    await carriers.ask(account="a-1", channel="sms")
    await carriers.step()

    assert texts.tries == 1
    assert await carriers.states() == [("undelivered", "texts", "budget")]
    assert not mail.sent
