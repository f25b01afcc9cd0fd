"""Whoever is named, known or not, open or closed: the same answers, the same rows."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.attacks.books import real_messages, spent_by_the_deployment
from tests.attacks.register import covers
from tests.recovery.steps import enrol, forgot, move, prove
from tests.world.cast import Person
from tests.world.footprints import footprint
from tests.world.simulated import Simulation

#: Nobody; a member; one whose addresses all still wait; a disabled and a locked account; a member
#: for whom strangers have asked too often today.
KINDS = ("stranger", "member", "waiting", "disabled", "locked", "over limit")
_SAME = (
    (re.compile(r"(rec|msg)_[0-9a-z]+"), "<id>"),
    (re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+Z"), "<time>"),
    (re.compile(r"urn:uuid:[0-9a-f-]+"), "<instance>"),
)
_PER_REQUEST = {"x-request-id", "ratelimit"}
MINUTE = timedelta(minutes=1)


def seen(answer: httpx.Response) -> tuple[Any, ...]:
    """All that a caller sees, with ids and times made the same, their lengths kept."""
    text = answer.text
    for pattern, word in _SAME:
        text = pattern.sub(word, text)
    headers = [
        (name, len(value) if name in _PER_REQUEST else value)
        for name, value in answer.headers.items()
    ]
    return answer.status_code, headers, len(answer.content), text


async def somebody(simulation: Simulation, kind: str) -> Person:
    """One of a kind; every kind types names of the same length."""
    api, person = simulation.client, simulation.person("alice")
    if kind == "stranger":
        return person
    await enrol(api, person)
    match kind:
        case "waiting":
            await enrol(api, other := simulation.person("alice"), reach="email")
            await move(api, other, other.phone.address)
            await simulation.deliver()
            return other
        case "disabled":
            await api.post(f"/v1/accounts/{person.account}/disable", json={"reason": "left"})
        case "locked":
            await api.post(f"/v1/accounts/{person.account}/lock", json={"reason": "a call"})
        case "over limit":
            for n in range(6):
                await forgot(api, f"{person.phone}{' ' * (n + 1)}")
                await simulation.deliver()
                await simulation.wait(timedelta(minutes=11))
        case _:
            pass
    return person


async def journey(simulation: Simulation, person: Person) -> Sequence[httpx.Response]:
    """Everything that somebody without a proof can do, in order."""
    api, typed = simulation.client, {"identifier": person.phone.address}
    answers = [await api.post("/v1/recoveries", json=typed)]
    path = f"/v1/recoveries/{answers[0].json()['id']}"

    async def act(step: str, body: object) -> None:
        answers.append(await api.post(f"{path}/{step}", json=body))

    await act("proofs", {"code": "00000000"})
    await simulation.deliver()
    await act("resend", {})
    await act("proofs", {"code": "00000000"})
    await act("proofs", {"code": "not a code"})
    await act("proofs", {"link_token": "A" * 43})
    await act("password", {"grant": f"grt_{'A' * 43}", "password": "long enough to be one"})
    simulation.clock.advance(MINUTE)
    await act("resend", {"channel": "email"})
    await simulation.deliver()
    for _ in range(3):
        await act("proofs", {"code": "11111111"})
    await act("resend", {})
    simulation.clock.advance(MINUTE)
    await act("resend", {"channel": "sms"})
    await simulation.deliver()
    answers.append(await api.post("/v1/recoveries", json=typed))
    await act("deny", {})
    await act("deny", {})
    await act("resend", {})
    answers.append(await api.post("/v1/grants/redeem", json={"grant": f"grt_{'A' * 43}"}))
    await simulation.wait(timedelta(hours=25))
    await act("proofs", {"code": "00000000"})
    await act("deny", {})
    return answers


@covers("T-16", "T-17", "T-19")
async def test_every_step_is_answered_alike_to_the_byte(app_client: Simulation):
    answered: dict[str, list[tuple[Any, ...]]] = {}

    for kind in KINDS:
        person = await somebody(app_client, kind)
        answered[kind] = [seen(answer) for answer in await journey(app_client, person)]

    assert [status for status, *_ in answered["stranger"]] == [
        202, 422, 429, 422, 422, 422, 422, 202, 422, 422, 422, 429, 202, 202, 200, 200, 409, 422,
        422, 200,
    ]  # fmt: skip
    for kind in KINDS:
        assert answered[kind] == answered["stranger"], kind


async def rows_of(simulation: Simulation, person: Person) -> list[dict[str, int]]:
    """What each part of a journey writes, table by table."""
    api = simulation.client
    written: list[dict[str, int]] = []
    before = await footprint(simulation.db)
    recovery = await forgot(api, person.phone)
    written.append(await before.since())
    await simulation.deliver()
    written.append(await before.since())
    for step, body, later in (
        ("proofs", {"code": "00000000"}, timedelta(0)),
        ("proofs", {"code": "11111111"}, MINUTE),
        ("resend", {"channel": "email"}, MINUTE),
        ("proofs", {"link_token": "A" * 43}, timedelta(0)),
        ("resend", {"channel": "sms"}, timedelta(0)),
        ("proofs", {"code": "22222222"}, timedelta(0)),
        ("deny", {}, timedelta(0)),
    ):
        before = await footprint(simulation.db)
        await api.post(f"/v1/recoveries/{recovery}/{step}", json=body)
        written.append(await before.since())
        await simulation.deliver()
        written.append(await before.since())
        simulation.clock.advance(later)
    return written


@covers("T-16", "T-33")
@pytest.mark.parametrize("kind", KINDS[1:-1])
async def test_every_step_writes_the_same_rows(app_client: Simulation, kind: str):
    stranger = await somebody(app_client, "stranger")
    other = await somebody(app_client, kind)

    of_stranger = await rows_of(app_client, stranger)
    of_other = await rows_of(app_client, other)

    assert of_other == of_stranger
    assert of_stranger[1]["sandbox.delivery"] == 1
    assert of_stranger[1]["verification.verification"] == 1


@covers("T-16")
async def test_whole_journeys_leave_as_many_rows_of_a_stranger_as_of_a_member(
    app_client: Simulation,
):
    counts: dict[str, dict[str, int]] = {}
    for kind in ("member", "stranger"):
        person = await somebody(app_client, kind)
        before = await every_table(app_client)
        await journey(app_client, person)
        await app_client.deliver()
        after = await every_table(app_client)
        counts[kind] = {table: after[table] - n for table, n in before.items()}

    for journal in ("events.event", "events.unsealed"):
        assert counts["member"].pop(journal) == counts["stranger"].pop(journal)
    assert counts["member"] == counts["stranger"]
    assert counts["stranger"]["sandbox.delivery"] > 0


async def every_table(simulation: Simulation) -> dict[str, int]:
    """How many rows each table has."""
    tables = await simulation.db.fetch(
        """SELECT format('%I.%I', n.nspname, c.relname) AS name
        FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
            AND n.nspname NOT IN ('pg_catalog', 'information_schema')"""
    )
    counts: dict[str, int] = {}
    for table in tables:
        row = await simulation.db.fetchrow(f"SELECT count(*) AS n FROM {table['name']}")  # noqa: S608 (names come from the catalogue)
        counts[table["name"]] = row["n"]
    return counts


@covers("T-33")
async def test_guesses_at_invented_names_cost_nobody_anything(app_client: Simulation):
    before = await spent_by_the_deployment(app_client.db, app_client.clock())
    for n in range(10):
        recovery = await forgot(app_client.client, f"invented-{n}@mail.example")
        await app_client.deliver()
        for code in ("00000000", "11111111", "22222222"):
            await prove(app_client.client, recovery, code=code)

    assert await spent_by_the_deployment(app_client.db, app_client.clock()) == before
    assert await real_messages(app_client.db, app_client.brand.id) == 0


@covers("T-26", "T-13")
async def test_an_hour_of_starts_from_everywhere_is_three_messages(app_client: Simulation):
    alice = await somebody(app_client, "member")
    statuses: set[int] = set()

    for n in range(240):
        marks = "".join(" -"[int(bit)] for bit in f"{n + 1:b}")
        typed = alice.phone.address[:3] + marks + alice.phone.address[3:]
        body = {"identifier": typed, "client": {"ip": f"198.18.{n}.7"}}
        answer = await app_client.post("/v1/recoveries", body)
        statuses.add(answer.status_code)
        await app_client.deliver()
        for code in ("00000000", "11111111", "22222222"):
            await prove(app_client.client, answer.json()["id"], code=code)
        app_client.clock.advance(timedelta(seconds=15))
    charged = await app_client.db.fetchrow(
        "SELECT sum(charged) AS units FROM verification.verification"
    )

    assert statuses == {202}
    assert (len(alice.phone.inbox), len(alice.email.inbox)) == (4, 1)
    assert charged["units"] == 4 * 3 * 10**7


@covers("T-30")
async def test_resending_for_a_day_sends_no_more_than_starting_would(app_client: Simulation):
    alice = await somebody(app_client, "member")
    recovery = await forgot(app_client.client, alice.phone, channel="email")
    statuses: set[int] = set()
    for _ in range(140):
        await app_client.deliver()
        app_client.clock.advance(timedelta(minutes=10))
        answer = await app_client.post(f"/v1/recoveries/{recovery}/resend", {})
        statuses.add(answer.status_code)

    assert statuses == {202}
    assert len(alice.email.inbox) <= 5


@covers("T-34")
async def test_a_limit_used_up_by_email_does_not_show_by_phone(app_client: Simulation):
    people = [await somebody(app_client, kind) for kind in ("member", "member", "stranger")]
    for _ in range(15):
        await app_client.post("/v1/recoveries", {"identifier": people[0].email.address})
        await app_client.deliver()

    answers = [
        seen(await app_client.post("/v1/recoveries", {"identifier": person.phone.address}))
        for person in people
    ]

    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0] == 202


@covers("T-15")
async def test_the_attackers_own_recovery_clears_nothing_of_the_victims(app_client: Simulation):
    alice = await somebody(app_client, "member")
    mallory = await somebody(app_client, "member")
    api, here = app_client.client, {"client": {"ip": "203.0.113.78"}}
    victims = await forgot(api, alice.phone, **here)
    await app_client.deliver()
    for code in ("00000000", "11111111", "22222222"):
        await prove(api, victims, code=code)
    used = "SELECT key, charged_until FROM guard.ledger WHERE charged_until > $1 ORDER BY key"
    before = await app_client.db.fetch(used, app_client.clock())

    own = await forgot(api, mallory.phone, **here)
    await app_client.deliver()
    proven = await prove(api, own, code=mallory.phone.inbox[-1].code)

    assert proven.status_code == 200
    assert len(before) == 2
    assert await app_client.db.fetch(used, app_client.clock()) == before
