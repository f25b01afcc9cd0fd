"""Many requests of one recovery in one moment, over two server processes: one winner each time."""

from collections import Counter
from collections.abc import Sequence

import httpx
import pytest

from sparekey.kit.ids import parse
from tests.attacks.books import EIGHT_DIGITS
from tests.attacks.register import covers
from tests.attacks.requests import wrong
from tests.recovery.steps import (
    NEW_PASSWORD,
    OLD_PASSWORD,
    enrol,
    forgot,
    grant_for,
    prove,
    set_password,
    sign_in,
)
from tests.world import raw
from tests.world.cast import Person
from tests.world.deployment import Deployment


@pytest.fixture
async def asked(api: httpx.AsyncClient, alice: Person) -> tuple[str, str]:
    """Alice's own recovery, and the code that she received."""
    await enrol(api, alice)
    recovery = await forgot(api, alice.phone)
    return recovery, alice.phone.next().code


def statuses(answers: Sequence[raw.Answer]) -> Counter[int]:
    return Counter(answer.status for answer in answers)


@covers("T-10", "T-11")
async def test_of_fifty_simultaneous_right_codes_one_earns_a_grant(
    deployment: Deployment, asked: tuple[str, str]
):
    recovery, code = asked
    path = f"/v1/recoveries/{recovery}/proofs"

    answers = await deployment.at_once([(path, {"code": code})] * 50)

    assert statuses(answers) == {200: 1, 422: 49}
    refusals = [answer.json()["code"] for answer in answers if answer.status == 422]
    assert set(refusals) == {"recovery.not_proven"}


@covers("T-11", "T-28")
async def test_of_fifty_simultaneous_uses_of_a_grant_one_succeeds(
    deployment: Deployment, api: httpx.AsyncClient, alice: Person, asked: tuple[str, str]
):
    recovery, code = asked
    grant = await grant_for(api, recovery, code=code)
    path = f"/v1/recoveries/{recovery}/password"
    passwords = [f"{NEW_PASSWORD} {n}" for n in range(25)]
    uses: list[tuple[str, object]] = [
        (path, {"grant": grant, "password": one}) for one in passwords
    ]
    uses += [("/v1/grants/redeem", {"grant": grant})] * 25

    answers = await deployment.at_once(uses)
    async with deployment.database() as db:
        recovered = await db.fetch(
            """SELECT FROM events.event
            WHERE kind = 'account.recovered' AND data ->> 'recovery' = $1""",
            str(parse("rec", recovery)),
        )

    assert statuses(answers) == {200: 1, 422: 49}
    assert len(recovered) == 1
    winner = next(n for n, answer in enumerate(answers) if answer.status == 200)
    valid = passwords[winner] if winner < 25 else OLD_PASSWORD
    assert (await sign_in(api, alice.phone, valid))["outcome"] == "ok"


@covers("T-12", "T-29")
async def test_of_two_hundred_simultaneous_wrong_codes_three_are_charged(
    deployment: Deployment, api: httpx.AsyncClient, asked: tuple[str, str]
):
    recovery, code = asked
    path = f"/v1/recoveries/{recovery}/proofs"

    answers = await deployment.at_once([(path, {"code": wrong(code, n)}) for n in range(1, 201)])
    async with deployment.database() as db:
        row = await db.fetchrow(
            "SELECT charged, attempts FROM verification.verification WHERE id = $1",
            parse("rec", recovery),
        )

    assert statuses(answers) == {422: 200}
    assert (row["charged"], row["attempts"]) == (3 * EIGHT_DIGITS, 3)
    assert (await prove(api, recovery, code=code)).status_code == 422


