"""Nobody else's guessing or starting takes the owner's code or the owner's way in."""

from datetime import timedelta

from tests.attacks.register import covers
from tests.attacks.requests import guess, start, wrong
from tests.attacks.test_floods import networks, spelled_anew
from tests.world.simulated import Simulation


@covers("T-29", "T-31")
async def test_guesses_at_another_live_challenge_leave_the_owners_alone(app_client: Simulation):
    alice = app_client.person("alice")
    owners = await start(app_client.client, alice.phone, account=alice.account)
    app_client.clock.advance(timedelta(minutes=1))
    mallorys = await start(app_client.client, alice.phone, account=alice.account)
    await app_client.deliver()
    code = alice.phone.inbox[0].code

    guessed = [await guess(app_client.client, mallorys, wrong(code, n)) for n in range(1, 5)]
    before = (await app_client.client.get(f"/v1/verifications/{owners}")).json()
    right = await guess(app_client.client, owners, code)

    assert [one["reason"] for one in guessed] == ["wrong_code"] * 3 + ["exhausted"]
    assert before["checks_left"] == 3
    assert right["valid"]


@covers("T-31")
async def test_twenty_starts_by_strangers_leave_the_owners_code_alive(app_client: Simulation):
    alice = app_client.person("alice")
    elsewhere = networks()
    owners = await start(app_client.client, alice.phone, account=alice.account)
    await app_client.deliver()
    code = alice.phone.inbox[0].code

    for _ in range(20):
        app_client.clock.advance(timedelta(seconds=29))
        mallorys = await start(
            app_client.client, spelled_anew(alice.phone), account=alice.account, **next(elsewhere)
        )
        await guess(app_client.client, mallorys, wrong(code))

    assert (await guess(app_client.client, owners, code))["valid"]


@covers("T-31")
async def test_strangers_resends_and_cancels_of_their_own_touch_no_other(app_client: Simulation):
    alice = app_client.person("alice")
    owners = await start(app_client.client, alice.phone, account=alice.account)
    app_client.clock.advance(timedelta(minutes=1))
    mallorys = await start(app_client.client, alice.phone, account=alice.account)
    app_client.clock.advance(timedelta(minutes=1))
    await app_client.post(f"/v1/verifications/{mallorys}/resend")
    await app_client.post(f"/v1/verifications/{mallorys}/cancel")
    await app_client.deliver()

    assert (await guess(app_client.client, owners, alice.phone.inbox[0].code))["valid"]
