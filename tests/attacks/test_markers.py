"""A code is in its message and nowhere else: not in answers, logs, metrics, events or a dump."""

import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass

import httpx
import pytest

from sparekey.verification import Purpose
from tests.attacks.register import covers
from tests.attacks.requests import start, wrong
from tests.world.cast import new_person
from tests.world.deployment import Deployment
from tests.world.dumps import dump
from tests.world.postgres import Cluster


@dataclass(frozen=True, slots=True)
class Traces:
    """All codes that were sent, and everything that was answered, logged and stored meanwhile."""

    codes: list[str]
    places: dict[str, str]


def forms(code: str) -> Iterable[str]:
    """How a code could stand somewhere: as it is, grouped, as bytes in hex, in base64."""
    yield code
    yield f"{code[:4]} {code[4:8]} {code[8:]}"
    yield code.encode().hex()
    yield b64encode(code.encode()).decode()


def careless_requests(challenge: str, code: str) -> list[tuple[str, bytes]]:
    """A right code typed where it does not belong."""
    check = f"/v1/verifications/{challenge}/check"
    return [
        (check, f'{{"code": "{code}", "code": "{code}"}}'.encode()),
        (check, f'{{"code": ["{code}"]}}'.encode()),
        (check, f'{{"code": "{code}", "{code}": 1}}'.encode()),
        (check, f'{{"code": {code}}}'.encode()),
        (check, f'{{"code": "{code}\\u0000"}}'.encode()),
        (check, f'{{"code": "{code}'.encode()),
        (f"{check}?code={code}", b"{}"),
        (f"/v1/verifications/{code}/check", b'{"code": "1"}'),
        (f"/v1/verifications/ver_{code}/resend", b""),
        (f"/{code}", b""),
        ("/v1/verifications", f'{{"to": "{code}", "purpose": "{code}"}}'.encode()),
        ("/v1/verifications", f'{{"to": "{code}", "purpose": "recovery"}}'.encode()),
        (f"/v1/verifications/{challenge}/{code}", b""),
    ]


async def played(deployment: Deployment, postgres: Cluster) -> Traces:
    """Every kind of message is sent, mistyped, typed carelessly, typed, repeated and sent again."""
    people = [new_person("alice", deployment) for _ in Purpose]
    handsets = [(one, purpose) for person, purpose in zip(people, Purpose, strict=True)
                for one in (person.phone, person.email)]  # fmt: skip
    deployment.servers[0].stop()
    answers: list[httpx.Response] = []
    async with deployment.client(deployment.servers[1]) as api:
        challenges = [
            await start(api, handset, purpose, code_length=12, account=handset.address)
            for handset, purpose in handsets
        ]
    waiting = dump(deployment.database_url, but="sandbox")
    deployment.servers[0].start()
    deployment.servers[0].await_ready()
    codes = [handset.next().code for handset, _ in handsets]
    async with deployment.client() as api:
        for challenge, code in zip(challenges, codes, strict=True):
            check = f"/v1/verifications/{challenge}/check"
            answers += [await api.post(check, json={"code": wrong(code)})]
            answers += [
                await api.post(path, content=body, headers={
                    "Content-Type": "application/json", "Idempotency-Key": code, "X-Trace": code})
                for path, body in careless_requests(challenge, code)
            ]  # fmt: skip
            answers += [await api.post(check, json={"code": code}) for _ in range(2)]
            answers += [await api.get(f"/v1/verifications/{challenge}")]
            answers += [await api.post(f"/v1/verifications/{challenge}/resend")]
        measured = [await api.get("/metrics") for _ in deployment.servers]
    return Traces(
        codes,
        {
            "answers": "\n".join(f"{one.headers} {one.text}" for one in answers),
            "logs": deployment.logs,
            "logs of the database": (postgres.directory / "log").read_text(),
            "metrics": "\n".join(one.text for one in measured),
            "the dump while messages waited": waiting,
            "the dump afterwards": dump(deployment.database_url, but="sandbox"),
        },
    )


@covers("T-22", "T-23")
async def test_no_code_is_anywhere_but_in_its_message(deployment: Deployment, postgres: Cluster):
    traces = await played(deployment, postgres)

    assert len(set(traces.codes)) == 2 * len(Purpose)
    assert {len(code) for code in traces.codes} == {12}
    for place, text in traces.places.items():
        assert len(text) > 100, place
        for code in traces.codes:
            assert not [form for form in forms(code) if form in text], place
    assert '"valid":true' in traces.places["answers"]
    assert "COPY outbox.message" in re.sub(r"_\d+p\d+|_\w*\d{4}\w*", "", traces.places[
        "the dump afterwards"])  # fmt: skip


@covers("T-23")
async def test_a_message_keeps_nothing_once_it_has_gone(deployment: Deployment):
    person = new_person("alice", deployment)
    async with deployment.client() as api:
        await start(api, person.phone)
    person.phone.next()
    await deployment.everything_sent(deployment.brand.id)

    async with deployment.database() as db:
        kept = await db.fetch(
            """SELECT state, sealed IS NULL AS is_wiped, count(*) FROM outbox.message
            WHERE brand_id = $1 GROUP BY 1, 2""",
            deployment.brand.id,
        )
        waiting = await db.fetch("SELECT * FROM outbox.due")

    assert {(row["state"], row["is_wiped"]) for row in kept} == {("sent", True)}
    assert not [row for row in waiting if row["attempts"]]


@covers("T-23")
@pytest.mark.parametrize("name", ["Referer", "Cookie", "User-Agent", "X-Request-Id", "traceparent"])
async def test_no_header_is_written_to_the_log(deployment: Deployment, name: str):
    marker = "771144332255"
    async with deployment.client() as api:
        answers = [
            await api.get(f"/v1/verifications/{marker}", headers={name: f"https://x/?{marker}"}),
            await api.get(f"/l/{marker}", headers={name: marker}),
        ]

    assert answers[0].status_code == 404
    assert marker not in deployment.logs
