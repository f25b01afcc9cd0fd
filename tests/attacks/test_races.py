"""Many requests in one moment, over two server processes: one winner, and no guess too many."""

import signal
from datetime import UTC, datetime

import httpx

from tests.attacks.books import EIGHT_DIGITS, books_of
from tests.attacks.register import covers
from tests.attacks.requests import guess, start, wrong
from tests.world.cast import Person
from tests.world.deployment import Deployment


@covers("T-10", "T-11")
async def test_of_fifty_simultaneous_right_codes_one_wins(
    deployment: Deployment, api: httpx.AsyncClient, alice: Person
):
    challenge = await start(api, alice.phone)
    code = alice.phone.next().code

    answers = await deployment.at_once(
        [(f"/v1/verifications/{challenge}/check", {"code": code})] * 50
    )

    told = [answer.json() for answer in answers]
    assert {answer.status for answer in answers} == {200}
    assert sum(one["valid"] for one in told) == 1
    assert {one["reason"] for one in told if not one["valid"]} == {"already_used"}


@covers("T-12", "T-13")
async def test_of_two_hundred_simultaneous_wrong_codes_three_are_looked_at(
    deployment: Deployment, api: httpx.AsyncClient, alice: Person
):
    challenge = await start(api, alice.phone)
    code = alice.phone.next().code
    path = f"/v1/verifications/{challenge}/check"

    answers = await deployment.at_once([(path, {"code": wrong(code, n)}) for n in range(1, 201)])
    async with deployment.database() as db:
        books = await books_of(db, challenge, datetime.now(UTC))

    told = [answer.json() for answer in answers]
    looked_at = [one for one in told if one["reason"] == "wrong_code"]
    assert sorted(one["checks_left"] for one in looked_at) == [0, 1, 2]
    assert {one["reason"] for one in told} == {"wrong_code", "exhausted"}
    assert books.charged == 3 * EIGHT_DIGITS
    assert [round(used / EIGHT_DIGITS) for used in books.ledgers] == [3, 3]
    assert (await guess(api, challenge, code))["reason"] == "exhausted"


@covers("T-11", "T-12")
async def test_right_and_wrong_codes_at_once_leave_one_winner_or_none(
    deployment: Deployment, api: httpx.AsyncClient, alice: Person
):
    challenge = await start(api, alice.phone)
    code = alice.phone.next().code
    path = f"/v1/verifications/{challenge}/check"
    guesses = [{"code": code if n % 2 else wrong(code, n)} for n in range(60)]

    answers = await deployment.at_once([(path, body) for body in guesses])
    status = (await api.get(f"/v1/verifications/{challenge}")).json()["status"]

    told = [answer.json() for answer in answers]
    assert sum(one["reason"] == "wrong_code" for one in told if not one["valid"]) <= 3
    assert sum(one["valid"] for one in told) == (1 if status == "approved" else 0)


@covers("T-10", "T-29")
async def test_a_code_works_once_also_after_a_restart(
    deployment: Deployment, api: httpx.AsyncClient, alice: Person
):
    challenge = await start(api, alice.phone)
    code = alice.phone.next().code
    first = await guess(api, challenge, code)
    deployment.servers[1].restart()

    async with deployment.client() as fresh:
        again = [await guess(fresh, challenge, code) for _ in deployment.servers]

    assert first["valid"]
    assert [one["reason"] for one in again] == ["already_used"] * 2


@covers("T-12")
async def test_a_server_that_dies_forgets_no_guess(
    deployment: Deployment, api: httpx.AsyncClient, alice: Person
):
    challenge = await start(api, alice.phone)
    code = alice.phone.next().code
    before = [await guess(api, challenge, wrong(code, n)) for n in (1, 2)]
    deployment.servers[1].restart(by=signal.SIGKILL)

    async with deployment.client() as fresh:
        last = await guess(fresh, challenge, wrong(code, 3))
        right = await guess(fresh, challenge, code)

    assert [one["checks_left"] for one in (*before, last)] == [2, 1, 0]
    assert right["reason"] == "exhausted"


@covers("T-29", "T-31")
async def test_the_owner_among_guessers_and_starters_is_let_in(
    deployment: Deployment, api: httpx.AsyncClient, alice: Person
):
    challenge = await start(api, alice.phone, account=alice.account)
    code = alice.phone.next().code
    mallorys = [
        await start(api, f"{alice.phone} {' ' * n}", account=alice.account) for n in range(20)
    ]
    guesses = [
        (f"/v1/verifications/{one}/check", {"code": wrong(code, n)})
        for n in range(1, 6)
        for one in mallorys
    ]
    middle = len(guesses) // 2
    owners = (f"/v1/verifications/{challenge}/check", {"code": code})

    answers = await deployment.at_once([*guesses[:middle], owners, *guesses[middle:]])

    assert answers[middle].json()["valid"]
    assert sum(answer.json()["valid"] for answer in answers) == 1
    assert len(alice.phone.inbox) == 1
