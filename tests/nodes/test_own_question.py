"""A reply answers the question that it was written to, not one that was asked after it."""

from datetime import timedelta

import pytest

from sparekey.gateways import Outgoing
from tests.flows.drawing import Drawn
from tests.inbox.mailing import reply_to
from tests.nodes.test_hearing import by_http, started
from tests.recovery.publishing import ends_of
from tests.world.provider import Provider, incoming

LATE = timedelta(seconds=3601)


def asking(channel: str) -> Drawn:
    """Asks, an hour later something else, and a day later that once more."""
    ends = ("called", "first_other", "written", "second_other")
    words = {"template": "help", "channel": channel, "to": "account"}
    return {
        "begin": ("start_api", {}, {"then": "ask_first"}),
        "ask_first": ("send", words, {"sent": "first"}),
        "first": (
            "wait_for_reply",
            {"seconds": 3600, "replies": {"called": ["call me"]}},
            {"called": "called", "other": "first_other", "no_reply": "ask_second"},
        ),
        "ask_second": ("send", words, {"sent": "second"}),
        "second": (
            "wait_for_reply",
            {"seconds": 86_400, "replies": {"written": ["write to me"]}},
            {"written": "written", "other": "second_other", "no_reply": "ask_second"},
        ),
        **{name: ("finish", {"outcome": name}, {}) for name in ends},
    }


async def wrote(provider: Provider, to: Outgoing, text: str) -> dict[str, int]:
    """Somebody answers an email; how the runs have ended then."""
    await by_http(provider, reply_to(to, text), "")
    await provider.simulation.deliver()
    return await ends_of(provider.api, "drawn")


async def passed(provider: Provider, by: timedelta) -> None:
    """Time goes by, and what is due is done."""
    await provider.simulation.wait(by)
    await provider.simulation.deliver()


@pytest.mark.parametrize("said", ["call me", "write to me", "who are you?"])
async def test_a_late_reply_to_the_first_question_is_no_answer_to_the_second(
    provider: Provider, said: str
) -> None:
    await started(provider, asking("email"))
    await passed(provider, LATE)
    first, second = provider.wire.sent

    late = await wrote(provider, first, said)

    assert late == {}
    assert await wrote(provider, second, "write to me") == {"written": 1}


async def test_a_question_that_is_asked_again_is_answered_by_a_reply_to_either(
    provider: Provider,
) -> None:
    await started(provider, asking("email"))
    await passed(provider, LATE)
    await passed(provider, timedelta(days=1, seconds=1))
    _first, second, again = provider.wire.sent

    assert again.id != second.id
    assert await wrote(provider, second, "write to me") == {"written": 1}


async def test_a_text_that_came_before_a_question_is_no_answer_to_it(provider: Provider) -> None:
    alice = await started(provider, asking("sms"))
    simulation = provider.simulation
    said = incoming(alice.phone, "write to me", ref="mo-early")
    assert (await provider.tell(said)).status_code == 204
    await simulation.work("gateways.raw")
    await simulation.wait(LATE)
    await simulation.work("flows.run")  # the second is asked before anybody looks at the text
    await simulation.deliver()
    before = await ends_of(provider.api, "drawn")
    await simulation.wait(timedelta(seconds=5))

    await provider.text(alice.phone, "write to me")

    assert before == {}
    assert await ends_of(provider.api, "drawn") == {"written": 1}
