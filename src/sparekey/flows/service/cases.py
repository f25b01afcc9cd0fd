"""Tries that are kept: played again before each publish, they must come to the same."""

import msgspec

from sparekey.db import Executor
from sparekey.flows.graph import read
from sparekey.flows.model import is_word
from sparekey.flows.script import Played, Script
from sparekey.flows.service.drafting import read_document
from sparekey.flows.service.trying import play
from sparekey.flows.store import drawings
from sparekey.flows.store.drawings import FlowRow, Tried
from sparekey.kit.problem import Problem


async def keep(on: Executor, row: FlowRow, name: str, script: Script) -> Played:
    """Keep what this script comes to with the draft as it is; Problem 422 when that is no end."""
    if not is_word(name):
        raise Problem("flow.case_name", 422, "Name it with a-z, 0-9 and _, 40 at most.")
    played = play(read(read_document(row.draft))[0], script)
    if played.outcome is None:
        where = played.stuck or f"at {played.stands_at}"
        raise Problem("flow.case_endless", 422, f"This try does not come to an end: {where}.")
    await drawings.keep_tried.run(
        on,
        flow=row.id,
        name=name,
        script=msgspec.json.encode(script).decode(),
        outcome=played.outcome,
        messages=list(played.messages),
    )
    return played


async def kept(on: Executor, row: FlowRow) -> list[Tried]:
    """The tries of a flow, by name."""
    return await drawings.tried.all(on, flow=row.id)


async def forget(on: Executor, row: FlowRow, name: str) -> None:
    """Play it no more; Problem 404 when there is none of this name."""
    if not await drawings.forget_tried.run(on, flow=row.id, name=name):
        raise Problem("flow.case_unknown", 404, "This flow keeps no try of this name.")
