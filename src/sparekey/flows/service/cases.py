"""Tries that are kept: played again before each publish, they must come to the same."""

import asyncio

import msgspec

from sparekey.db import Executor
from sparekey.flows.checking import check
from sparekey.flows.graph import read
from sparekey.flows.model import Document, is_word
from sparekey.flows.script import Played, Script
from sparekey.flows.service.drafting import read_document, refused
from sparekey.flows.service.trying import play
from sparekey.flows.store import drawings
from sparekey.flows.store.drawings import FlowRow, Tried
from sparekey.kit.problem import Problem

#: They are all played at each publish.
MOST_CASES = 50


async def keep(on: Executor, row: FlowRow, name: str, script: Script) -> Played:
    """Keep what this script comes to with the draft as it is; Problem 422 when that is no end."""
    if not is_word(name):
        raise Problem("flow.case_name", 422, "Name it with a-z, 0-9 and _, 40 at most.")
    played = await try_out(read_document(row.draft), script)
    if played.outcome is None:
        where = played.stuck or f"at {played.stands_at}"
        raise Problem("flow.case_endless", 422, f"This try does not come to an end: {where}.")
    kept_it = await drawings.keep_tried.run(
        on,
        most=MOST_CASES,
        flow=row.id,
        name=name,
        script=msgspec.json.encode(script).decode(),
        outcome=played.outcome,
        messages=list(played.messages),
    )
    if not kept_it:
        raise Problem("flow.too_many_cases", 422, f"A flow keeps {MOST_CASES} tries at most.")
    return played


async def try_out(document: Document, script: Script) -> Played:
    """What a script comes to in a document; Problem 422 for a document that is wrong anywhere."""
    return await asyncio.to_thread(_tried, document, script)


def _tried(document: Document, script: Script) -> Played:
    errors = check(document).errors
    if errors:
        raise refused(errors, "This flow was not tried")
    return play(read(document)[0], script)


async def kept(on: Executor, row: FlowRow) -> list[Tried]:
    """The tries of a flow, by name."""
    return await drawings.tried.all(on, flow=row.id)


async def forget(on: Executor, row: FlowRow, name: str) -> None:
    """Play it no more; Problem 404 when there is none of this name."""
    if not await drawings.forget_tried.run(on, flow=row.id, name=name):
        raise Problem("flow.case_unknown", 404, "This flow keeps no try of this name.")
