"""How long each thing lives: to the second, on both sides of its end."""

from datetime import timedelta

import httpx
import pytest

from tests.recovery.steps import forgot, grant_for, prove, set_password
from tests.world.cast import Person
from tests.world.simulated import Simulation

SECOND = timedelta(seconds=1)
IN_TIME = [(-SECOND, 200), (timedelta(0), 422), (SECOND, 422)]


@pytest.mark.parametrize(("after", "status"), IN_TIME)
async def test_a_code_lives_ten_minutes(
    app_client: Simulation,
    api: httpx.AsyncClient,
    alice: Person,
    after: timedelta,
    status: int,
):
    recovery = await forgot(api, alice.phone)
    await app_client.deliver()
    app_client.clock.advance(timedelta(minutes=10) + after)

    assert (await prove(api, recovery, code=alice.phone.inbox[-1].code)).status_code == status


@pytest.mark.parametrize(("after", "status"), IN_TIME)
async def test_a_link_by_email_lives_thirty_minutes(
    app_client: Simulation,
    api: httpx.AsyncClient,
    alice: Person,
    after: timedelta,
    status: int,
):
    recovery = await forgot(api, alice.phone, channel="email")
    await app_client.deliver()
    app_client.clock.advance(timedelta(minutes=30) + after)
    answer = await prove(api, recovery, link_token=alice.email.inbox[-1].link_token)

    assert answer.status_code == status
    assert "30 minutes" in alice.email.inbox[-1].text


@pytest.mark.parametrize(("after", "status"), IN_TIME)
async def test_a_grant_lives_fifteen_minutes(
    app_client: Simulation,
    api: httpx.AsyncClient,
    alice: Person,
    after: timedelta,
    status: int,
):
    recovery = await forgot(api, alice.phone)
    await app_client.deliver()
    grant = await grant_for(api, recovery, code=alice.phone.inbox[-1].code)
    app_client.clock.advance(timedelta(minutes=15) + after)

    assert (await set_password(api, recovery, grant)).status_code == status


@pytest.mark.parametrize(("after", "status"), IN_TIME)
async def test_a_recovery_lives_a_day_even_if_its_link_would_live_longer(
    app_client: Simulation,
    api: httpx.AsyncClient,
    alice: Person,
    after: timedelta,
    status: int,
):
    for _ in range(4):
        await forgot(api, alice.phone)
        await app_client.deliver()
        app_client.clock.advance(timedelta(minutes=11))
    recovery = await forgot(api, alice.phone)
    app_client.clock.advance(timedelta(minutes=5))
    await app_client.deliver()
    app_client.clock.advance(timedelta(hours=24) - timedelta(minutes=5) + after)
    answer = await prove(api, recovery, link_token=alice.email.inbox[-1].link_token)

    assert answer.status_code == status


async def test_what_nobody_looked_up_for_a_day_is_never_looked_up(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    await forgot(api, alice.phone)
    await app_client.wait(timedelta(hours=24))
    await app_client.deliver()

    assert not alice.phone.inbox


async def test_a_grant_whose_user_died_over_it_is_usable_again(
    app_client: Simulation, api: httpx.AsyncClient, alice: Person
):
    recovery = await forgot(api, alice.phone)
    await app_client.deliver()
    grant = await grant_for(api, recovery, code=alice.phone.inbox[-1].code)
    async with app_client.db.transaction() as tx:
        await tx.execute(
            """UPDATE recovery.recovery SET grant_state = 'completing', grant_fence = 1,
                grant_lease = requested_at + interval '60 seconds'"""
        )
    at_once = await set_password(api, recovery, grant)
    app_client.clock.advance(timedelta(seconds=60))
    later = await set_password(api, recovery, grant)

    assert (at_once.status_code, later.status_code) == (422, 200)
