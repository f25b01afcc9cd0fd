"""Asking the company's system: signed, outside of transactions, heard as a word or not at all."""

import asyncio
import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from sparekey import flows, jobs
from sparekey.kit import outside
from sparekey.loops import loops, routes_of
from sparekey.nodes.calling import signing_key
from tests.flows.drawing import Drawn, outcome, wake_all
from tests.flows.test_api import go_live
from tests.jobs.conftest import running
from tests.recovery.steps import at_brand, enrol
from tests.world.shop import HANGS, Shop
from tests.world.simulated import Simulation

_PROOFS = "SELECT count(*) FROM verification.verification WHERE brand_id = $1"

ASKING_THEM: Drawn = {
    "begin": ("start_api", {}, {"then": "ask"}),
    "ask": (
        "webhook",
        {"url": "https://shop.example/who", "answers": ["vip"], "seconds": 600},
        {"vip": "vip", "other": "other", "failed": "failed"},
    ),
    **{name: ("finish", {"outcome": name}, {}) for name in ("vip", "other", "failed")},
}


@dataclass
class Theirs:
    """The company's system, as the line to it sees it: what it says, and what it was asked."""

    says: list[outside.Answered | Exception]
    asked: list[tuple[bytes, dict[str, str]]] = field(default_factory=list[Any])

    async def post(self, url: str, body: bytes, *, headers: dict[str, str]) -> outside.Answered:
        self.asked.append((body, headers))
        said = self.says[min(len(self.asked), len(self.says)) - 1]
        if isinstance(said, Exception):
            raise said
        return said


async def lived(
    app_client: Simulation, theirs: Theirs, monkeypatch: pytest.MonkeyPatch
) -> tuple[str | None, str]:
    """How a run ended that asked them, and the account's name there."""
    monkeypatch.setattr(outside, "post", theirs.post)
    alice = app_client.person("alice")
    await enrol(app_client.client, alice)
    await go_live(app_client.client, ASKING_THEM, "asking_them")
    path = "/v1/flows/asking_them/runs"
    started = await app_client.post(path, {"account": alice.account, "facts": {"shop": "leeds"}})
    assert started.status_code == 201, started.text
    for _ in range(6):
        await app_client.deliver()
        await app_client.wait(timedelta(seconds=30))
    run = await app_client.db.fetchrow("SELECT id FROM flows.ended")
    return None if run is None else await outcome(app_client.db, run["id"]), alice.account


def ok(answer: object) -> outside.Answered:
    """They answer."""
    return outside.Answered(200, json.dumps(answer).encode())


