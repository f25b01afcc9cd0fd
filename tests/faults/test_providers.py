"""What a provider over HTTP can do to a text, seen from the outside: a worker, a real server that
answers like that, and what becomes of the message."""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sparekey import brands, gateways
from sparekey.db import Db
from sparekey.gateways.wires._over_http.line import Patience
from sparekey.outbox.handing import LEASE
from tests.faults.texting import ask_for_codes
from tests.gateways.http.provider import HANGS, Broken, PlayedProvider, Said
from tests.world.deployment import Deployment
from tests.world.figures import Figures
from tests.world.processes import Process, environment

_TAKEN = Said.json({"ok": True, "id": "m-1"})
_TAKEN_BY_ODD_NAME = Said.json({"ok": True, "id": "\0" + "m" * 5000})
_SETTINGS = {
    "body": '{"to": "{{ to_digits }}", "from": "{{ sender }}", "text": "{{ text }}"}',
    "answers": "accepted status=2xx /ok=true\nrefused status=2xx /error",
    "ref": "/id",
    "timeout": "1",
}
_PATIENCE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Fault:
    """How a provider answers, then what it says for ever; what the message is between and in the
    end; how soon it comes again, and how often the provider is asked altogether."""

    says: Sequence[Said | Broken]
    between: tuple[str, str | None]
    end: tuple[str, str | None]
    again_in: float | None = None
    asked: int = 1


def _elsewhere(port: int) -> Said:
    return Said(302, headers=(("location", f"http://127.0.0.1:{port}/latest/meta-data"),))


def faults(private_port: int) -> dict[str, Fault]:
    """By what happens. Seconds to wait without being told are the wire's: two the first time."""
    sent, waits = ("sent", None), ("queued", "throttled")
    unsure, refused = ("unsure", "unsure"), ("failed", "refused")
    misconfigured = ("failed", "misconfigured")
    now, later = ("retry-after", "1"), ("retry-after", "120")
    not_this_one = Said.json({"error": "UNKNOWN_NUMBER"})
    elsewhere = _elsewhere(private_port)
    return {
        "takes it": Fault([_TAKEN], sent, sent),
        "takes it, and names it oddly": Fault([_TAKEN_BY_ODD_NAME], sent, sent),
        "500": Fault([Said(500), _TAKEN], unsure, unsure),
        "429 and when": Fault([Said(429, headers=(now,)), _TAKEN], waits, sent, 1, 2),
        "429 and later": Fault([Said(429, headers=(later,)), _TAKEN], waits, waits, 120),
        "429 alone": Fault([Said(429), _TAKEN], waits, sent, 2, 2),
        "200, and not this one": Fault([not_this_one, _TAKEN], refused, refused),
        "garbage": Fault([Said(200, b"\xff\xfe{["), _TAKEN], unsure, unsure),
        "nothing": Fault([HANGS, _TAKEN], unsure, unsure),
        "elsewhere": Fault([elsewhere, _TAKEN], misconfigured, misconfigured),
    }


_MESSAGE = """
SELECT m.state, m.failure, m.sealed IS NULL AS is_wiped, d.due_at
FROM outbox.message AS m LEFT JOIN outbox.due AS d ON d.message_id = m.id WHERE m.brand_id = $1
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """Whether a message's words are gone, and in how many seconds it is tried next, if ever."""

    is_wiped: bool
    again_in: float | None


@dataclass(slots=True)
class Texted:
    """A message to a customer of a brand with such a provider, as its brand's key sees it."""

    name: str
    fault: Fault
    provider: PlayedProvider
    brand: brands.Brand

    async def until(self, db: Db, wanted: tuple[str, str | None]) -> Seen:
        """Wait until its state and its failure are these."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            row = await db.fetchrow(_MESSAGE, self.brand.id)
            if (row["state"], row["failure"]) == wanted:
                waits = row["due_at"] and (row["due_at"] - datetime.now(UTC)).total_seconds()
                return Seen(row["is_wiped"], waits)
            assert time.monotonic() < deadline, (self.name, dict(row), len(self.provider.asked))
            await asyncio.sleep(0.02)


@asynccontextmanager
async def texted(deployment: Deployment, private: PlayedProvider) -> AsyncGenerator[list[Texted]]:
    """One message waits for each fault; nobody hands it over yet."""
    async with AsyncExitStack() as stack, deployment.database() as db:
        found: list[Texted] = []
        for name, fault in faults(private.port).items():
            provider = await stack.enter_async_context(PlayedProvider([*fault.says]).listening())
            brand, key = await deployment.new_brand(is_sandbox=False, countries=("GB",))
            await gateways.add(
                db, deployment.keyring, brand, name="provider", kind="http", channels=("sms",),
                values={**_SETTINGS, "url": f"{provider.url}/send"}, at=datetime.now(UTC),
            )  # fmt: skip
            await ask_for_codes(deployment, key, 1)
            found.append(Texted(name, fault, provider, brand))
        yield found


async def test_whatever_a_provider_answers_is_seen_in_the_message(
    unmanned: Deployment, figures: Figures
):
    log = unmanned.directory / "providers.log"
    worker = Process(["worker"], environment(**unmanned.settings), log)
    private = PlayedProvider([_TAKEN])
    async with (
        private.listening(),
        texted(unmanned, private) as messages,
        unmanned.database() as db,
    ):
        worker.start()
        between = await asyncio.gather(*(one.until(db, one.fault.between) for one in messages))
        ends = await asyncio.gather(*(one.until(db, one.fault.end) for one in messages))
        await asyncio.to_thread(worker.stop)
    for one, first in zip(messages, between, strict=True):
        state, failure = one.fault.end
        tried_again = "" if first.again_in is None else f" tried_again_in={first.again_in:.1f}s"
        figures.add(f"{one.name}: asked={len(one.provider.asked)} {state} {failure}{tried_again}")

    assert private.asked == []
    for one, first, last in zip(messages, between, ends, strict=True):
        assert len(one.provider.asked) == one.fault.asked, one.name
        assert last.is_wiped is (one.fault.end[0] != "queued"), one.name
        assert (first.again_in is None) is (one.fault.again_in is None), one.name
        if first.again_in is not None and one.fault.again_in is not None:
            assert one.fault.again_in - 1 < first.again_in <= one.fault.again_in, one.name


def test_no_provider_is_waited_for_longer_than_a_lease_lasts():
    patience = Patience()

    assert patience.pool + patience.connect + patience.answer <= patience.whole
    assert patience.whole <= LEASE.total_seconds() / 2
