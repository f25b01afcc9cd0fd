"""The long tail: one of apprise's services, on loopback."""

import pytest

from sparekey.gateways import KINDS, Accepted, Unsure, UnusableSettings
from tests.gateways.http.cases import TEXT, around, text_message
from tests.gateways.http.provider import CLOSES_AFTERWARDS, Broken, PlayedProvider, Said

KIND = KINDS.get("apprise")


def told(provider: PlayedProvider) -> dict[str, str]:
    """The plainest of its services, at the played provider."""
    return {"url": f"json://127.0.0.1:{provider.port}/send/{{to}}"}


async def test_a_text_goes_by_a_service_that_apprise_knows(provider: PlayedProvider):
    accepted = await KIND.open(around(), told(provider)).send(text_message())

    assert accepted == Accepted(None)
    assert provider.asked[0].path.rstrip("/") == "/send/447700900123"
    assert provider.asked[0].json["message"] == TEXT


@pytest.mark.parametrize("said", [Said(400), Said(401), Said(500), CLOSES_AFTERWARDS])
async def test_whatever_goes_wrong_leaves_us_unsure(provider: PlayedProvider, said: Said | Broken):
    provider.answers = [said]
    with pytest.raises(Unsure):
        await KIND.open(around(), told(provider)).send(text_message())

    assert len(provider.asked) == 1


async def test_a_redirect_is_not_followed(provider: PlayedProvider):
    async with PlayedProvider([Said()]).listening() as inside:
        provider.answers = [Said(307, headers=(("location", inside.url),))]
        with pytest.raises(Unsure):
            await KIND.open(around(), told(provider)).send(text_message())

        assert inside.connections == 0


async def test_a_decoy_reaches_nobody(provider: PlayedProvider):
    await KIND.open(around(), told(provider)).drop(text_message())

    assert provider.connections == 0


@pytest.mark.parametrize(
    "url", ["", "json://127.0.0.1/", "nothing://{to}", "json://{to}/{to}", "twilio://short/{to}"]
)
def test_an_address_that_apprise_does_not_know_is_refused(url: str):
    with pytest.raises(UnusableSettings) as raised:
        KIND.check({"url": url})

    assert not url or url not in str(raised.value)


def test_nothing_is_heard_from_it():
    assert KIND.hears is None
