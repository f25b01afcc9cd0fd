"""A run that waits for one message hears nothing of its others, however late they are told of."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.flows.drawing import TEXT_THEN_MAIL, Drawn
from tests.nodes.test_hearing import document, started
from tests.recovery.publishing import ends_of, publish
from tests.recovery.steps import enrol, forgot, prove
from tests.world.provider import Provider, receipt

ENDS = ("delivered", "undelivered", "no_receipt")
#: A code, and after a wrong one another: within a minute that is the same one still.
AGAIN: Drawn = {
    "begin": ("start_page", {}, {"then": "first"}),
    "first": ("send", {"template": "recovery_code", "channel": "sms"}, {"sent": "check"}),
    "check": (
        "check_code",
        {"seconds": 600},
        {"wrong": "again", **dict.fromkeys(("proven", "exhausted", "no_answer"), "no_receipt")},
    ),
    "again": (
        "send",
        {"template": "recovery_code", "channel": "sms", "receipt_within": 60},
        {name: name for name in ENDS},
    ),
    **{name: TEXT_THEN_MAIL[name] for name in ENDS},
}


async def told(provider: Provider, message: UUID, *outcomes: str) -> None:
    """The provider says what became of a message, and everybody who waits for that hears it."""
    for outcome in outcomes:
        assert (await provider.tell(receipt(message, outcome))).status_code == 204
        await provider.simulation.deliver()


async def passed(provider: Provider, seconds: int) -> dict[str, int]:
    """How the flow's runs have ended after so long."""
    await provider.simulation.wait(timedelta(seconds=seconds))
    await provider.simulation.deliver()
    return await ends_of(provider.api, "drawn")


async def both_sent(provider: Provider, *of_the_text: str) -> tuple[UUID, UUID]:
    """The text and the email of a run that waits for the email's receipt now."""
    await started(provider, TEXT_THEN_MAIL)
    text = provider.last()
    await told(provider, text, *of_the_text)
    assert await passed(provider, 61) == {}
    assert [one.channel for one in provider.wire.sent] == ["sms", "email"]
    return text, provider.last()


@pytest.mark.parametrize("late", ["delivered", "undelivered", "failed", "expired"])
@pytest.mark.parametrize("then", ["delivered", "undelivered"])
async def test_a_late_receipt_of_the_first_message_says_nothing_of_the_second(
    provider: Provider, late: str, then: str
) -> None:
    text, mail = await both_sent(provider)

    await told(provider, text, late)
    before = await ends_of(provider.api, "drawn")
    await told(provider, mail, then)

    assert before == {}
    assert await ends_of(provider.api, "drawn") == {then: 1}


@pytest.mark.parametrize(
    "said", [["delivered", "delivered"], ["undelivered", "delivered"], ["undelivered", "failed"]]
)
async def test_a_message_that_is_told_of_twice_answers_once(
    provider: Provider, said: list[str]
) -> None:
    text, _mail = await both_sent(provider, said[0])

    await told(provider, text, said[1])
    before = await ends_of(provider.api, "drawn")

    assert before == {}
    assert await passed(provider, 601) == {"no_receipt": 1}


async def test_a_receipt_of_the_first_that_comes_while_the_run_goes_on_is_not_the_seconds(
    provider: Provider,
) -> None:
    await started(provider, TEXT_THEN_MAIL)
    text, simulation = provider.last(), provider.simulation
    for outcome in ("undelivered", "delivered"):  # the second comes while it leaves by the first
        assert (await provider.tell(receipt(text, outcome))).status_code == 204
        await simulation.work("gateways.raw")
    kept = await simulation.db.fetchrow("SELECT count(*) FROM flows.early")
    await simulation.deliver()
    before = await ends_of(provider.api, "drawn")
    await told(provider, provider.last(), "undelivered")

    assert kept[0] == 1
    assert before == {}
    assert await ends_of(provider.api, "drawn") == {"undelivered": 1}
    assert (await simulation.db.fetchrow("SELECT count(*) FROM flows.early"))[0] == 0


@pytest.mark.parametrize("comes", ["before", "while it goes on", "after"])
async def test_what_is_not_sent_again_too_soon_is_waited_for_by_its_own_receipt(
    provider: Provider, comes: str
) -> None:
    simulation = provider.simulation
    alice = simulation.person("alice")
    await enrol(provider.api, alice)
    await publish(provider.api, document(AGAIN))
    asked = await forgot(provider.api, alice.phone, channel="sms")
    await simulation.deliver()
    code = provider.last()

    if comes == "before":
        await told(provider, code, "delivered")
    assert (await prove(provider.api, asked, code="00000000")).status_code == 422
    if comes == "after":
        await simulation.deliver()
    assert (await provider.tell(receipt(code, "delivered"))).status_code == 204
    await simulation.work("gateways.raw")
    await simulation.deliver()

    assert provider.last() == code
    assert await ends_of(provider.api, "drawn") == {"delivered": 1}
