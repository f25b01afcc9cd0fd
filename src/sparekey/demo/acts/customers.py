"""Acme tells us of its customers, and one of them signs in as on any other day."""

from sparekey.demo import steps
from sparekey.demo.cast import Cast, Person
from sparekey.demo.stage import Stage

TITLE = "Acme tells Sparekey of four customers"


async def play(stage: Stage, cast: Cast) -> None:
    """Accounts with verified addresses; a known browser."""
    for person in (cast.alice, cast.bob, cast.dave, cast.grace):
        await tell_of(stage, person)
    alice = cast.alice
    answer = await steps.sign_in(
        stage, alice, alice.password, words="signs in on her laptop, as on any day.", outcome="ok"
    )
    alice.device = answer.json.get("device_token")
    stage.check(
        alice.device is not None,
        "From now on this browser is known, by a token that Acme keeps in a cookie.",
    )
    stage.transcript.note("Every answer to a sign-in takes this long, right or wrong.")


async def tell_of(stage: Stage, person: Person) -> None:
    """An account with both addresses, verified, and a password."""
    stage.transcript.says(
        "Acme", f"{person.name} has {person.phone.shown} and {person.email.shown}."
    )
    addresses = [
        {"kind": "phone", "value": person.phone.shown, "verified": True},
        {"kind": "email", "value": person.email.address, "verified": True},
    ]
    body = {"name": person.name, "password": person.password, "addresses": addresses}
    answer = await stage.ask("PUT", f"/v1/accounts/{person.account}", body, expects=201)
    kept = {address["value"] for address in answer.json["addresses"]}
    stage.check(
        kept == {person.phone.address, person.email.address} and answer.json["has_password"],
        f"{person.name} is known, by both addresses.",
    )
