"""Receipts come in thousands, out of order and doubled, to the hook of a real server, forged ones
and floods among them. Whatever the order, every message ends where it should."""

import asyncio
import random
import secrets
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import httpx
import jwt
import msgspec
import pytest

from sparekey import brands, gateways, guard
from sparekey.db import Db
from tests.faults.texting import ask_for_codes
from tests.gateways.http.provider import PlayedProvider, Said
from tests.world.deployment import Deployment
from tests.world.figures import Figures
from tests.world.processes import Process, environment

_PATIENCE_SECONDS = 120.0
#: What a provider says last of a message, and what the message is then.
_ENDS = {
    "delivered": "delivered",
    "undeliverable": "undelivered",
    "expired": "expired",
    "rejected": "failed",
}


@dataclass(slots=True)
class Signed:
    """A live brand whose texts go to a provider that signs what it reports."""

    deployment: Deployment
    brand: brands.Brand
    key: str
    gateway: gateways.Gateway
    secret: str
    provider: PlayedProvider

    @property
    def path(self) -> str:
        """Where it reports to."""
        path = gateways.path_of(self.gateway)
        return f"/hooks/{gateways.hook_token(self.deployment.keyring, path).reveal()}"

    def signed(self, body: bytes, *, secret: str | None = None, **claims: Any) -> dict[str, str]:
        """The headers of a report, as Vonage makes them."""
        made = {"iat": int(time.time()), "payload_hash": sha256(body).hexdigest(), **claims}
        token = jwt.encode(made, secret or self.secret, "HS256")
        return {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    async def tell(self, client: httpx.AsyncClient, body: bytes) -> int:
        """Report, signed, again while it is told to come later; how it is answered."""
        while True:
            answer = await client.post(self.path, content=body, headers=self.signed(body))
            if answer.status_code != 429:
                return answer.status_code
            await asyncio.sleep(float(answer.headers["Retry-After"]))

    async def tell_all(self, client: httpx.AsyncClient, bodies: Sequence[bytes]) -> list[int]:
        """Report these in this order, sixteen under way at once; how each is answered."""
        several = asyncio.Semaphore(16)

        async def tell(body: bytes) -> int:
            async with several:
                return await self.tell(client, body)

        return await asyncio.gather(*map(tell, bodies))

    async def states(self, db: Db) -> dict[str, str]:
        """What every message of the brand is, by its id."""
        rows = await db.fetch(
            "SELECT id, state FROM outbox.message WHERE brand_id = $1", self.brand.id
        )
        return {str(row["id"]): row["state"] for row in rows}


@asynccontextmanager
async def signed(deployment: Deployment, names: Sequence[str]) -> AsyncGenerator[Signed]:
    """With a provider that gives the messages these names."""
    said = [Said.json({"messages": [{"status": "0", "message-id": name}]}) for name in names]
    brand, key = await deployment.new_brand(is_sandbox=False, countries=("GB",))
    secret = secrets.token_hex(32)
    async with PlayedProvider([*said, Said()]).listening() as provider:
        values = {
            "key": "abcd1234", "secret": "abcdef0123456789", "signature_secret": secret,
            "rest": provider.url, "api": provider.url,
        }  # fmt: skip
        async with deployment.database() as db:
            gateway = await gateways.add(
                db, deployment.keyring, brand, name="vonage", kind="vonage", channels=("sms",),
                values=values, at=datetime.now(UTC),
            )  # fmt: skip
        yield Signed(deployment, brand, key, gateway, secret, provider)


@asynccontextmanager
async def working(deployment: Deployment, name: str) -> AsyncGenerator[None]:
    """A worker for the length of the block."""
    log = deployment.directory / f"{name}.log"
    worker = Process(["worker"], environment(**deployment.settings), log)
    worker.start()
    try:
        yield
    finally:
        await asyncio.to_thread(worker.stop)


def report(status: str, *, ref: str, ours: str) -> bytes:
    """What Vonage's SMS API posts."""
    return msgspec.json.encode({"messageId": ref, "client-ref": ours, "status": status})


async def all_sent(from_: Signed, db: Db, times: int) -> dict[str, str]:
    """So many texts go out; the provider's names of them by our ids."""
    await ask_for_codes(from_.deployment, from_.key, times)
    await _until(lambda: _in_state(from_, db, "sent"), times)
    rows = await db.fetch(
        "SELECT message_id, ref FROM outbox.provider_ref WHERE gateway_id = $1", from_.gateway.id
    )
    return {str(row["message_id"]): row["ref"] for row in rows}


@pytest.mark.parametrize("messages", [50, pytest.param(2500, marks=pytest.mark.faults)])
async def test_receipts_out_of_order_and_doubled_end_right(
    unmanned: Deployment, figures: Figures, messages: int
):
    """Four of each message: on its way, and its end, each twice; half by our own name for it."""
    seed = secrets.randbits(32)
    chance = random.Random(seed)
    async with (
        signed(unmanned, [uuid4().hex for _ in range(messages)]) as one,
        unmanned.database() as db,
        unmanned.client() as client,
        working(unmanned, "receipts"),
    ):
        refs = await all_sent(one, db, messages)
        ends = {ours: chance.choice(list(_ENDS)) for ours in refs}
        told = [
            report(status, ref=refs[ours], ours=ours if chance.random() < 0.5 else "")
            for ours, end in ends.items()
            for status in ("accepted", end) * 2
        ]
        chance.shuffle(told)
        began = time.monotonic()
        answers = await one.tell_all(client, told)
        answered = time.monotonic() - began
        await _until(lambda: _unread(one, db), 0)
        read = time.monotonic() - began
        states = await one.states(db)
    figures.add(
        f"receipts={len(told)} messages={messages} answered={len(told) / answered:.0f}/s"
        f" read={len(told) / read:.0f}/s wrong={_differences(states, ends)} seed={seed}"
    )

    assert Counter(answers) == {204: 4 * messages}
    assert len(refs) == messages
    assert states == {ours: _ENDS[end] for ours, end in ends.items()}


async def test_forged_receipts_and_those_of_others_change_nothing(unmanned: Deployment):
    async with (
        signed(unmanned, ["m-1"]) as one,
        signed(unmanned, ["m-1"]) as other,
        unmanned.database() as db,
        unmanned.client() as client,
        working(unmanned, "forgeries"),
    ):
        [(ours, ref)] = (await all_sent(one, db, 1)).items()
        body = report("rejected", ref=ref, ours=ours)
        forged = [
            one.signed(body, secret=other.secret),
            one.signed(body, payload_hash=sha256(body + b" ").hexdigest()),
            one.signed(body, exp=int(time.time()) - 3600),
            {"Authorization": f"Bearer {jwt.encode({}, '', 'none')}"},
            {"Authorization": one.key},
            {},
        ]
        refused = [
            (
                await client.post(one.path, content=body, headers={"Authorization": "", **headers})
            ).status_code
            for headers in forged
        ]
        foreign = await client.post(other.path, content=body, headers=other.signed(body))
        await _until(lambda: _unread(other, db), 0)
        between = await one.states(db)
        kept = await db.fetchrow(
            "SELECT count(*) FROM gateways.raw WHERE gateway_id = $1", one.gateway.id
        )
        told_of = await db.fetch("SELECT kind FROM events.event WHERE brand_id = $1", one.brand.id)
        own = await one.tell(client, body)
        await _until(lambda: _in_state(one, db, "failed"), 1)

    assert refused == [404] * len(forged)
    assert (foreign.status_code, own) == (204, 204)
    assert between == {ours: "sent"}
    assert kept["count"] == 0
    assert [row["kind"] for row in told_of] == ["gateways.hook_forged"]


async def test_a_gateway_that_floods_is_held_back_and_what_is_too_long_is_refused(
    unmanned: Deployment,
):
    body = report("delivered", ref="nobody's", ours="")
    async with signed(unmanned, []) as one, unmanned.database() as db, unmanned.client() as client:
        long = b" " * 65_537
        refused = await client.post(one.path, content=long, headers=one.signed(long))
        key = unmanned.keyring.index("hook", one.gateway.id.bytes)
        soon = datetime.now(UTC) + timedelta(seconds=5)
        while await guard.take_batch(db, hook_key=key, at=soon) is None:
            pass  # as many have come as may come until then
        held_back = await client.post(one.path, content=body, headers=one.signed(body))
        forged = await client.post(one.path, content=body, headers={"Authorization": ""})
        kept = await _unread(one, db)

    assert (refused.status_code, held_back.status_code, forged.status_code) == (413, 429, 404)
    assert 1 <= int(held_back.headers["Retry-After"]) <= 6
    assert kept == 0


async def _unread(one: Signed, db: Db) -> int:
    row = await db.fetchrow(
        "SELECT count(*) FROM gateways.raw WHERE gateway_id = $1", one.gateway.id
    )
    return row["count"]


async def _in_state(one: Signed, db: Db, state: str) -> int:
    return list((await one.states(db)).values()).count(state)


def _differences(states: dict[str, str], ends: dict[str, str]) -> int:
    return sum(states[ours] != _ENDS[end] for ours, end in ends.items())


async def _until(counted: Callable[[], Awaitable[int]], wanted: int) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (found := await counted()) != wanted:
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.02)
