"""Every later step of a recovery takes what belongs to this recovery, brand and account alone."""

import json
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.attacks.register import covers
from tests.attacks.test_identifiers import TWO_ADDRESSES
from tests.recovery.steps import (
    at_brand,
    code_of,
    enrol,
    forgot,
    grant_for,
    prove,
    set_password,
    sign_in,
)
from tests.world.cast import Person
from tests.world.simulated import Simulation

#: What a person could type, and a list or a number could not.
_PLAIN = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,254}")


async def person_at(simulation: Simulation, name: str) -> Person:
    made = simulation.person(name)
    await enrol(simulation.client, made)
    return made


@pytest.fixture
async def two(app_client: Simulation) -> tuple[tuple[Person, str], tuple[Person, str]]:
    """Mallory's recovery by link and Alice's by code, both sent."""
    mallory = await person_at(app_client, "mallory")
    alice = await person_at(app_client, "alice")
    by_link = await forgot(app_client.client, mallory.email, channel="email")
    by_code = await forgot(app_client.client, alice.phone)
    await app_client.deliver()
    return (mallory, by_link), (alice, by_code)


Two = tuple[tuple[Person, str], tuple[Person, str]]


@covers("T-08", "T-09")
async def test_the_proof_of_one_is_no_proof_of_another(app_client: Simulation, two: Two):
    (mallory, mallorys), (alice, alices) = two
    api = app_client.client
    token, code = mallory.email.inbox[-1].link_token, alice.phone.inbox[-1].code

    crossed = [
        await prove(api, alices, link_token=token),
        await prove(api, mallorys, code=code),
        await prove(api, alices.replace("rec_", "ver_"), code=code),
        await prove(api, "rec_", code=code),
    ]

    assert {code_of(answer) for answer in crossed} == {"recovery.not_proven"}
    assert await grant_for(api, mallorys, link_token=token)
    assert await grant_for(api, alices, code=code)


@covers("T-08", "T-28")
async def test_a_grant_sets_the_password_of_its_own_account_alone(app_client: Simulation, two: Two):
    (mallory, mallorys), (alice, alices) = two
    api = app_client.client
    grant = await grant_for(api, mallorys, link_token=mallory.email.inbox[-1].link_token)
    own = await grant_for(api, alices, code=alice.phone.inbox[-1].code)
    mixed = grant[:26] + own[26:]

    refused = [
        await set_password(api, alices, grant),
        await set_password(api, alices, mixed),
        await set_password(api, mallorys, mixed),
        await set_password(api, alices, grant[:-1]),
        await set_password(api, alices, f"{own}="),
        await set_password(api, alices, "grt_"),
        await set_password(api, alices, ""),
        await api.post("/v1/grants/redeem", json={"grant": mixed}),
    ]

    assert {code_of(answer) for answer in refused} == {"recovery.grant_refused"}
    assert (await sign_in(api, alice.phone))["outcome"] == "ok"
    assert (await set_password(api, alices, own)).status_code == 200


@covers("T-08", "T-09")
async def test_nothing_of_one_brand_works_at_another(app_client: Simulation, two: Two):
    (mallory, mallorys), (alice, alices) = two
    api, home = app_client.client, app_client.client.headers["Authorization"]
    grant = await grant_for(api, mallorys, link_token=mallory.email.inbox[-1].link_token)
    code = alice.phone.inbox[-1].code
    await at_brand(app_client)
    app_client.clock.advance(timedelta(minutes=1))

    refused = [
        await prove(api, alices, code=code),
        await set_password(api, mallorys, grant),
        await api.post("/v1/grants/redeem", json={"grant": grant}),
        await api.post(f"/v1/recoveries/{alices}/resend", json={}),
        await api.post(f"/v1/recoveries/{alices}/deny"),
    ]
    api.headers["Authorization"] = home

    assert [answer.status_code for answer in refused] == [422, 422, 422, 409, 404]
    assert (await set_password(api, mallorys, grant)).status_code == 200
    assert await grant_for(api, alices, code=code)


@covers("T-06")
async def test_no_later_step_takes_another_account_or_address(app_client: Simulation, two: Two):
    (mallory, _), (alice, alices) = two
    api, path = app_client.client, f"/v1/recoveries/{alices}"
    smuggled: list[dict[str, Any]] = [
        {"account": mallory.account},
        {"identifier": mallory.email.address},
        {"to": mallory.email.address},
        {"purpose": "sign_in"},
    ]
    steps: list[tuple[str, dict[str, Any]]] = [
        ("proofs", {"code": alice.phone.inbox[-1].code}),
        ("password", {"grant": "grt_x", "password": "x" * 20}),
        ("resend", {}),
        ("deny", {}),
    ]

    refused = [
        await api.post(f"{path}/{step}", json={**body, **extra})
        for step, body in steps
        for extra in smuggled
    ]
    await app_client.deliver()

    assert {code_of(answer) for answer in refused} == {"request.invalid_field"}
    assert len(mallory.email.inbox) == 1
    assert await grant_for(api, alices, code=alice.phone.inbox[-1].code)


