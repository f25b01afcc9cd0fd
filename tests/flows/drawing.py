"""Drawing flows in tests: a document of a few lines, and a brand that publishes it."""

import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sparekey import brands, flows, jobs
from sparekey.db import Db
from sparekey.kit.ids import new_id
from tests.world.basics import START, MovableClock

Placed = tuple[str, Mapping[str, Any], Mapping[str, str]]
Drawn = Mapping[str, Placed]

#: Asks whether somebody is well, reminds once after an hour, and ends one way or the other.
ASKING: Drawn = {
    "begin": ("start_api", {}, {"then": "ask"}),
    "ask": (
        "wait_for_reply",
        {"seconds": 3600, "replies": {"well": ["well", "fine"]}},
        {"well": "good", "other": "bad", "no_reply": "later"},
    ),
    "later": ("wait", {"seconds": 60}, {"then": "bad"}),
    "good": ("finish", {"outcome": "well"}, {}),
    "bad": ("finish", {"outcome": "unknown", "is_good": False}, {}),
}


_HEARD = ("delivered", "undelivered", "no_receipt")

#: A text, and after it an email, whatever became of the text; it ends by what became of the email.
TEXT_THEN_MAIL: Drawn = {
    "begin": ("start_api", {}, {"then": "text"}),
    "text": (
        "send",
        {"template": "help", "channel": "sms", "to": "account", "receipt_within": 60},
        dict.fromkeys(_HEARD, "mail"),
    ),
    "mail": (
        "send",
        {"template": "help", "channel": "email", "to": "account", "receipt_within": 600},
        {name: name for name in _HEARD},
    ),
    **{name: ("finish", {"outcome": name}, {}) for name in _HEARD},
}


def drawn(nodes: Drawn, called: str = "asking") -> flows.Document:
    """The document of a drawing."""
    placed = [
        flows.Placed(id=name, kind=kind, settings=dict(settings), exits=dict(exits))
        for name, (kind, settings, exits) in nodes.items()
    ]
    return flows.Document(name=called, title=called.replace("_", " ").title(), nodes=placed)


def graph(nodes: Drawn) -> flows.Graph:
    """The graph of a drawing without a fault."""
    document = drawn(nodes)
    assert flows.check(document).errors == []
    return flows.read(document)[0]


async def new_brand(db: Db) -> int:
    """A sandbox brand of the test's own."""
    word = secrets.token_hex(4)
    wish = brands.BrandWish(slug=word, name="Acme", is_sandbox=True)
    return (await brands.create(db, wish, at=START)).id


async def published(
    db: Db, brand: int, nodes: Drawn, name: str = "asking", **wish: Any
) -> flows.Prepared:
    """Draw, publish, and be ready to start it over the API."""
    document = drawn(nodes, name)
    known = {row.name: row for row in await flows.listed(db, brand)}
    if name in known:
        revision = known[name].revision
        await flows.change(db, brand, document, revision=revision, by=None, at=START)
    else:
        await flows.create(db, brand, document, by=None, at=START)
    wanted = flows.Wish(reason="test", **wish)
    await flows.publish(db, brand, name, wanted, by=None, at=START)
    ready = await flows.prepare(db, brand, kind="start_api", key=new_id(START), flow=name)
    assert ready is not None
    return ready


def begun(clock: MovableClock, **more: Any) -> flows.Start:
    """A start of a fresh run."""
    return flows.Start(id=new_id(clock()), facts={}, **more)


ROW = """
SELECT node, waits, heard, parked_for, wake_at, fence, steps FROM flows.run WHERE id = $1
"""
END = "SELECT outcome FROM flows.ended WHERE id = $1"


async def outcome(db: Db, run: UUID) -> str | None:
    """How a run ended; None while it goes on."""
    row = await db.fetchrow(END, run)
    return None if row is None else row["outcome"]


async def wake_all(loop: jobs.ClaimLoop[Any]) -> None:
    """Let everybody whose time has come take a breath, one claim after the other."""
    assert loop.finish is not None
    while claimed := await loop.claim(500):
        for row in claimed:
            await loop.work(row)
        await loop.finish(claimed)
