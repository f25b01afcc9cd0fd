"""An SMSC that cannot keep up, and one that dies, through the whole product: nothing is lost, and
nothing goes twice."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from sparekey import gateways
from sparekey.gateways.service import routing
from tests.faults.texting import Texting, texting
from tests.gateways.letters import values
from tests.gateways.servers import ScriptedServer
from tests.world.deployment import Deployment
from tests.world.figures import Figures

_FALLS_BACK_AFTER = 2
_CODE = re.compile(r"\b\d{4} \d{4}\b")


@pytest.mark.parametrize(
    ("times", "workers"), [(25, 1), pytest.param(1000, 3, marks=pytest.mark.faults)]
)
async def test_of_texts_of_which_a_third_is_throttled_each_arrives_once(
    unmanned: Deployment, figures: Figures, times: int, workers: int
):
    async with texting(unmanned, throttle=0.3, receipts="at once") as texts:
        await texts.ask(times)
        began = asyncio.get_running_loop().time()
        staff = [texts.worker(f"throttled {number}") for number in range(workers)]
        for worker in staff:
            worker.start()
        await texts.until(delivered=times, within=120)
        took = asyncio.get_running_loop().time() - began
        await asyncio.gather(*(asyncio.to_thread(worker.stop) for worker in staff))
    throttled, taken = len(texts.carrier.of("refused")), len(texts.carrier.of("submit"))
    figures.add(
        f"texts={times} parts={taken} throttled={throttled} ({throttled / (taken + throttled):.0%})"
        f" delivered={times} lost={len(set(texts.asked) - texts.reached())}"
        f" doubled={len(texts.doubled())} in {took:.1f} s by {workers} workers"
    )

    assert texts.reached() == set(texts.asked)
    assert texts.doubled() == []
    assert throttled > taken / 5


@pytest.fixture
async def mailbox() -> AsyncIterator[ScriptedServer]:
    """A mail server that takes everything."""
    async with ScriptedServer().listening() as server:
        yield server


async def test_a_text_whose_smsc_died_over_it_is_followed_by_a_new_code_elsewhere_and_never_again(
    unmanned: Deployment, mailbox: ScriptedServer, figures: Figures
):
    killed = texting(
        unmanned, channel_order=("sms", "email"), on_submit=["die"], receipts="at once"
    )
    async with killed as texts, unmanned.client(api_key=texts.key) as api:
        await _also_by_email(texts, mailbox)
        await _enrol(api, "alice")
        worker = texts.worker("died over")
        worker.start()
        await texts.carrier.said("bind")
        await texts.ask(1, channel="auto", account="alice")
        await texts.until(unsure=1)
        texts.carrier.settings["on_submit"] = []
        await texts.carrier.start()
        await texts.until(unsure=1, sent=1)
        await _bound_again(texts)
        await texts.let_leases_run_out()
        code = _code_in(mailbox)
        answer = await api.post(
            f"/v1/verifications/{texts.challenges[0]}/check", json={"code": code}
        )
        await asyncio.to_thread(worker.stop)
        waited = await _waited(texts)
    figures.add(
        f"texts=1 unsure=1 sent_again={len(texts.carrier.of('submit'))}"
        f" new codes by email={len(mailbox.taken)} after {waited.total_seconds():.1f} s"
    )

    assert answer.json()["valid"] is True
    assert texts.carrier.of("submit") == []
    assert len(mailbox.taken) == 1
    assert waited >= timedelta(seconds=_FALLS_BACK_AFTER)


async def _also_by_email(texts: Texting, mailbox: ScriptedServer) -> None:
    """The brand's mail goes to the server; what is not confirmed falls back soon."""
    async with texts.deployment.database() as db:
        await gateways.add(
            db, texts.deployment.keyring, texts.brand,
            name="mail", kind="smtp", channels=(), values=values(port=str(mailbox.port)),
            at=datetime.now(UTC),
        )  # fmt: skip
        terms = gateways.Terms("EUR", fall_back_seconds=_FALLS_BACK_AFTER)
        await routing.put_terms(db, texts.brand, terms)


async def _enrol(api: httpx.AsyncClient, account: str) -> None:
    addresses = [{"kind": "email", "value": f"{account}@mail.example", "verified": True}]
    kept = await api.put(f"/v1/accounts/{account}", json={"addresses": addresses})
    assert kept.status_code in {200, 201}, kept.text


async def _bound_again(texts: Texting) -> None:
    """The worker has found the SMSC again, and could send."""
    await texts.carrier.said("bind", count=2)


def _code_in(mailbox: ScriptedServer) -> str:
    found = _CODE.search(mailbox.taken[0].decode())
    assert found is not None
    return found[0]


async def _waited(texts: Texting) -> timedelta:
    """How long after the text the email was begun."""
    async with texts.deployment.database() as db:
        rows = await db.fetch(
            "SELECT created_at FROM outbox.message WHERE brand_id = $1 ORDER BY id", texts.brand.id
        )
    first, second = (row["created_at"] for row in rows)
    return second - first
