"""Back in without a browser: a phone, the company's number, and servers that run by themselves."""

import asyncio
import re
import secrets
from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import pytest

from sparekey.flows import ready
from tests.journeys.conftest import site_on
from tests.journeys.steps import call
from tests.world.cast import Handset, Person, Received, fresh_number, new_person
from tests.world.deployment import Deployment
from tests.world.postgres import Cluster
from tests.world.waiting import until

_SECRET = re.compile(r"^([0-9A-Z]{4} ){3}[0-9A-Z]{4}\b")
_OLD = "seven quiet lamps by a river"
_ROWS = """
SELECT count(*) FILTER (WHERE is_decoy) AS decoys, count(*) AS messages
FROM outbox.message WHERE brand_id = $1
"""
_LEFT = """
SELECT (SELECT count(*) FROM jobs.job WHERE parked_at IS NULL)
    + (SELECT count(*) FROM outbox.message WHERE brand_id = $1 AND state IN ('queued', 'sending'))
"""
_NUMBERS = 1_000


@pytest.fixture(scope="module")
def drawn(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A company that has drawn all three ways back in."""
    with site_on(postgres, tmp_path_factory.mktemp("drawn")) as made:
        for name in ("reset_by_text", "reset_by_code"):
            document = msgspec.to_builtins(ready.document(name))
            call(made, "POST", "/v1/flows", {"document": document})
            call(made, "POST", f"/v1/flows/{name}/publish", {"reason": "first words"})
        yield made


def enrolled(site: Deployment, name: str, **fields: Any) -> Person:
    """A customer with a phone and a password."""
    person = new_person(name, site)
    addresses = [{"kind": "phone", "value": str(person.phone), "verified": True}]
    body = {"password": _OLD, "addresses": addresses, "username": person.account, **fields}
    call(site, "PUT", f"/v1/accounts/{person.account}", body)
    return person


def texted(site: Deployment, sender: object, text: str) -> None:
    """Somebody texts the company's number."""
    body = {"from": str(sender), "to": "Acme", "text": text}
    call(site, "POST", "/v1/sandbox/replies", body)


def code_at(phone: Handset) -> str:
    """The code that comes, waited for."""

    def codes() -> list[Received]:
        return [one for one in phone.inbox if re.match(r"[0-9]{3} ", one.text)]

    return until(codes, within=10)[-1].code


def secret_at(phone: Handset) -> str:
    """The secret that comes, waited for."""

    def secrets_() -> list[Received]:
        return [one for one in phone.inbox if _SECRET.match(one.text)]

    return until(secrets_, within=10)[-1].text[:19].replace(" ", "")


def signed_in(site: Deployment, person: Person, password: str) -> str:
    """What a sign-in comes to."""
    body = {"identifier": person.account, "password": password}
    return call(site, "POST", "/v1/sign-ins", body)["outcome"]


def test_reset_by_text_alone(drawn: Deployment):
    alice = enrolled(drawn, "alice")

    texted(drawn, alice.phone, "RESET")
    texted(drawn, alice.phone, code_at(alice.phone))
    secret = secret_at(alice.phone)

    assert signed_in(drawn, alice, _OLD) == "wrong"
    assert signed_in(drawn, alice, secret) == "must_change"
    assert signed_in(drawn, alice, secret) == "wrong"


def test_reset_by_code_on_a_page_beside_it(drawn: Deployment):
    alice = enrolled(drawn, "alice")

    asked = call(drawn, "POST", "/v1/recoveries", {"identifier": str(alice.phone)})["id"]
    proof = {"code": alice.phone.next().code}
    grant = call(drawn, "POST", f"/v1/recoveries/{asked}/proofs", proof)["grant"]
    new = {"grant": grant, "password": "nine loud kettles on the moor"}
    call(drawn, "POST", f"/v1/recoveries/{asked}/password", new)

    assert signed_in(drawn, alice, "nine loud kettles on the moor") == "ok"


def test_a_code_of_a_page_does_not_pass_by_text(drawn: Deployment):
    alice = enrolled(drawn, "alice")

    asked = call(drawn, "POST", "/v1/recoveries", {"identifier": str(alice.phone)})["id"]
    code = alice.phone.next().code
    texted(drawn, alice.phone, code)
    proven = call(drawn, "POST", f"/v1/recoveries/{asked}/proofs", {"code": code})

    assert proven["status"] == "proven"


async def test_a_thousand_forged_numbers_hold_up_nobody(drawn: Deployment):
    alice = enrolled(drawn, "alice")
    numbers = {fresh_number() for _ in range(_NUMBERS)}
    body = [
        ("/v1/sandbox/replies", {"from": number, "to": "Acme", "text": "RESET"})
        for number in numbers
    ]
    async with drawn.database() as db:
        before = await db.fetchrow(_ROWS, drawn.brand.id)
        answers = [
            answer
            for first in range(0, len(body), 50)
            for answer in await drawn.at_once(body[first : first + 50])
        ]
        code = await asyncio.to_thread(_code_of_a_page, drawn, alice)
        for _ in range(1200):
            if not (await db.fetchrow(_LEFT, drawn.brand.id))[0]:
                break
            await asyncio.sleep(0.05)
        after = await db.fetchrow(_ROWS, drawn.brand.id)

    assert {answer.status for answer in answers} == {201}
    assert len(code) >= 8
    assert after["messages"] - before["messages"] == 2 * len(numbers) + 1
    assert after["decoys"] - before["decoys"] == len(numbers)


def _code_of_a_page(site: Deployment, person: Person) -> str:
    call(site, "POST", "/v1/recoveries", {"identifier": str(person.phone)})
    return person.phone.next(within=5).code


def test_a_forged_reset_costs_its_owner_three_texts_a_day_and_no_door(drawn: Deployment):
    alice = enrolled(drawn, "alice")

    for _ in range(3):
        texted(drawn, alice.phone, "RESET")
        texted(drawn, alice.phone, f"{secrets.randbelow(10**10):010d}")
    code_at(alice.phone)
    asked = httpx.post(
        f"{drawn.servers[0].url}/v1/recoveries",
        json={"identifier": str(alice.phone)},
        headers=drawn.authorization,
    )

    assert asked.status_code == 202
    assert signed_in(drawn, alice, _OLD) == "ok"
