"""A proof is good for the challenge, brand, purpose, account and address that caused it, alone."""

from datetime import timedelta

import pytest

from sparekey.kit.ids import parse, show
from sparekey.verification import Purpose
from tests.attacks.register import covers
from tests.attacks.requests import guess, start, wrong
from tests.world.cast import Person
from tests.world.deployment import make_brand
from tests.world.simulated import Simulation


@covers("T-09", "T-28")
async def test_a_code_opens_its_own_purpose_only(app_client: Simulation):
    pairs: list[tuple[Purpose, Purpose, str, str, Person]] = []
    for sent_for in Purpose:
        for typed_at in Purpose:
            person = app_client.person("alice")
            sent = await start(app_client.client, person.phone, sent_for, account=person.account)
            typed = sent if sent_for == typed_at else await start(
                app_client.client, person.email, typed_at, account=f"{person.account}-too"
            )  # fmt: skip
            pairs.append((sent_for, typed_at, sent, typed, person))
    await app_client.deliver()

    opened = {
        (sent_for, typed_at)
        for sent_for, typed_at, _, typed, person in pairs
        if (await guess(app_client.client, typed, person.phone.inbox[0].code))["valid"]
    }

    assert opened == {(purpose, purpose) for purpose in Purpose}


@covers("T-09", "T-08")
async def test_a_code_typed_at_another_challenge_of_the_same_person_is_wrong(
    app_client: Simulation,
):
    alice = app_client.person("alice")
    first = await start(app_client.client, alice.phone, account=alice.account)
    app_client.clock.advance(timedelta(minutes=1))
    second = await start(app_client.client, alice.phone, account=alice.account)
    await app_client.deliver()
    code_of_first, code_of_second = (message.code for message in alice.phone.inbox)

    crossed = [
        await guess(app_client.client, first, code_of_second),
        await guess(app_client.client, second, code_of_first),
    ]
    right = await guess(app_client.client, first, code_of_first)
    closed = await guess(app_client.client, second, code_of_second)

    assert [one["reason"] for one in crossed] == ["wrong_code"] * 2
    assert right["valid"]
    assert closed["reason"] == "superseded"


@covers("T-28")
@pytest.mark.parametrize(
    "change",
    [
        "purpose = 'recovery'",
        "account_key = sha256('another')",
        "ledger_keys[1] = sha256('another')",
        "mac = (SELECT mac FROM verification.verification WHERE id = $2)",
        "mac = NULL",
    ],
)
async def test_a_proof_moved_within_the_database_opens_nothing(app_client: Simulation, change: str):
    alice, mallory = app_client.person("alice"), app_client.person("mallory")
    victims = await start(app_client.client, alice.phone)
    mallorys = await start(app_client.client, mallory.phone)
    await app_client.deliver()
    code = (mallory if "$2" in change else alice).phone.inbox[-1].code
    await app_client.db.execute(
        f"UPDATE verification.verification SET {change} "  # noqa: S608 (a list of our own)
        "WHERE id = $1 AND $2::uuid IS NOT NULL",
        parse("ver", victims),
        parse("ver", mallorys),
    )

    assert (await guess(app_client.client, victims, code))["reason"] == "wrong_code"


@covers("T-28", "T-09")
async def test_a_proof_moved_to_the_same_persons_other_challenge_opens_nothing(
    app_client: Simulation,
):
    alice = app_client.person("alice")
    first = await start(app_client.client, alice.phone, account=alice.account)
    app_client.clock.advance(timedelta(minutes=1))
    second = await start(app_client.client, alice.phone, account=alice.account)
    await app_client.deliver()
    await app_client.db.execute(
        """UPDATE verification.verification AS v SET mac = other.mac
        FROM verification.verification AS other WHERE v.id = $1 AND other.id = $2""",
        parse("ver", first),
        parse("ver", second),
    )
    moved = alice.phone.inbox[1].code

    assert (await guess(app_client.client, first, moved))["reason"] == "wrong_code"
    assert (await guess(app_client.client, second, moved))["valid"]


@covers("T-28")
async def test_only_the_right_code_of_the_right_length_is_right(app_client: Simulation):
    alice = app_client.person("alice")
    challenge = await start(app_client.client, alice.phone)
    await app_client.deliver()
    code = alice.phone.inbox[-1].code

    for other in (f"{code}0000", wrong(code)):
        assert (await guess(app_client.client, challenge, other))["reason"] == "wrong_code"
    assert (await guess(app_client.client, challenge, f" {code[:4]}-{code[4:]} "))["valid"]


@covers("T-08")
@pytest.mark.parametrize(("method", "step"), [
    ("POST", "/check"), ("POST", "/resend"), ("POST", "/cancel"), ("GET", ""),
])  # fmt: skip
async def test_another_brands_challenge_is_as_unknown_as_any(
    app_client: Simulation, method: str, step: str
):
    alice = app_client.person("alice")
    challenge = await start(app_client.client, alice.phone)
    await app_client.deliver()
    code = alice.phone.inbox[-1].code
    nobodys = show("ver", parse("msg", alice.phone.inbox[-1].id) or pytest.fail("no id"))
    _, others_key = await make_brand(app_client.db, app_client.clock())
    others = {"Authorization": f"Bearer {others_key}"}
    body = {"code": code} if step == "/check" else None

    answers = [
        await app_client.client.request(
            method, f"/v1/verifications/{one}{step}", json=body, headers=others
        )
        for one in (challenge, nobodys)
    ]

    told = [{**answer.json(), "instance": ""} for answer in answers]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert told[0] == told[1]
    assert (await guess(app_client.client, challenge, code))["valid"]


NO_IDS = [
    "ver_", "ver", "0", "ver_00000000000000000000000000", "msg_01kjwbg7g0egq9tkbk9kpkw24e",
    "01kjwbg7-g0eg-q9tk-bk9k-pkw24e000000", "ver_01kjwbg7g0egq9tkbk9kpkw24", "%00", "ver_%0d%0a",
    "..%2f..%2fhealthz", "ver_" + "a" * 5000, "ver_'; DROP TABLE verification.verification; --",
    "null", "*", "%F0%9F%92%A9",
]  # fmt: skip


async def test_an_id_that_cannot_be_is_unknown(app_client: Simulation):
    for name in NO_IDS:
        path = f"/v1/verifications/{name}"
        answers = [
            await app_client.client.get(path),
            await app_client.post(f"{path}/check", {"code": "12345678"}),
            await app_client.post(f"{path}/resend"),
            await app_client.post(f"{path}/cancel"),
        ]

        assert {answer.status_code for answer in answers} == {404}, name
        assert {one.headers["content-type"] for one in answers} == {"application/problem+json"}


async def test_a_code_without_a_challenge_is_looked_at_nowhere(app_client: Simulation):
    alice = app_client.person("alice")
    challenge = await start(app_client.client, alice.phone)
    await app_client.deliver()
    code = alice.phone.inbox[-1].code

    answers = [
        await app_client.post(path, {"code": code})
        for path in ("/v1/verifications/check", "/v1/verifications//check", "/v1/check")
    ]

    assert {answer.status_code for answer in answers} <= {404, 405}
    assert (await app_client.client.get(f"/v1/verifications/{challenge}")).json()[
        "checks_left"
    ] == 3
