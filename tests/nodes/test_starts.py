"""What begins flows besides the API: failed sign-ins, dates, set times, events, audiences."""

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from sparekey import flows, jobs
from sparekey.nodes.service import dates
from tests.flows.drawing import Drawn
from tests.flows.test_api import body, go_live
from tests.recovery.steps import OLD_PASSWORD, enrol, sign_in
from tests.world.cast import Person
from tests.world.simulated import Simulation

#: What is handed over shows that it began.
TICKET: Drawn = {
    "ticket": ("hand_to_support", {"topic": "other"}, {"handed": "end"}),
    "end": ("finish", {"outcome": "begun"}, {}),
}
_WRONG = "certainly not the password"


def starting(kind: str, **settings: Any) -> Drawn:
    """A flow that opens a ticket whenever it is started."""
    return {"begin": (kind, settings, {"then": "ticket"}), **TICKET}


async def customer(simulation: Simulation, name: str = "alice", **fields: Any) -> Person:
    """Somebody with an account."""
    person = simulation.person(name)
    await enrol(simulation.client, person, **fields)
    return person


async def tickets(simulation: Simulation) -> int:
    """How many runs have begun."""
    return (await simulation.db.fetchrow("SELECT coalesce(sum(runs), 0) FROM support.ticket"))[0]


async def do(simulation: Simulation, kind: str) -> None:
    """Have a job done that is done at set times."""
    at = simulation.clock()
    await jobs.queue(simulation.db, kind=kind, payload={}, due_at=at, at=at)
    while await simulation.work():
        pass


async def fail(simulation: Simulation, person: Person, times: int) -> None:
    """Try wrong passwords, as the company's own check reports them."""
    for _ in range(times):
        report = {"identifier": person.email.address, "outcome": "wrong"}
        assert (await simulation.post("/v1/sign-ins/reports", report)).status_code == 204
    await simulation.deliver()


async def move_to(simulation: Simulation, moment: datetime) -> None:
    """Let it be this moment."""
    await simulation.wait(moment - simulation.clock())


async def test_failed_sign_ins_are_told_once_a_day(app_client: Simulation) -> None:
    await go_live(app_client.client, starting("start_failed_sign_ins", failures=5), "tries")
    alice = await customer(app_client)

    await fail(app_client, alice, 4)
    few = await tickets(app_client)
    await fail(app_client, alice, 3)
    enough = await tickets(app_client)
    await app_client.wait(timedelta(hours=20))
    await fail(app_client, alice, 3)
    same_day = await tickets(app_client)
    await app_client.wait(timedelta(hours=25))
    await fail(app_client, alice, 6)

    assert (few, enough, same_day) == (0, 1, 1)
    assert await tickets(app_client) == 2


async def test_a_right_password_takes_the_failures_back_and_strangers_start_nothing(
    app_client: Simulation,
) -> None:
    await go_live(app_client.client, starting("start_failed_sign_ins", failures=3), "tries")
    alice, nobody = await customer(app_client), app_client.person("nobody")

    for password in (_WRONG, OLD_PASSWORD, OLD_PASSWORD, _WRONG, OLD_PASSWORD):
        await sign_in(app_client.client, alice.email.address, password)
    await app_client.deliver()
    await fail(app_client, nobody, 6)
    before = await tickets(app_client)
    await sign_in(app_client.client, alice.email.address, _WRONG)
    await app_client.deliver()

    assert before == 0
    assert await tickets(app_client) == 1


async def test_the_warning_has_an_allowance_that_recoveries_do_not_use(
    app_client: Simulation,
) -> None:
    await go_live(app_client.client, starting("start_failed_sign_ins", failures=3), "tries")
    alice = await customer(app_client)
    for _ in range(6):
        await app_client.post("/v1/recoveries", {"identifier": alice.email.address})
        await app_client.wait(timedelta(minutes=5))
        await app_client.deliver()

    await fail(app_client, alice, 3)

    assert await tickets(app_client) == 1


