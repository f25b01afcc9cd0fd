"""Acme's own systems read in the journal what happened, so that they can end sessions and act."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sparekey.demo.cast import Cast
from sparekey.demo.stage import PlayFailed, Stage, require_status

TITLE = "Acme’s systems read what happened"
_PATIENCE_SECONDS = 10.0
_LOOK_AGAIN_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Expected:
    """What a play must have left there, and how that is claimed."""

    kinds: Mapping[str, int]
    claim: str


IN_THE_SANDBOX = Expected(
    {"account.recovered": 3, "recovery.repudiated": 1},
    "Three recoveries and one “that wasn’t me” are among them, in their sealed order.",
)
OVER_REAL_WIRES = Expected(
    {
        "account.recovered": 3,
        "inbox.text_denied": 1,
        "inbox.email_denied": 1,
        "recovery.repudiated": 1,
    },
    "Three recoveries and both denials are among them, in their sealed order.",
)


async def find_end(stage: Stage) -> None:
    """Leave out what is in the journal from runs before."""
    while (page := await _page(stage))["data"]:
        stage.journal_after = page["next"]


async def play(stage: Stage, cast: Cast, expected: Expected = IN_THE_SANDBOX) -> None:
    """Every event of the play, in its sealed order; and what is not in them."""
    stage.transcript.says("Acme", "asks for the events since the play began.")
    entries = await _entries(stage, expected)
    kinds = Counter(entry["kind"] for entry in entries)
    stage.transcript.note(
        ", ".join(kind if count == 1 else f"{count} x {kind}" for kind, count in kinds.items())
    )
    numbers = [entry["seq"] for entry in entries]
    stage.check(numbers == sorted(set(numbers)), expected.claim)
    written = str(entries)
    known = [person.password for person in (cast.alice, cast.bob, cast.dave, cast.grace)]
    known += [inbox.address for inbox in stage.inboxes] + stage.codes
    stage.check(
        not any(secret in written for secret in known),
        "They hold ids only: no address, no code and no password of this play.",
    )


async def _entries(stage: Stage, expected: Expected) -> list[dict[str, Any]]:
    """Everything since the play began, once all that must be there is sealed."""
    give_up_at = time.perf_counter() + _PATIENCE_SECONDS
    found: list[dict[str, Any]] = []
    path = f"/v1/events?after={stage.journal_after}"
    while not _has(found, expected):
        if time.perf_counter() > give_up_at:
            raise PlayFailed(f"The journal lacks some of {expected.kinds} after 10 s.")
        page = await _page(stage)
        stage.journal_after = page["next"]
        found += page["data"]
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    stage.transcript.call("GET", path, 200, stage.acme.last_seconds)
    return found


def _has(entries: list[dict[str, Any]], expected: Expected) -> bool:
    kinds = Counter(entry["kind"] for entry in entries)
    return all(kinds[kind] >= count for kind, count in expected.kinds.items())


async def _page(stage: Stage) -> dict[str, Any]:
    path = f"/v1/events?after={stage.journal_after}"
    return require_status(await stage.acme.call("GET", path), "GET", path, 200).json
