"""The vocabulary of the journal, declared by the packages whose events they are."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sparekey.db import Tx

_NAME = re.compile(r"[a-z][a-z_]*\.[a-z][a-z_]*")

Scalar = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `data` holds ids and words of our own, never an address."""

    id: UUID
    at: datetime
    kind: str
    brand_id: int | None
    subject: UUID | None
    data: Mapping[str, Scalar]


Hook = Callable[[Tx, Event], Awaitable[None]]

#: Every kind of event with the sentence that says when it happens.
KINDS: dict[str, str] = {}
_hooks: dict[str, list[Hook]] = {}


def declare(kind: str, meaning: str) -> str:
    """Add a kind, `package.past_tense`, to the vocabulary; returns it, for use as a constant."""
    if _NAME.fullmatch(kind) is None:
        raise ValueError(f"an event's kind is like `account.recovered`, not {kind!r}")
    if KINDS.setdefault(kind, meaning) != meaning:
        raise ValueError(f"{kind} is declared twice, with two meanings")
    return kind


def on(kind: str) -> Callable[[Hook], Hook]:
    """Run the decorated hook inside each transaction that appends an event of this kind.

    A hook only touches the database, and what it writes stands or falls with the event.
    """

    def register(hook: Hook) -> Hook:
        hooks = _hooks.setdefault(kind, [])
        if hook not in hooks:
            hooks.append(hook)
        return hook

    return register


def hooks_of(kind: str) -> list[Hook]:
    """The hooks of a declared kind; LookupError if nobody declared it."""
    if kind not in KINDS:
        raise LookupError(f"no package declared the event {kind}")
    return _hooks.get(kind, [])