async def test_a_set_time_begins_once_and_never_for_the_time_before_it_was_published(
    app_client: Simulation,
) -> None:
    morning = app_client.clock().replace(hour=10, minute=0) + timedelta(days=1)
    await move_to(app_client, morning)
    await go_live(app_client.client, starting("start_schedule", cron="0 9 * * *"), "daily")

    await do(app_client, "nodes.schedule")
    at_once = await tickets(app_client)
    await move_to(app_client, morning + timedelta(hours=23, seconds=5))
    for _ in range(3):
        await do(app_client, "nodes.schedule")
    next_day = await tickets(app_client)
    await move_to(app_client, morning + timedelta(days=4, hours=1))
    await do(app_client, "nodes.schedule")

    assert (at_once, next_day) == (0, 1)
    assert await tickets(app_client) == 2


async def test_two_workers_at_a_set_time_begin_it_once(app_client: Simulation) -> None:
    await go_live(app_client.client, starting("start_schedule", cron="0 9 * * *"), "daily")
    await app_client.wait(timedelta(days=1))

    await asyncio.gather(
        *(dates.look_for_set_times(app_client.db, at=app_client.clock()) for _ in range(4))
    )
    await app_client.deliver()

    assert await tickets(app_client) == 1


async def test_an_event_begins_a_flow_for_its_account(app_client: Simulation) -> None:
    await go_live(app_client.client, starting("start_event", event="account.locked"), "locked")
    alice, carol = await customer(app_client), await customer(app_client, "carol")

    for _ in range(2):  # the second changes nothing, and so says nothing
        await app_client.post(f"/v1/accounts/{alice.account}/lock", {"reason": "lost phone"})
    await app_client.post(f"/v1/accounts/{carol.account}/disable", {"reason": "moved away"})
    await app_client.deliver()

    assert await tickets(app_client) == 1


async def test_what_no_flow_waits_for_queues_no_job(app_client: Simulation) -> None:
    alice = await customer(app_client)

    await app_client.post(f"/v1/accounts/{alice.account}/lock", {"reason": "lost phone"})

    kinds = await app_client.db.fetch("SELECT kind FROM jobs.job")
    assert "nodes.happened" not in {row["kind"] for row in kinds}


async def test_an_event_told_twice_begins_one_run(app_client: Simulation) -> None:
    await go_live(app_client.client, starting("start_event", event="account.locked"), "locked")
    alice = await customer(app_client)
    await app_client.post(f"/v1/accounts/{alice.account}/lock", {"reason": "lost phone"})
    told = "SELECT payload FROM jobs.job WHERE kind = 'nodes.happened'"
    payload = jobs_payload((await app_client.db.fetchrow(told))[0])
    await app_client.deliver()

    await app_client.wait(timedelta(hours=1))
    at = app_client.clock()
    await jobs.queue(app_client.db, kind="nodes.happened", payload=payload, due_at=at, at=at)
    await app_client.deliver()

    assert await tickets(app_client) == 1


async def test_many_are_counted_begun_at_their_rate_and_none_twice(app_client: Simulation) -> None:
    settings = {"per_hour": 120, "where": {"language": ["de"], "verified_phone": ["no"]}}
    await go_live(app_client.client, starting("start_audience", **settings), "news")
    for number in range(5):
        await customer(app_client, f"german{number}", reach="email", locale="de-AT")
    await customer(app_client, "with_phone", locale="de")
    await customer(app_client, "english", reach="email", locale="en")

    count = (await app_client.post("/v1/flows/news/audiences/count")).json()
    none_begun = await tickets(app_client)
    made = (await app_client.post("/v1/flows/news/audiences")).json()
    await app_client.deliver()
    at_first = await tickets(app_client)
    for _ in range(4):
        await app_client.wait(timedelta(minutes=1))
        await app_client.deliver()
    told = (await app_client.client.get(f"/v1/audiences/{made['id']}")).json()

    assert (count["accounts"], count["seconds"], none_begun) == (5, 150, 0)
    assert at_first == 2
    assert (told["state"], told["begun"], told["spared"]) == ("done", 5, 0)
    assert await tickets(app_client) == 5


