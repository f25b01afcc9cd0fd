"""Strangers and members by the thousand: what each would type, and nobody twice."""

import asyncio
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sparekey import accounts, brands
from sparekey.db import Db
from sparekey.kit.address import read_email, read_phone
from sparekey.kit.keyring import Keyring
from tests.world.cast import fresh_number

#: A stranger; a member who can be reached; one whose addresses all still wait; a disabled or locked
#: account; a member for whom strangers have asked too often today.
STRANGER, MEMBER, WAITING, HELD, OVER = ("stranger", "member", "waiting", "held", "over limit")
_ABREAST = 8
#: When the accounts were made: everything about them has come to rest since.
LONG_AGO = timedelta(days=10)

_STATES = {
    WAITING: "UPDATE accounts.address SET usable_from = $2::timestamptz + interval '1 day' "
    "WHERE account_id IN (SELECT id FROM accounts.account WHERE ref = ANY ($1))",
    HELD: "UPDATE accounts.account SET locked_at = CASE WHEN ref < '8' THEN $2::timestamptz END, "
    "status = CASE WHEN ref < '8' THEN 'active' ELSE 'disabled' END WHERE ref = ANY ($1)",
    OVER: "INSERT INTO guard.cap (key, class, times) "
    "SELECT key, 1, array_fill($2::timestamptz, ARRAY[5]) FROM accounts.account "
    "WHERE ref = ANY ($1)",
}


@dataclass(frozen=True, slots=True)
class People:
    """Makes people of a brand."""

    db: Db
    keyring: Keyring
    brand: brands.Brand

    async def some(
        self, kind: str, number: int, at: datetime, *, password_hash: str | None = None
    ) -> Sequence[str]:
        """What so many new people of one kind would type."""
        refs = [secrets.token_hex(8) for _ in range(number)]
        if kind != STRANGER:
            waiting = iter(refs)
            await asyncio.gather(*(self._enrol(waiting, at - LONG_AGO) for _ in range(_ABREAST)))
            if kind in _STATES:
                await self.db.execute(_STATES[kind], refs, at)
            if password_hash is not None:
                await self.db.execute(
                    "UPDATE accounts.account SET password_hash = $2 WHERE ref = ANY ($1)",
                    refs,
                    password_hash,
                )
        return [_email(ref) for ref in refs]

    async def _enrol(self, waiting: Iterator[str], at: datetime) -> None:
        for ref in waiting:
            addresses = tuple(
                accounts.WantedAddress(address, is_verified=True)
                for address in (read_phone(fresh_number()), read_email(_email(ref)))
            )
            wanted = accounts.Wanted(addresses=addresses)
            await accounts.put(self.db, self.keyring, self.brand, ref, wanted, at)


def _email(ref: str) -> str:
    return f"{ref}@mail.example"
