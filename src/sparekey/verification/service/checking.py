"""Looking at a guess, calling a challenge off, and telling what has become of one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sparekey.db import Executor
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem
from sparekey.verification import store
from sparekey.verification.model import Checked, State, read_code, read_link_token
from sparekey.verification.service.proof import Kept, code_macs, link_macs, unseal


async def check_code(
    on: Executor, keyring: Keyring, *, id: UUID, brand_id: int, typed: str, at: datetime
) -> Checked:
    """Evaluate one typed code, in one statement; Problem 422 when it cannot be a code at all."""
    code = read_code(typed)
    if code is None:
        raise Problem(
            "verification.code_malformed", 422, "Send the code as it was sent: 6 to 12 digits."
        )
    plain = code.reveal()
    macs = code_macs(keyring, id, brand_id, plain)
    guessed = await store.CHECK.one(on, id=id, brand=brand_id, at=at, macs=macs, length=len(plain))
    return Checked(guessed.verdict, guessed.attempts_left, guessed.purpose, guessed.is_decoy)


async def check_link(
    on: Executor, keyring: Keyring, *, id: UUID, brand_id: int, token: str, at: datetime
) -> Checked:
    """Evaluate one link token; a token that names another challenge is as wrong as any."""
    read = read_link_token(token)
    secret = read[1] if read is not None and read[0] == id else b""
    macs = link_macs(keyring, id, brand_id, secret)
    guessed = await store.CHECK.one(on, id=id, brand=brand_id, at=at, macs=macs, length=0)
    return Checked(guessed.verdict, guessed.attempts_left, guessed.purpose, guessed.is_decoy)


@dataclass(frozen=True, slots=True)
class Challenge:
    """A challenge as its starter may see it, and what is kept to send it again."""

    row: store.Row
    kept: Kept | None

    @property
    def is_by_link(self) -> bool:
        return self.row.code_length == 0

    @property
    def checks_left(self) -> int:
        """How many codes it still looks at; a link has none to look at."""
        if self.is_by_link or self.row.state != State.PENDING:
            return 0
        return self.row.max_attempts - self.row.attempts


async def find(
    on: Executor, keyring: Keyring, *, id: UUID, brand_id: int, at: datetime
) -> Challenge | None:
    """The challenge, or None when this brand has none of this id."""
    row = await store.FIND.maybe(on, id=id, brand=brand_id, at=at)
    if row is None:
        return None
    kept = unseal(keyring, id, row.sealed) if row.sealed is not None else None
    return Challenge(row, kept)


async def cancel(on: Executor, *, id: UUID, brand_id: int, at: datetime) -> str:
    """Call it off while it is pending; the state it is in afterwards, or `unknown`."""
    return await store.CANCEL.one(on, id=id, brand=brand_id, at=at)
