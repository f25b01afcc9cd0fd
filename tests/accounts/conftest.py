"""A brand, and its company's hand on its accounts."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from sparekey import accounts, brands
from sparekey.db import Db
from sparekey.kit.address import read_email, read_phone
from sparekey.kit.keyring import Keyring
from tests.world.basics import MovableClock

ALICE_EMAIL = "alice@mail.example"
ALICE_PHONE = "+447400123456"


def addresses(*texts: str, is_verified: bool = True) -> tuple[accounts.WantedAddress, ...]:
    """What a company sends: emails have an @, phones have none."""
    read = [read_email(text) if "@" in text else read_phone(text) for text in texts]
    return tuple(accounts.WantedAddress(address, is_verified) for address in read)


@dataclass(frozen=True, slots=True)
class Company:
    """Keeps its accounts with us, at the time of the test's clock."""

    db: Db
    keyring: Keyring
    clock: MovableClock
    brand: brands.Brand

    async def put(self, ref: str, *texts: str, **fields: object) -> accounts.Account:
        wanted = accounts.Wanted(addresses=addresses(*texts), **fields)  # type: ignore[arg-type]
        account, _ = await accounts.put(
            self.db, self.keyring, self.brand, ref, wanted, self.clock()
        )
        return account

    async def patch(self, ref: str, wanted: accounts.Wanted) -> accounts.Account:
        return await accounts.patch(self.db, self.keyring, self.brand, ref, wanted, self.clock())

    async def delete(self, ref: str) -> bool:
        async with self.db.transaction() as tx:
            return await accounts.delete(tx, self.brand.id, ref, self.clock())

    async def reach(self, identifier: str) -> Sequence[str]:
        """The addresses recovery would use for whoever types `identifier`; none for strangers."""
        found = await accounts.resolve(self.db, self.keyring, self.brand, identifier, self.clock())
        return [] if found is None else [address.value for address in found.addresses]

    async def notices(self, account: accounts.Account) -> dict[str, str]:
        """The token that each old address is to be sent."""
        pending = await accounts.pending_notices(self.db, self.keyring, account.id, self.clock())
        return {notice.address.value: notice.token.reveal() for notice in pending}

    async def undo(self, token: str) -> accounts.SettledChange | None:
        async with self.db.transaction() as tx:
            return await accounts.undo(tx, self.keyring, token, self.clock())

    async def confirm(self, token: str) -> accounts.SettledChange | None:
        async with self.db.transaction() as tx:
            return await accounts.confirm_change(tx, self.keyring, token, self.clock())


@pytest.fixture
async def company(db: Db, keyring: Keyring, clock: MovableClock) -> Company:
    wish = brands.BrandWish(slug="acme", name="Acme Energy", countries=("GB",))
    return Company(db, keyring, clock, await brands.create(db, wish, clock()))


@pytest.fixture
async def other_company(company: Company) -> Company:
    wish = brands.BrandWish(slug="other", name="Other", countries=("GB",))
    brand = await brands.create(company.db, wish, company.clock())
    return Company(company.db, company.keyring, company.clock, brand)