@covers("T-07")
async def test_tricks_in_an_identifier_reach_nobody(app_client: Simulation):
    victim = app_client.handset("+447400123456")
    thief = app_client.handset("+447911123456")
    for handset in (victim, thief):
        address = {"kind": "phone", "value": handset.address, "verified": True}
        path = f"/v1/accounts/{handset.address[1:]}"
        await app_client.client.put(path, json={"addresses": [address]})

    for trick in TWO_ADDRESSES:
        answer = await app_client.client.post(
            "/v1/recoveries",
            content=json.dumps({"identifier": trick}).encode(),
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code == (
            202 if isinstance(trick, str) and _PLAIN.fullmatch(trick) else 400
        ), ascii(trick)
    await app_client.deliver()

    assert not [*victim.inbox, *thief.inbox]


@covers("T-07")
@pytest.mark.parametrize(
    "body",
    [
        '{"identifier": "a", "identifier": "b"}',
        '{"identifier": "a", "\\u0069dentifier": "b"}',
        '{"identifier": "a", "identifier[]": "b"}',
        '{"identifier": "a", "Identifier": "b"}',
        '{"identifier": "a", "client": {"device": ["x"]}}',
        '{"identifier": "a", "client": {"ip": "192.0.2.1, 192.0.2.2"}}',
        '{"identifier": "a", "client": {"ip": "192.0.2.1", "ip": "192.0.2.2"}}',
        '{"identifier": "a", "channel": "pigeon"}',
        '{"identifier": "a", "locale": "en\\n"}',
        '{"identifier": "a", "return_url": 7}',
        '{"identifier": "a"} {}',
        '["a"]',
    ],
)
async def test_what_two_parsers_could_read_differently_is_refused(
    app_client: Simulation, body: str
):
    answer = await app_client.client.post(
        "/v1/recoveries", content=body, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 400
    assert await app_client.db.fetch("SELECT FROM recovery.recovery") == []


@covers("T-28", "T-12")
@pytest.mark.parametrize(
    "proof",
    [
        {},
        {"code": ""},
        {"code": None},
        {"code": "0"},
        {"code": "٠" * 8},
        {"code": "%"},
        {"code": "00000000", "link_token": "x"},
        {"code": True},
        {"code": ["00000000"]},
        {"link_token": ""},
        {"link_token": "x" * 200},
        {"link_token": "A" * 43},
    ],
    ids=str,
)
async def test_what_is_no_proof_proves_nothing(
    app_client: Simulation, two: Two, proof: dict[str, Any]
):
    _, (_, alices) = two
    answer = await app_client.post(f"/v1/recoveries/{alices}/proofs", proof)

    assert answer.status_code in (400, 422)
    assert code_of(answer) in ("request.invalid_field", "recovery.not_proven")


@covers("T-22", "T-37", "T-38")
async def test_no_answer_but_the_provers_holds_a_proof_or_a_grant(app_client: Simulation):
    alice = await person_at(app_client, "alice")
    api = app_client.client
    api.headers["Idempotency-Key"] = "the-same-for-every-step"
    answers: list[httpx.Response] = []

    async def keep(response: httpx.Response) -> None:
        await response.aread()
        answers.append(response)

    api.event_hooks["response"].append(keep)
    recovery = await forgot(api, alice.phone)
    await app_client.deliver()
    code = alice.phone.inbox[-1].code
    grant = await grant_for(api, recovery, code=code)
    again = await prove(api, recovery, code=code)
    await api.get(f"/v1/recoveries/{recovery}")
    await api.post(f"/v1/recoveries/{recovery}/resend", json={})
    api.event_hooks["response"].clear()
    kept = await app_client.db.fetch("SELECT answer::text FROM http.idempotency")

    told = [answer.text for answer in answers if "/sandbox/" not in str(answer.url)]
    assert again.status_code == 422
    assert sum(grant in text for text in told) == 1
    assert not [text for text in told if re.search(rf"\b{code}\b", text)]
    assert not [row for row in kept if grant in str(row) or code in str(row)]