async def test_a_list_names_accounts_and_whoever_is_unknown_is_spared(
    app_client: Simulation,
) -> None:
    await go_live(app_client.client, starting("start_audience", per_hour=6000), "news")
    people = [await customer(app_client, f"person{number}") for number in range(3)]
    named = {"accounts": [*(one.account for one in people), "nobody", people[0].account]}

    count = (await app_client.post("/v1/flows/news/audiences/count", named)).json()
    made = (await app_client.post("/v1/flows/news/audiences", named)).json()
    await app_client.deliver()
    told = (await app_client.client.get(f"/v1/audiences/{made['id']}")).json()

    assert (count["accounts"], count["unknown"]) == (3, 2)
    assert (told["state"], told["begun"], told["spared"]) == ("done", 3, 2)
    assert await tickets(app_client) == 3
    left = await app_client.db.fetchrow("SELECT count(*) FROM nodes.invited")
    assert left[0] == 0


async def test_a_batch_that_is_done_again_begins_nobody_again(app_client: Simulation) -> None:
    await go_live(app_client.client, starting("start_audience", per_hour=6000), "news")
    for number in range(3):
        await customer(app_client, f"person{number}")
    made = (await app_client.post("/v1/flows/news/audiences")).json()
    await app_client.deliver()
    await app_client.db.execute(  # its worker died before it could write down how far it came
        "UPDATE nodes.audience SET turn = 0, state = 'running', begun = 0, last = NULL"
    )

    told = "SELECT id FROM nodes.audience"
    audience = (await app_client.db.fetchrow(told))[0]
    at = app_client.clock()
    payload = {"audience": str(audience), "turn": 0}
    for _ in range(2):
        await jobs.queue(app_client.db, kind="nodes.audience", payload=payload, due_at=at, at=at)
    await app_client.deliver()
    shown = (await app_client.client.get(f"/v1/audiences/{made['id']}")).json()

    assert (shown["begun"], shown["spared"]) == (3, 0)
    assert await tickets(app_client) == 3


async def test_an_audience_that_is_stopped_begins_nobody_any_more(app_client: Simulation) -> None:
    await go_live(app_client.client, starting("start_audience", per_hour=60), "news")
    for number in range(3):
        await customer(app_client, f"person{number}")
    made = (await app_client.post("/v1/flows/news/audiences")).json()
    await app_client.deliver()

    stopped = await app_client.post(f"/v1/audiences/{made['id']}/stop")
    await app_client.wait(timedelta(minutes=5))
    await app_client.deliver()

    assert stopped.json()["state"] == "stopped"
    assert await tickets(app_client) == 1


async def test_starts_count_against_the_runs_of_an_account(app_client: Simulation) -> None:
    waiting: Drawn = {
        "begin": ("start_audience", {}, {"then": "wait"}),
        "api": ("start_api", {}, {"then": "wait"}),
        "wait": ("wait", {"seconds": 86400}, {"then": "end"}),
        "end": ("finish", {"outcome": "over"}, {}),
    }
    await go_live(app_client.client, waiting, "news")
    alice = await customer(app_client)
    for _ in range(flows.Door.COMPANY.most):
        await app_client.post("/v1/flows/news/runs", {"account": alice.account})

    made = (await app_client.post("/v1/flows/news/audiences")).json()
    await app_client.deliver()
    told = (await app_client.client.get(f"/v1/audiences/{made['id']}")).json()

    assert (told["begun"], told["spared"]) == (0, 1)


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ({"shoe_size": ["44"]}, "audience.field"),
        ({"verified_phone": ["perhaps"]}, "audience.value"),
    ],
)
async def test_what_no_filter_can_ask_is_not_published(
    app_client: Simulation, where: dict[str, list[str]], code: str
) -> None:
    await app_client.post("/v1/flows", body(starting("start_audience", where=where), "news"))

    refused = await app_client.post("/v1/flows/news/publish", {"reason": "hurry"})

    assert refused.status_code == 422
    assert code in refused.text


def jobs_payload(stored: Any) -> dict[str, Any]:
    """A job's payload as it was queued."""
    return json.loads(stored) if isinstance(stored, str) else stored