@pytest.mark.parametrize(
    ("says", "ends"),
    [
        ([ok({"answer": "vip"})], "vip"),
        ([ok({"answer": "vip", "to": "+15550100", "account": "mallory"})], "vip"),
        ([ok({"answer": "unlock everything"})], "other"),
        ([ok({})], "other"),
        ([outside.Answered(200, b"not json")], "failed"),
        ([outside.Answered(404, b"")], "failed"),
        ([outside.Answered(302, b"")], "failed"),
        ([outside.NotAllowed("private")], "failed"),
        ([outside.Unanswered("slow"), ok({"answer": "vip"})], "vip"),
        ([outside.Answered(503, b""), ok({"answer": "vip"})], "vip"),
        ([outside.Unanswered("slow")], "failed"),
    ],
)
async def test_an_answer_is_a_word_or_nothing(
    says: list[outside.Answered | Exception],
    ends: str,
    app_client: Simulation,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert (await lived(app_client, Theirs(says), monkeypatch))[0] == ends


async def test_a_question_is_signed_and_holds_no_address(
    app_client: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = Theirs([outside.Unanswered("slow"), ok({"answer": "vip"})])
    _, account = await lived(app_client, theirs, monkeypatch)
    (first, one), (_second, two) = theirs.asked
    key = base64.b64decode(signing_key(app_client.keyring, app_client.brand.id)[6:])
    signed = f"{one['webhook-id']}.{one['webhook-timestamp']}.".encode() + first

    right = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()

    assert one["webhook-signature"] == f"v1,{right}"
    assert one["webhook-id"] == two["webhook-id"]
    assert json.loads(first)["data"]["account"] == account
    assert json.loads(first)["data"]["facts"]["shop"] == "leeds"
    assert b"+44" not in first
    assert b"@" not in first


async def test_a_system_that_hangs_holds_up_nobody_else(
    app_client: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = app_client.person("alice"), app_client.person("bob")
    for person in (alice, bob):
        await enrol(app_client.client, person)
    waiting: Drawn = {
        "begin": ("start_api", {}, {"then": "wait"}),
        "wait": ("wait", {"seconds": 1}, {"then": "over"}),
        "over": ("finish", {"outcome": "over"}, {}),
    }
    await go_live(app_client.client, ASKING_THEM, "asking_them")
    await go_live(app_client.client, waiting, "waiting")
    asked = asyncio.Event()

    async def hangs(*_of: object, **_more: object) -> outside.Answered:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(outside, "post", hangs)
    await app_client.post("/v1/flows/asking_them/runs", {"account": alice.account})
    hanging = asyncio.create_task(app_client.work())
    await asked.wait()
    await app_client.post("/v1/flows/waiting/runs", {"account": bob.account})
    await app_client.wait(timedelta(seconds=2))
    await wake_all(flows.waker(app_client.db, app_client.keyring, app_client.clock))
    others = (await app_client.client.get("/v1/flows/waiting/counts")).json()
    await app_client.wait(timedelta(minutes=11))
    await wake_all(flows.waker(app_client.db, app_client.keyring, app_client.clock))
    its_own = (await app_client.client.get("/v1/flows/asking_them/counts")).json()
    hanging.cancel()

    assert others["outcomes"] == {"over": 1}
    assert its_own["outcomes"] == {"failed": 1}


async def test_however_many_hang_recoveries_go_on(
    app_client: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    await go_live(app_client.client, ASKING_THEM, "asking_them")
    is_over = asyncio.Event()

    async def hangs(*_of: object, **_more: object) -> outside.Answered:
        await is_over.wait()
        return ok({"answer": "vip"})

    monkeypatch.setattr(outside, "post", hangs)
    people = [app_client.person(f"customer{number}") for number in range(4)]
    for person in people:
        await enrol(app_client.client, person)
        for _ in range(flows.Door.COMPANY.most):
            path = "/v1/flows/asking_them/runs"
            assert (await app_client.post(path, {"account": person.account})).status_code == 201
    asked = await app_client.post("/v1/recoveries", {"identifier": people[0].email.address})
    worker = [
        loop
        for loop in loops(app_client.house, routes_of(app_client.house))
        if loop.name.startswith("jobs.job")
    ]

    async def is_sent() -> bool:
        for _ in range(300):
            if (await app_client.db.fetchrow(_PROOFS, app_client.brand.id))[0]:
                return True
            await asyncio.sleep(0.02)
        return False

    async with running(*worker):
        was_sent = await is_sent()
        is_over.set()

    assert asked.status_code == 202
    assert was_sent


def asking(url: str) -> Drawn:
    """A flow that asks there."""
    exits = {name: name for name in ("other", "failed")}
    ends: Drawn = {name: ("finish", {"outcome": name}, {}) for name in exits}
    ask: Drawn = {"ask": ("webhook", {"url": url, "seconds": 600}, exits)}
    return {"begin": ASKING_THEM["begin"], **ask, **ends}


async def start_runs(app_client: Simulation, *, people: int, each: int) -> None:
    """Let so many customers of the brand be asked about."""
    for number in range(people):
        person = app_client.person(f"customer{number}")
        await enrol(app_client.client, person)
        for _ in range(each):
            path = "/v1/flows/asking/runs"
            assert (await app_client.post(path, {"account": person.account})).status_code == 201


async def test_another_brands_call_passes_those_that_hang(
    app_client: Simulation, shop: Shop
) -> None:
    await go_live(app_client.client, asking(shop.url(HANGS)), "asking")
    await start_runs(app_client, people=10, each=flows.Door.COMPANY.most)
    house = app_client.house
    async with running(jobs.runner(house.db, house.keyring, house.clock, lane=jobs.Lane.OUTSIDE)):
        await shop.tells("hangs", times=25)
        await at_brand(app_client)
        await go_live(app_client.client, asking(shop.url("/who")), "asking")
        await start_runs(app_client, people=1, each=1)
        by_then = await shop.tells("answered")
        shop.is_over.set()
    await wake_all(flows.waker(house.db, house.keyring, house.clock))
    counts = (await app_client.client.get("/v1/flows/asking/counts")).json()

    assert "given up" not in by_then
    assert counts["outcomes"] == {"other": 1}


ASKING_TWO: Drawn = {
    "begin": ("start_api", {}, {"then": "first"}),
    "first": (
        "webhook",
        {"url": "https://first.example/", "answers": ["yes_please"], "seconds": 5},
        {"yes_please": "no", "other": "no", "failed": "second"},
    ),
    "second": (
        "webhook",
        {"url": "https://second.example/", "answers": ["yes_please"], "seconds": 600},
        {"yes_please": "granted", "other": "no", "failed": "no"},
    ),
    **{name: ("finish", {"outcome": name}, {}) for name in ("granted", "no")},
}


async def test_an_answer_that_comes_too_late_answers_no_other_question(
    app_client: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = app_client.person("alice")
    await enrol(app_client.client, alice)
    await go_live(app_client.client, ASKING_TWO, "two")
    asked, comes, urls = asyncio.Event(), asyncio.Event(), list[str]()

    async def post(url: str, *_of: object, **_more: object) -> outside.Answered:
        urls.append(url)
        if "first" in url:
            asked.set()
            await comes.wait()
            return ok({"answer": "yes_please"})
        raise outside.Unanswered("not yet")

    monkeypatch.setattr(outside, "post", post)
    await app_client.post("/v1/flows/two/runs", {"account": alice.account})
    late = asyncio.create_task(app_client.work())
    await asked.wait()
    await app_client.wait(timedelta(seconds=6))
    await wake_all(flows.waker(app_client.db, app_client.keyring, app_client.clock))
    comes.set()
    await late
    await wake_all(flows.waker(app_client.db, app_client.keyring, app_client.clock))
    counts = (await app_client.client.get("/v1/flows/two/counts")).json()

    assert {one["node"]: one["waiting"] for one in counts["nodes"]}["second"] == 1
    assert counts["outcomes"] == {}


async def test_nobody_is_asked_for_a_run_that_has_gone_on(
    app_client: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = Theirs([ok({"answer": "vip"})])
    monkeypatch.setattr(outside, "post", theirs.post)
    alice = app_client.person("alice")
    await enrol(app_client.client, alice)
    await go_live(app_client.client, ASKING_THEM, "asking_them")
    await app_client.post("/v1/flows/asking_them/runs", {"account": alice.account})

    await app_client.wait(timedelta(minutes=11))
    await wake_all(flows.waker(app_client.db, app_client.keyring, app_client.clock))
    await app_client.deliver()

    assert theirs.asked == []
