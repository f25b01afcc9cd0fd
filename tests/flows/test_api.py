"""Flows through the API alone: drawn, tried, published, started, watched, and put right."""

from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from sparekey import flows
from tests.flows.drawing import ASKING, Drawn, drawn
from tests.recovery.steps import enrol
from tests.world.simulated import Simulation


def body(nodes: Drawn = ASKING, name: str = "asking") -> dict[str, Any]:
    """The body that carries a drawing."""
    return {"document": msgspec.to_builtins(drawn(nodes, name))}


@pytest.fixture
def api(app_client: Simulation) -> httpx.AsyncClient:
    return app_client.client


async def go_live(api: httpx.AsyncClient, nodes: Drawn = ASKING, name: str = "asking") -> None:
    """Make a flow and publish it."""
    made = await api.post("/v1/flows", json=body(nodes, name))
    assert made.status_code == 201, made.text
    published = await api.post(f"/v1/flows/{name}/publish", json={"reason": "first words"})
    assert published.status_code == 201, published.text


async def test_a_flow_is_drawn_published_and_lived_through(app_client: Simulation) -> None:
    api, alice = app_client.client, app_client.person("alice")
    await enrol(api, alice)
    await go_live(api)

    started = await api.post("/v1/flows/asking/runs", json={"account": alice.account})
    await app_client.wait(timedelta(hours=1))
    await app_client.deliver()
    counts = (await api.get("/v1/flows/asking/counts")).json()
    await app_client.wait(timedelta(minutes=1))
    await app_client.deliver()
    ended = (await api.get("/v1/flows/asking/counts")).json()

    told = (await api.get(f"/v1/runs/{started.json()['id']}")).json()

    assert started.status_code == 201
    assert (told["status"], told["outcome"]) == ("ended", "unknown")
    assert told["path"][-1] == {"node": "later", "exit": "then"}
    assert started.json()["id"].startswith("run_")
    assert {one["node"]: one["waiting"] for one in counts["nodes"]}["later"] == 1
    assert ended["outcomes"] == {"unknown": 1}


async def test_a_draft_is_changed_only_by_who_has_read_it(api: httpx.AsyncClient) -> None:
    made = await api.post("/v1/flows", json=body())
    etag = made.headers["etag"]

    first = await api.put("/v1/flows/asking", json=body(), headers={"If-Match": etag})
    second = await api.put("/v1/flows/asking", json=body(), headers={"If-Match": etag})
    without = await api.put("/v1/flows/asking", json=body())

    assert (first.status_code, first.headers["etag"]) == (200, '"2"')
    assert (second.status_code, second.json()["code"]) == (409, "flow.changed")
    assert second.json()["changed_by"].startswith("key_")
    assert without.status_code == 428


async def test_a_wrong_draft_is_kept_and_not_published(api: httpx.AsyncClient) -> None:
    nodes = {**ASKING, "later": ("wait", {"seconds": 60}, {"then": "nowhere"})}
    await api.post("/v1/flows", json=body(nodes))

    validated = (await api.post("/v1/flows/asking/validate")).json()
    published = await api.post("/v1/flows/asking/publish", json={"reason": "hurry"})

    assert validated["may_publish"] is False
    assert [(one["node"], one["code"]) for one in validated["findings"]] == [
        ("later", "exit.dangling"),
        ("later", "node.endless"),
    ]
    assert (published.status_code, published.json()["code"]) == (422, "flow.refused")


async def test_a_try_tells_path_and_messages_and_is_kept(api: httpx.AsyncClient) -> None:
    await api.post("/v1/flows", json=body())
    script = {"moves": [{"after": 30, "reply": "fine"}]}

    tried = (await api.post("/v1/flows/asking/try", json={"script": script})).json()
    kept = await api.put("/v1/flows/asking/cases/fine", json={"script": script})
    cases = (await api.get("/v1/flows/asking/cases")).json()
    dropped = await api.delete("/v1/flows/asking/cases/fine")

    assert (tried["outcome"], tried["seconds"]) == ("well", 30)
    assert [(one["node"], one["exit"]) for one in tried["path"]] == [
        ("begin", "then"),
        ("ask", "well"),
    ]
    assert kept.status_code == 200
    assert [(one["name"], one["outcome"]) for one in cases["data"]] == [("fine", "well")]
    assert dropped.status_code == 204


async def test_what_differs_and_the_way_back(api: httpx.AsyncClient) -> None:
    await go_live(api)
    other = {**ASKING, "later": ("wait", {"seconds": 90}, {"then": "bad"})}
    await api.put("/v1/flows/asking", json=body(other), headers={"If-Match": '"1"'})

    diff = (await api.get("/v1/flows/asking/diff")).json()["data"]
    await api.post("/v1/flows/asking/publish", json={"reason": "longer"})
    back = await api.post("/v1/flows/asking/live", json={"version": 1, "reason": "too long"})
    versions = (await api.get("/v1/flows/asking/versions")).json()["data"]
    flow = (await api.get("/v1/flows")).json()["data"][0]

    assert diff == [{"node": "later", "field": "settings.seconds", "before": 60, "after": 90}]
    assert back.json()["number"] == 1
    assert [(one["number"], one["ended_for"]) for one in versions] == [(2, "too long"), (1, None)]
    assert flow["live_version"] == 1


