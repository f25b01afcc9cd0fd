"""What is known when a run begins: the facts that branches look at, and the verdict, in one place.

A fact is a word. The verdict is `fine` only while nothing speaks against it: no lock, no block or
freeze, no new address that still waits, no more guessing than owners do. It is of the moment the
run begins. It chooses a way and permits nothing: what needs proof asks the recovery itself.
"""

from datetime import datetime

from sparekey import accounts, brands, flows, guard
from sparekey.db import Executor
from sparekey.kit.address import read_phone
from sparekey.kit.keyring import Keyring

FINE, SUSPICIOUS = "fine", "suspicious"
#: More of its ledger than this is not used up by an owner who mistypes.
_USUAL_USE = guard.BURST // 2


async def known(
    on: Executor,
    keyring: Keyring,
    brand: brands.Brand,
    account: accounts.Account | None,
    *,
    start: str,
    channel: str | None = None,
    at: datetime,
) -> dict[str, str]:
    """The facts of a start; of a stranger only what is the brand's own."""
    shared = {"start": start, "channel": channel, "brand": brand.slug.replace("-", "_")}
    if account is None:
        language = brand.locale.partition("-")[0]
        return flows.facts({**shared, "account": "stranger", "language": language})
    return flows.facts(
        {
            **shared,
            "account": "known",
            "status": _status(account),
            "language": (account.locale or brand.locale).partition("-")[0],
            "country": _country(account),
            "second_factor": "yes" if account.second_factor else "no",
            "verdict": await verdict(on, keyring, brand, account, at=at),
        }
    )


async def verdict(
    on: Executor,
    keyring: Keyring,
    brand: brands.Brand,
    account: accounts.Account,
    *,
    at: datetime,
) -> str:
    """Whether anything speaks against this being its owner's own, quiet account."""
    waits = account.recoverable_from > at
    if waits or not account.is_open or any(one.usable_from > at for one in account.addresses):
        return SUSPICIOUS
    key = accounts.account_key(keyring, brand.id, account.ref)
    standing = await guard.standing(
        on,
        account_key=key,
        sends_key=key,
        keys=[key, *(one.key for one in account.addresses)],
        cap_class=guard.Allowance.STRANGER,
        at=at,
    )
    is_stopped = standing.kinds & {guard.BLOCK, guard.FREEZE, guard.PAUSE}
    return SUSPICIOUS if is_stopped or standing.used > _USUAL_USE else FINE


def _status(account: accounts.Account) -> str:
    if account.status == "disabled":
        return "disabled"
    return "active" if account.locked_at is None else "locked"


def _country(account: accounts.Account) -> str | None:
    numbers = [one.value for one in account.addresses if one.kind == "phone" and one.verified_at]
    return read_phone(numbers[0]).region if numbers else None
