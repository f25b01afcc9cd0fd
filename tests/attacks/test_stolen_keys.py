"""A stolen API key can delete, but neither silently nor to get in by the back door."""

from datetime import timedelta

import httpx

from tests.attacks.register import covers
from tests.recovery.steps import enrol, forgot, move, sign_in
from tests.world.cast import Person
from tests.world.simulated import Simulation

MALLORYS = "five green boats in a row"


async def made_anew(api: httpx.AsyncClient, owner: Person, thief: Person) -> None:
    """Delete an account, and make one under its id with the thief's address and password."""
    path = f"/v1/accounts/{owner.account}"
    address = {"kind": "email", "value": thief.email.address, "verified": True}
    assert (await api.delete(path)).status_code == 204
    made = await api.put(path, json={"addresses": [address], "password": MALLORYS})
    assert made.status_code == 201


@covers("T-36")
async def test_who_deletes_an_account_and_makes_it_anew_is_seen_and_recovers_nothing(
    app_client: Simulation,
):
    api = app_client.client
    alice, mallory = app_client.person("alice"), app_client.person("mallory")
    await enrol(api, alice)
    await made_anew(api, alice, mallory)
    signed_in = await sign_in(api, mallory.email, MALLORYS)
    await app_client.deliver()
    told = [*alice.phone.inbox, *alice.email.inbox]
    await app_client.wait(timedelta(hours=72) - timedelta(seconds=1))
    await forgot(api, mallory.email)
    await app_client.deliver()

    # As with a password that the company changes, nobody is kept out: everybody is told.
    assert (signed_in["outcome"], signed_in["account"]) == ("ok", alice.account)
    assert len(told) == 2
    assert all("Your Acme account was deleted" in one.text for one in told)
    assert not mallory.email.inbox


@covers("T-36")
async def test_the_owner_hears_of_a_deletion_however_the_thief_prepares_or_repeats_it(
    app_client: Simulation,
):
    api = app_client.client
    alice, mallory = app_client.person("alice"), app_client.person("mallory")
    await enrol(api, alice)
    await move(api, alice, mallory.email.address)
    await made_anew(api, alice, mallory)
    await made_anew(api, alice, mallory)
    await app_client.deliver()

    for inbox in (alice.phone.inbox, alice.email.inbox):
        assert ["was deleted" in one.text for one in inbox] == [True]
