"""What is known when a run begins: the facts that branches look at, and the verdict, in one place.

A fact is a word. The verdict is of the moment the run begins. It chooses a way and permits nothing:
what needs proof asks the recovery itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sparekey import accounts, brands, flows, guard
from sparekey.db import Executor
from sparekey.flows import Verdict
from sparekey.kit.address import Address, Phone, read_email, read_phone
from sparekey.kit.keyring import Keyring
from sparekey.recovery.service.reaching import Person
from sparekey.verification import Channel

#: More of its ledger than this is not used up by an owner who mistypes.
_USUAL_USE = guard.BURST // 2


async def known_of_account(
    on: Executor,
    keyring: Keyring,
    brand: brands.Brand,
    account: accounts.Account | None,
    *,
    start: str,
    channel: str | None = None,
    at: datetime,
) -> dict[str, str]:
    """The facts of a start that nobody asked for in person: the company, the clock, an event.
    Without an account only what is the brand's own."""
    shared = {"start": start, "channel": channel, "brand": _word(brand)}
    if account is None:
        return flows.facts({**shared, "account": "stranger", "language": _language(brand.locale)})
    addresses = [
        read_email(one.value) if one.kind == "email" else read_phone(one.value)
        for one in account.addresses
    ]
    subject = _Subject(
        ledgers=_ledgers(
            keyring, brand, accounts.account_key(keyring, brand.id, account.ref), addresses
        ),
        is_held=account.recoverable_from > at or not account.is_open,
        has_new_address=any(one.usable_from > at for one in account.addresses),
        is_known=None,
    )
    return flows.facts(
        {
            **shared,
            "account": "known",
            "status": _status(account),
            "language": _language(account.locale or brand.locale),
            "country": _country(account),
            "second_factor": _yes_or_no(account.second_factor),
            "verdict": await _verdict(on, subject, at=at),
        }
    )


async def known_of_request(
    on: Executor,
    keyring: Keyring,
    brand: brands.Brand,
    person: Person,
    *,
    start: str,
    channel: str,
    locale: str | None,
    is_known_browser: bool,
    at: datetime,
) -> dict[str, str]:
    """The facts of somebody's asking to get back in; a stranger's are an ordinary customer's, after
    the same statements."""
    phone = person.address(Channel.SMS)
    reached = [to for to in (phone, person.address(Channel.EMAIL)) if to is not None]
    subject = _Subject(
        ledgers=_ledgers(keyring, brand, person.key, reached),
        is_held=False,  # whoever is held is a stranger here
        has_new_address=person.has_new_address,
        is_known=is_known_browser,
    )
    return flows.facts(
        {
            "start": start,
            "channel": channel,
            "brand": _word(brand),
            "account": "known",
            "status": "active",
            "language": _language(locale or person.locale or brand.locale),
            "country": phone.region if isinstance(phone, Phone) else accounts.home_region(brand),
            "second_factor": _yes_or_no(person.has_second_factor),
            "browser": "known" if is_known_browser else "new",
            "verdict": await _verdict(on, subject, at=at),
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """Whom the verdict is about; `is_known` is None where nobody asked in person."""

    ledgers: list[bytes]
    is_held: bool
    has_new_address: bool
    is_known: bool | None


async def _verdict(on: Executor, subject: _Subject, *, at: datetime) -> Verdict:
    """After the same statement for everybody.

    What strangers can bring about (a freeze, a pause, guessing) is not held against a browser that
    is known; a block, a held account and a new address are.
    """
    standing = await guard.standing(
        on,
        account_key=subject.ledgers[0],
        sends_key=subject.ledgers[0],
        keys=subject.ledgers,
        cap_class=guard.Allowance.STRANGER,
        at=at,
    )
    if subject.is_held or subject.has_new_address or guard.BLOCK in standing.kinds:
        return Verdict.SUSPICIOUS
    if subject.is_known:
        return Verdict.FINE
    if standing.kinds & {guard.FREEZE, guard.PAUSE} or standing.used > _USUAL_USE:
        return Verdict.SUSPICIOUS
    return Verdict.FINE if subject.is_known is None else Verdict.UNSURE


def _ledgers(
    keyring: Keyring, brand: brands.Brand, account: bytes, addresses: Iterable[Address]
) -> list[bytes]:
    """The account's books, and those of its addresses."""
    return [account, *(guard.address_ledger(keyring, brand.id, to) for to in addresses)]


def _status(account: accounts.Account) -> str:
    if account.status == "disabled":
        return "disabled"
    return "active" if account.locked_at is None else "locked"


def _country(account: accounts.Account) -> str | None:
    numbers = [one.value for one in account.addresses if one.kind == "phone" and one.verified_at]
    return read_phone(numbers[0]).region if numbers else None


def _word(brand: brands.Brand) -> str:
    return brand.slug.replace("-", "_")


def _language(locale: str) -> str:
    return locale.partition("-")[0]


def _yes_or_no(is_so: bool) -> str:
    return "yes" if is_so else "no"
