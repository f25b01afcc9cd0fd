"""A creating request that is sent twice happens once; the second gets the first one's answer.

Follows draft-ietf-httpapi-idempotency-key-header. A claim is two MACs made here and spent inside
the hot functions' own statement (`http.claim_idempotency`), or with `begin` on slow routes. Answers
that hold a secret are never stored: the repetition is told that it happened.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from sparekey.db import Executor, statement
from sparekey.http.body import Body
from sparekey.http.requests import Request, context
from sparekey.kit.problem import Problem

_HEADER = b"idempotency-key"
_VISIBLE = re.compile(r"[\x21-\x7e]{1,255}")

_CLAIM = statement("SELECT http.claim_idempotency(:key, :fingerprint, :at)::text", returns=str)
_KEEP = statement("SELECT http.keep_answer(:key, (:answer::text)::jsonb)")
_WITHHOLD = statement("SELECT http.withhold_answer(:key)")
_SWEEP = statement(
    """
    DELETE FROM http.idempotency
    WHERE key IN (
        SELECT key FROM http.idempotency WHERE expires_at <= :at LIMIT 5000
        FOR UPDATE SKIP LOCKED
    )
    """
)


@dataclass(frozen=True, slots=True)
class IdempotencyClaim:
    """What the store knows of a request: which one it is, and what it said, both as MACs."""

    key: bytes
    fingerprint: bytes


def idempotency_claim(request: Request, *, holder: UUID, body: Body) -> IdempotencyClaim | None:
    """The claim of a request that carries `Idempotency-Key`; Problem 400 when the key is unusable.

    `holder` is the caller (its API key's id): keys of different callers and routes never meet.
    The fingerprint is over what was understood, so spacing and the order of fields do not matter.
    """
    sent = [value for name, value in request.scope["headers"] if name == _HEADER]
    if not sent:
        return None
    key = _read_key(sent)
    keyring = context(request).keyring
    path: str = request.scope["path"]
    return IdempotencyClaim(
        keyring.index("http.idempotency key", holder.bytes, request.scope["method"], path, key),
        keyring.index("http.idempotency body", msgspec.json.encode(body, order="deterministic")),
    )


async def begin(on: Executor, claim: IdempotencyClaim | None, at: datetime) -> Any | None:
    """Claim before the work of a slow route: None means go on, else answer with what is returned.

    Raises Problem 422 when the key came with another body, 409 while the first is still under way.
    """
    if claim is None:
        return None
    found = await _CLAIM.maybe(on, key=claim.key, fingerprint=claim.fingerprint, at=at)
    return None if found is None else replayed(msgspec.json.decode(found))


async def keep_answer(on: Executor, claim: IdempotencyClaim | None, answer: object) -> None:
    """Store the answer of a claimed request; never call it with a secret in the answer."""
    if claim is not None:
        await _KEEP.run(on, key=claim.key, answer=msgspec.json.encode(answer).decode())


async def withhold_answer(on: Executor, claim: IdempotencyClaim | None) -> None:
    """Record that a claimed request was carried out and that its answer is not kept."""
    if claim is not None:
        await _WITHHOLD.run(on, key=claim.key)


def replayed(found: dict[str, Any]) -> Any:
    """The kept answer in what `http.claim_idempotency` returned, or the Problem it stands for."""
    if found["outcome"] == "replayed":
        return found["answer"]
    raise unreplayable(found["outcome"])


def unreplayable(outcome: str) -> Problem:
    """Why a repeated request cannot be answered with the first's words."""
    match outcome:
        case "mismatch":
            return Problem(
                "idempotency.mismatch",
                422,
                "This Idempotency-Key came with another body before; use a new key.",
            )
        case "withheld":
            return Problem(
                "idempotency.answer_not_kept",
                409,
                "This request was carried out; its answer held a secret and was not kept.",
            )
        case _:
            return Problem(
                "idempotency.in_progress",
                409,
                "The first request with this key is still under way; send this one again.",
                headers={"Retry-After": "1"},
            )


async def sweep(on: Executor, at: datetime) -> int:
    """Delete expired keys, 5,000 at a time; how many went."""
    return await _SWEEP.run(on, at=at)


def _read_key(sent: list[bytes]) -> str:
    """One key of 1 to 255 visible characters; the quotes of a structured field are optional."""
    key = sent[0].decode("latin-1")
    if len(key) > 2 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if len(sent) != 1 or not _VISIBLE.fullmatch(key):
        raise Problem(
            "idempotency.unusable_key",
            400,
            "Idempotency-Key is one value of 1 to 255 visible ASCII characters, such as a UUID.",
        )
    return key