async def test_the_schema_describes_every_node_and_the_document(api: httpx.AsyncClient) -> None:
    schema = (await api.get("/v1/flow-schema")).json()
    nodes = (await api.get("/v1/flow-nodes")).json()

    assert [one["kind"] for one in nodes["data"]] == list(flows.registry.names())
    assert nodes["broken"] == {}
    assert len(schema["$defs"]["Placed"]["allOf"]) == len(nodes["data"])


async def test_another_brand_sees_nothing_of_it(
    app_client: Simulation, api: httpx.AsyncClient
) -> None:
    from tests.world.deployment import make_brand

    await go_live(api)
    _, key = await make_brand(app_client.db, app_client.clock())
    theirs = {"Authorization": f"Bearer {key}"}

    listed = await api.get("/v1/flows", headers=theirs)
    read = await api.get("/v1/flows/asking", headers=theirs)
    live = {"version": 1, "reason": "mine now"}
    taken = await api.post("/v1/flows/asking/live", json=live, headers=theirs)

    assert listed.json()["data"] == []
    assert (read.status_code, taken.status_code) == (404, 404)


async def test_a_stuck_run_is_shown_retried_and_skipped(app_client: Simulation) -> None:
    api, alice = app_client.client, app_client.person("alice")
    await enrol(api, alice)
    nodes: Drawn = {
        "begin": ("start_api", {}, {"then": "wait"}),
        "wait": ("wait", {"seconds": 5}, {"then": "jump"}),
        "jump": ("jump", {"flow": "asking"}, {}),
    }
    await go_live(api)
    await go_live(api, nodes, "leaving")
    await app_client.db.execute("UPDATE flows.flow SET live_version = NULL WHERE name = 'asking'")
    await api.post("/v1/flows/leaving/runs", json={"account": alice.account})
    await app_client.wait(timedelta(seconds=5))
    await app_client.deliver()

    stuck = (await api.get("/v1/runs/stuck")).json()["data"]
    run = stuck[0]["id"]
    retried = await api.post(f"/v1/runs/{run}/retry")
    await app_client.deliver()
    again = (await api.get("/v1/runs/stuck")).json()["data"]
    skipped = await api.post(f"/v1/runs/{run}/skip", json={"exit": "nowhere"})

    told = (await api.get(f"/v1/runs/{run}")).json()

    assert (told["status"], told["node"], told["reason"]) == ("parked", "wait", "jump.nowhere")
    assert [(one["flow"], one["reason"]) for one in stuck] == [("leaving", "jump.nowhere")]
    assert retried.status_code == 204
    assert [one["id"] for one in again] == [run]
    assert (skipped.status_code, skipped.json()["code"]) == (422, "flow.exit_unknown")


@pytest.mark.parametrize(
    "script",
    [
        {"begins_at": "2026-03-04T12:00:00"},
        {"begins_at": "0001-01-01T00:00:00Z"},
        {"begins_at": "9999-12-31T00:00:00Z"},
        {"moves": [{"after": -1}]},
        {"moves": [{"after": 1, "dance": True}]},
        {"moves": [{"after": 0}] * 101},
        {"faults": ["earthquake"]},
        {"facts": {"To": "+447700900123"}},
    ],
)
async def test_a_script_that_makes_no_sense_is_refused(
    api: httpx.AsyncClient, script: dict[str, Any]
) -> None:
    await api.post("/v1/flows", json=body())

    answer = await api.post("/v1/flows/asking/try", json={"script": script})

    assert (answer.status_code, answer.json()["code"]) == (400, "request.invalid_field")


async def test_a_wrong_drawing_is_not_tried(api: httpx.AsyncClient) -> None:
    nowhere = {"opens": "08:00", "closes": "09:00", "seconds": 60, "time_zone": "America"}
    nodes = {**ASKING, "later": ("wait", nowhere, {"then": "bad"})}
    await api.post("/v1/flows", json=body(nodes))

    answer = await api.post("/v1/flows/asking/try", json={})

    assert (answer.status_code, answer.json()["code"]) == (422, "flow.refused")
    assert [one["code"] for one in answer.json()["findings"]] == ["wait.zone"]


async def test_a_flow_whose_first_step_nobody_carries_out_does_not_begin(
    app_client: Simulation,
) -> None:
    api, alice = app_client.client, app_client.person("alice")
    await enrol(api, alice)
    nodes: Drawn = {
        "begin": ("start_api", {}, {"then": "unlock"}),
        "unlock": ("jump", {"flow": "asking"}, {}),
    }
    await go_live(api)
    await go_live(api, nodes, "leaving")
    await app_client.db.execute("UPDATE flows.flow SET live_version = NULL WHERE name = 'asking'")

    answer = await api.post("/v1/flows/leaving/runs", json={"account": alice.account})

    assert (answer.status_code, answer.json()["code"]) == (422, "flow.cannot_begin")
    assert (await app_client.db.fetchrow("SELECT count(*) FROM flows.run"))[0] == 0


async def test_an_account_is_not_sent_through_more_than_so_many_flows_at_a_time(
    app_client: Simulation,
) -> None:
    api, alice = app_client.client, app_client.person("alice")
    await enrol(api, alice)
    await go_live(api)

    most = flows.Door.COMPANY.most
    answers = [
        await api.post("/v1/flows/asking/runs", json={"account": alice.account})
        for _ in range(most + 1)
    ]

    assert [answer.status_code for answer in answers] == [201] * most + [429]