@covers("T-29", "T-31")
async def test_the_owners_code_wins_among_twenty_starters_who_guess(
    deployment: Deployment, api: httpx.AsyncClient, alice: Person, asked: tuple[str, str]
):
    recovery, code = asked
    mallorys = [
        await forgot(api, f"{alice.phone}{' ' * n}", client={"ip": f"198.51.100.{n}"})
        for n in range(1, 21)
    ]
    guesses: list[tuple[str, object]] = [
        (f"/v1/recoveries/{one}/proofs", {"code": wrong(code, n)})
        for n in range(1, 6)
        for one in mallorys
    ]
    middle = len(guesses) // 2
    own = (f"/v1/recoveries/{recovery}/proofs", {"code": code})

    answers = await deployment.at_once([*guesses[:middle], own, *guesses[middle:]])
    done = await set_password(api, recovery, answers[middle].json()["grant"])

    assert statuses(answers) == {200: 1, 422: 100}
    assert done.status_code == 200
    assert len([one for one in alice.phone.inbox if "sets a new password" in one.text]) == 1


@covers("T-32")
async def test_a_code_and_a_denial_at_once_leave_a_grant_that_works_or_none(
    deployment: Deployment, api: httpx.AsyncClient, asked: tuple[str, str]
):
    recovery, code = asked
    path = f"/v1/recoveries/{recovery}"

    both: list[tuple[str, object]] = [(f"{path}/proofs", {"code": code}), (f"{path}/deny", {})]

    answers = await deployment.at_once(both * 5)
    grants = [answer.json()["grant"] for answer in answers[::2] if answer.status == 200]

    assert {answer.json()["status"] for answer in answers[1::2]} == {"denied"}
    assert len(grants) <= 1
    for grant in grants:
        assert (await set_password(api, recovery, grant)).status_code == 422


@covers("T-30")
async def test_of_ten_starts_with_one_idempotency_key_one_sends(
    deployment: Deployment, api: httpx.AsyncClient, alice: Person
):
    await enrol(api, alice)
    body = {"identifier": alice.phone.address}

    answers = await deployment.at_once(
        [("/v1/recoveries", body)] * 10, headers=[("Idempotency-Key", alice.account)]
    )

    assert statuses(answers) == {202: 10}
    assert len({answer.body for answer in answers}) == 1
    alice.phone.next()
    assert len(alice.phone.inbox) == 1


@covers("T-12", "T-15")
async def test_of_a_hundred_simultaneous_passwords_ten_are_looked_at(
    deployment: Deployment, api: httpx.AsyncClient, alice: Person, mallory: Person
):
    await enrol(api, alice)
    await enrol(api, mallory)
    device = (await sign_in(api, alice.phone))["device_token"]
    here = {"ip": "203.0.113.55"}
    tries: list[tuple[str, object]] = [
        ("/v1/sign-ins", {"identifier": alice.phone.address, "password": f"guess {n}",
                          "client": {"ip": f"198.51.{n}.1"}})
        for n in range(100)
    ]  # fmt: skip
    own = ("/v1/sign-ins", {"identifier": mallory.phone.address, "password": OLD_PASSWORD,
                            "client": here})  # fmt: skip

    answers = await deployment.at_once([*tries, own, own, own])
    async with deployment.database() as db:
        counted = await db.fetch(
            "SELECT cardinality(times) AS n FROM guard.cap WHERE class = 10 AND times <> '{}'"
        )
    refused = await sign_in(api, alice.phone, **here)
    known = await sign_in(api, alice.phone, device=device)

    assert {answer.json()["outcome"] for answer in answers[:100]} == {"wrong"}
    assert {answer.json()["outcome"] for answer in answers[100:]} == {"ok"}
    assert max(row["n"] for row in counted) == 10
    assert (refused["outcome"], known["outcome"]) == ("wrong", "ok")


@covers("T-10")
async def test_a_used_code_and_a_used_grant_stay_used_after_a_restart(
    deployment: Deployment, api: httpx.AsyncClient, asked: tuple[str, str]
):
    recovery, code = asked
    grant = await grant_for(api, recovery, code=code)
    done = await set_password(api, recovery, grant)
    deployment.servers[1].restart()

    async with deployment.client(deployment.servers[1]) as fresh:
        proven = await prove(fresh, recovery, code=code)
        used = await set_password(fresh, recovery, grant, "five green boats in a row")

    assert done.status_code == 200
    assert (proven.status_code, used.status_code) == (422, 422)
