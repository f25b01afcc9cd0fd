"""A recovery whose text does not arrive goes on by email, on the same page."""

import re
from typing import Any

import pytest

from sparekey import gateways
from tests.recovery.steps import at_brand
from tests.world.carriers import ALICE, Carriers
from tests.world.footprints import footprint
from tests.world.wires import PlayedWire

_GROUPED = re.compile(r"\b\d[\d ]{6,16}\d\b")
MAILBOX = "alice@mail.example"


def code_of(wire: PlayedWire) -> str:
    """The code that a gateway was given last."""
    found = _GROUPED.search(wire.sent[-1].text)
    assert found is not None
    return found[0].replace(" ", "")


@pytest.fixture
async def wires(carriers: Carriers) -> tuple[PlayedWire, PlayedWire]:
    """Texts and mail for Alice, who has a mobile and a mailbox."""
    addresses = [
        {"kind": "phone", "value": ALICE, "verified": True},
        {"kind": "email", "value": MAILBOX, "verified": True},
    ]
    put = await carriers.simulation.client.put("/v1/accounts/a-1", json={"addresses": addresses})
    put.raise_for_status()
    return await carriers.add("texts", "sms"), await carriers.add("mail", "email")


async def asked(carriers: Carriers, identifier: str = ALICE, **more: Any) -> str:
    """A recovery, looked up and sent."""
    answer = await carriers.simulation.post("/v1/recoveries", {"identifier": identifier, **more})
    assert answer.status_code == 202, answer.text
    await carriers.step()
    return answer.json()["id"]


async def proven(carriers: Carriers, id: str, code: str) -> int:
    """The status of bringing a code."""
    answer = await carriers.simulation.post(f"/v1/recoveries/{id}/proofs", {"code": code})
    return answer.status_code


async def test_a_text_that_is_not_confirmed_is_followed_by_a_call_and_that_by_an_email(
    carriers: Carriers, wires: tuple[PlayedWire, PlayedWire]
):
    texts, mail = wires
    calls = await carriers.add("calls", "voice")
    asked_for = await asked(carriers)
    first = len(texts.sent), len(calls.sent), len(mail.sent)
    await carriers.step(later=31)
    second = len(texts.sent), len(calls.sent), len(mail.sent)
    await carriers.step(later=31)
    third = len(texts.sent), len(calls.sent), len(mail.sent)

    assert (first, second, third) == ((1, 0, 0), (1, 1, 0), (1, 1, 1))
    assert mail.sent[0].to == MAILBOX
    assert await proven(carriers, asked_for, code_of(mail)) == 200


async def test_a_channel_without_a_gateway_is_passed_over_at_once(
    carriers: Carriers, wires: tuple[PlayedWire, PlayedWire]
):
    await asked(carriers)
    await carriers.step(later=31)

    assert len(wires[1].sent) == 1


async def test_a_confirmed_text_is_left_at_that(
    carriers: Carriers, wires: tuple[PlayedWire, PlayedWire]
):
    await asked(carriers)
    await carriers.report("texts", "delivered")
    await carriers.step(later=31)

    assert not wires[1].sent


async def test_a_channel_that_was_asked_for_is_kept(
    carriers: Carriers, wires: tuple[PlayedWire, PlayedWire]
):
    await asked(carriers, channel="sms")
    await carriers.step(later=31)

    assert not wires[1].sent


async def test_over_budget_a_recovery_goes_by_email_at_once(
    carriers: Carriers, wires: tuple[PlayedWire, PlayedWire]
):
    texts, mail = wires
    await carriers.add("calls", "voice")
    await carriers.prices("texts", _44=40_000)
    await carriers.prices("calls", _44=40_000)
    await carriers.budget("*", 10)
    asked_for = await asked(carriers, channel="sms")

    assert not texts.sent
    assert await proven(carriers, asked_for, code_of(mail)) == 200


async def test_a_refused_text_goes_by_email_and_the_next_send_waits_its_minute(
    carriers: Carriers, wires: tuple[PlayedWire, PlayedWire]
):
    texts, mail = wires
    texts.failures = [gateways.Refused()]
    asked_for = await asked(carriers)
    again = await carriers.simulation.post(f"/v1/recoveries/{asked_for}/resend")

    assert len(mail.sent) == 1
    assert again.status_code == 429


async def test_a_stranger_falls_back_in_the_same_steps_and_nobody_gets_anything(
    carriers: Carriers, wires: tuple[PlayedWire, PlayedWire]
):
    texts, mail = wires
    written: list[dict[str, int]] = []
    for identifier in (ALICE, "+447400654321"):
        before = await footprint(carriers.simulation.db)
        await asked(carriers, identifier)
        for _ in range(3):
            await carriers.step(later=31)
        written.append(await before.since())

    assert (len(texts.sent), len(mail.sent)) == (1, 1)
    assert (len(texts.dropped), len(mail.dropped)) == (1, 1)
    assert written[0] == written[1]


MEMBERS = ["delivered", "unconfirmed", "refused", "phone alone", "stranger"]


async def doors(carriers: Carriers, wires: tuple[PlayedWire, PlayedWire], kind: str) -> list[Any]:
    """What a stranger is answered who asks again, and again, and looks when they may."""
    number = f"+4474006543{MEMBERS.index(kind):02}"
    addresses = [{"kind": "phone", "value": number, "verified": True}]
    if kind != "phone alone":
        mailbox = f"{number[1:]}@mail.example"
        addresses.append({"kind": "email", "value": mailbox, "verified": True})
    if kind != "stranger":
        put = await carriers.simulation.client.put(
            f"/v1/accounts/{number[1:]}", json={"addresses": addresses}
        )
        put.raise_for_status()
    wires[0].failures = [*[None] * wires[0].tries, *[gateways.Refused()] * (kind == "refused")]
    asked_for = await asked(carriers, number)
    if kind == "delivered":
        await carriers.report("texts", "delivered")
    seen: list[Any] = []
    for later in (29, 2, 28, 1, 1, 28, 1, 1, 31):
        await carriers.step(later=later)
        again = await carriers.simulation.post(f"/v1/recoveries/{asked_for}/resend")
        seen.append((again.status_code, again.headers.get("Retry-After"), again.json().get("code")))
    return seen


async def test_no_door_tells_whether_a_text_arrived_or_to_whom_it_went(
    carriers: Carriers, wires: tuple[PlayedWire, PlayedWire]
):
    """A fallback is of the brand's own making: it moves nothing that a stranger can see."""
    seen = {kind: await doors(carriers, wires, kind) for kind in MEMBERS}

    assert [status for status, *_ in seen["delivered"]] == [
        429, 429, 429, 202, 429, 429, 429, 429, 202,
    ]  # fmt: skip
    for kind in MEMBERS:
        assert seen[kind] == seen["delivered"], kind


async def test_who_asks_again_after_a_minute_is_sent_one_however_late_the_first_was_looked_up(
    carriers: Carriers, wires: tuple[PlayedWire, PlayedWire]
):
    answer = await carriers.simulation.post("/v1/recoveries", {"identifier": ALICE})
    await carriers.step(later=5)
    await carriers.report("texts", "delivered")
    await carriers.step(later=55)
    again = await carriers.simulation.post(f"/v1/recoveries/{answer.json()['id']}/resend")
    for _ in range(10):
        await carriers.step(later=1)

    assert again.status_code == 202
    assert len(wires[0].sent) == 2


async def test_who_asks_again_right_after_a_fallback_is_sent_one_a_minute_after_it(
    carriers: Carriers,
):
    simulation = carriers.simulation
    await at_brand(simulation, is_sandbox=False, countries=("GB",), channel_order=("sms", "email"))
    carriers.brand = simulation.brand
    texts, mail = await carriers.add("texts", "sms"), await carriers.add("mail", "email")
    addresses = [
        {"kind": "phone", "value": ALICE, "verified": True},
        {"kind": "email", "value": MAILBOX, "verified": True},
    ]
    put = await simulation.client.put("/v1/accounts/a-1", json={"addresses": addresses})
    put.raise_for_status()
    asked_for = await asked(carriers)
    await carriers.step(later=31)
    fell_back = len(texts.sent), len(mail.sent)
    await carriers.step(later=30)
    again = await simulation.post(f"/v1/recoveries/{asked_for}/resend", {"channel": "sms"})
    await carriers.step(later=28)
    too_soon = len(texts.sent), len(mail.sent)
    await carriers.step(later=4)

    assert again.status_code == 202
    assert fell_back == too_soon == (1, 1)
    assert len(texts.sent) == 2
    assert await proven(carriers, asked_for, code_of(texts)) == 200
