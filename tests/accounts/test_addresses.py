"""A changed address waits 72 hours, and whoever holds an old one can undo it."""

from datetime import timedelta

from sparekey import accounts, floors
from sparekey.db import Db, partitions
from tests.accounts.conftest import ALICE_EMAIL, ALICE_PHONE, Company, addresses

WAIT = timedelta(hours=72)
MALLORY = "mallory@mail.example"
NEW = "new@mail.example"


async def test_the_first_addresses_of_an_account_work_at_once(company: Company) -> None:
    account = await company.put("a1", ALICE_EMAIL, ALICE_PHONE)

    assert await company.reach(ALICE_EMAIL) == [ALICE_EMAIL, ALICE_PHONE]
    assert await company.notices(account) == {}


async def test_a_changed_address_waits_and_the_old_one_is_told(company: Company) -> None:
    await company.put("a1", ALICE_EMAIL, ALICE_PHONE)
    account = await company.put("a1", NEW, ALICE_PHONE)

    assert await company.reach(ALICE_PHONE) == [ALICE_PHONE]
    assert await company.reach(NEW) == [ALICE_PHONE]
    assert await company.reach(ALICE_EMAIL) == []
    assert set(await company.notices(account)) == {ALICE_EMAIL, ALICE_PHONE}
    company.clock.advance(WAIT - timedelta(seconds=1))
    assert await company.reach(ALICE_PHONE) == [ALICE_PHONE]
    company.clock.advance(timedelta(seconds=1))
    assert sorted(await company.reach(ALICE_PHONE)) == [ALICE_PHONE, NEW]


async def test_a_stolen_key_cannot_replace_a_number_and_recover(company: Company) -> None:
    await company.put("a1", ALICE_PHONE, username="alice")
    await company.put("a1", MALLORY, username="alice")
    await company.put("a1", MALLORY, username="alice")

    assert await company.reach("alice") == []
    assert await company.reach(MALLORY) == []


async def test_undo_restores_the_old_address_and_removes_the_new(company: Company) -> None:
    await company.put("a1", ALICE_PHONE)
    account = await company.put("a1", MALLORY)
    token = (await company.notices(account))[ALICE_PHONE]

    change = await company.undo(token)

    assert change is not None
    assert change.account_id == account.id
    assert await company.reach(ALICE_PHONE) == [ALICE_PHONE]
    assert await company.undo(token) is None
    company.clock.advance(WAIT)
    assert await company.reach(MALLORY) == []
    assert await company.reach(ALICE_PHONE) == [ALICE_PHONE]


async def test_undoing_a_change_undoes_the_later_ones_too(company: Company) -> None:
    await company.put("a1", ALICE_PHONE, ALICE_EMAIL)
    account = await company.put("a1", MALLORY)
    token = (await company.notices(account))[ALICE_PHONE]
    await company.put("a1", "second@mail.example")
    await company.put("a1", "third@mail.example", ALICE_PHONE)

    assert await company.undo(token) is not None

    assert sorted(await company.reach(ALICE_PHONE)) == [ALICE_PHONE, ALICE_EMAIL]
    current = await accounts.get(company.db, company.keyring, company.brand.id, "a1")
    assert current is not None
    assert {one.value for one in current.addresses} == {ALICE_PHONE, ALICE_EMAIL}


async def test_undoing_the_last_change_leaves_the_earlier_ones(company: Company) -> None:
    await company.put("a1", ALICE_PHONE)
    account = await company.put("a1", ALICE_PHONE, NEW)
    first = await company.notices(account)
    await company.put("a1", ALICE_PHONE)
    later = {t for t in (await _all_tokens(company, account)) if t not in first.values()}

    assert await company.undo(later.pop()) is not None

    company.clock.advance(WAIT)
    assert sorted(await company.reach(ALICE_PHONE)) == [ALICE_PHONE, NEW]


async def test_the_old_address_can_end_the_wait(company: Company) -> None:
    await company.put("a1", ALICE_PHONE, ALICE_EMAIL)
    account = await company.put("a1", NEW, ALICE_EMAIL)
    tokens = await company.notices(account)

    assert await company.confirm(tokens[ALICE_EMAIL]) is not None

    assert sorted(await company.reach(NEW)) == [ALICE_EMAIL, NEW]
    assert await company.confirm(tokens[ALICE_PHONE]) is None
    assert await company.undo(tokens[ALICE_PHONE]) is not None
    assert sorted(await company.reach(ALICE_PHONE)) == [ALICE_PHONE, ALICE_EMAIL]


async def test_an_address_that_still_waits_is_handed_no_link(company: Company) -> None:
    await company.put("a1", ALICE_PHONE)
    await company.put("a1", ALICE_PHONE, MALLORY)
    account = await company.put("a1", MALLORY)

    told = [notice.address.value for notice in await _pending(company, account)]
    assert set(told) == {ALICE_PHONE}
    everybody = await accounts.notice_addresses(
        company.db, company.keyring, account.id, company.clock()
    )
    assert {one.value: one.is_usable for one in everybody} == {ALICE_PHONE: True, MALLORY: False}


async def test_an_address_cannot_be_silenced_before_it_is_removed(company: Company) -> None:
    await company.put("a1", ALICE_PHONE, MALLORY)
    doubted = accounts.Wanted(
        addresses=addresses(ALICE_PHONE, is_verified=False) + addresses(MALLORY)
    )
    account = await company.patch("a1", doubted)

    token = (await company.notices(account))[ALICE_PHONE]
    await company.put("a1", MALLORY)
    assert await company.undo(token) is not None
    assert sorted(await company.reach(ALICE_PHONE)) == [ALICE_PHONE, MALLORY]


async def test_after_72_hours_nothing_can_be_undone_and_the_old_is_forgotten(
    company: Company, db: Db
) -> None:
    await company.put("a1", ALICE_PHONE)
    account = await company.put("a1", NEW)
    token = (await company.notices(account))[ALICE_PHONE]
    company.clock.advance(WAIT)
    async with db.transaction() as tx:
        await accounts.sweep(tx, company.clock())

    assert await company.undo(token) is None
    assert await company.reach(NEW) == [NEW]
    rows = await db.fetch(
        "SELECT id FROM accounts.address UNION ALL SELECT id FROM accounts.change"
    )
    assert len(rows) == 1


async def test_a_deleted_account_made_again_waits(company: Company) -> None:
    await company.put("a1", ALICE_PHONE)
    assert await company.delete("a1")
    assert not await company.delete("a1")
    company.clock.advance(timedelta(days=30))
    await company.put("a1", MALLORY)
    await company.put("a2", "other@mail.example")

    assert await company.reach(MALLORY) == []
    assert await company.reach("other@mail.example") == ["other@mail.example"]
    company.clock.advance(WAIT)
    assert await company.reach(MALLORY) == [MALLORY]


async def test_a_tombstone_is_forgotten_after_a_year(company: Company, db: Db) -> None:
    await company.put("a1", ALICE_PHONE)
    await company.delete("a1")
    left: list[int] = []
    for wait in (timedelta(days=365) - timedelta(seconds=1), timedelta(seconds=1)):
        company.clock.advance(wait)
        async with db.transaction() as tx:
            await accounts.sweep(tx, company.clock())
        left.append((await db.fetchrow("SELECT count(*) FROM accounts.tombstone"))[0])

    assert left == [1, 0]


async def test_a_tombstone_past_its_time_says_nothing_before_it_is_swept(
    company: Company, db: Db
) -> None:
    await company.put("a1", ALICE_PHONE)
    await company.delete("a1")
    await partitions.ensure(db, floors.archives(), company.clock.advance(timedelta(days=365)))
    await company.put("a1", ALICE_EMAIL)

    assert await company.reach(ALICE_EMAIL) == [ALICE_EMAIL]


async def test_addresses_that_nobody_could_tell_of_a_deletion_go_after_thirty_days(
    company: Company, db: Db
) -> None:
    await company.put("a1", ALICE_PHONE)
    await company.delete("a1")
    left: list[int] = []
    for wait in (timedelta(days=30) - timedelta(seconds=1), timedelta(seconds=1)):
        company.clock.advance(wait)
        async with db.transaction() as tx:
            await accounts.sweep(tx, company.clock())
        left.append((await db.fetchrow("SELECT count(*) FROM accounts.farewell"))[0])

    assert left == [1, 0]


async def test_a_deleted_account_leaves_a_mac_and_sealed_addresses_until_they_are_told(
    company: Company, db: Db
) -> None:
    account = await company.put("customer-7", ALICE_PHONE, username="alice")
    await company.put("customer-7", NEW, username="alice")
    async with db.transaction() as tx:
        await accounts.remember_device(tx, company.keyring, account.id, company.clock())
    await company.delete("customer-7")

    left = {
        table: await db.fetchrow(f"SELECT count(*) AS n FROM accounts.{table}")  # noqa: S608
        for table in ("account", "address", "identifier", "change", "notice", "device")
    }
    assert {table: row["n"] for table, row in left.items()} == dict.fromkeys(left, 0)
    row = await db.fetchrow("SELECT t::text AS row FROM accounts.tombstone AS t")
    assert "customer-7" not in row["row"]
    kept = await db.fetchrow("SELECT f::text AS row FROM accounts.farewell AS f")
    assert ALICE_PHONE.encode().hex() not in kept["row"]
    async with db.transaction() as tx:
        told = await accounts.take_farewells(tx, company.keyring, account.id)
        again = await accounts.take_farewells(tx, company.keyring, account.id)
    assert ({one.value for one in told}, again) == ({ALICE_PHONE, NEW}, ())


async def test_a_notice_is_taken_once(company: Company, db: Db) -> None:
    await company.put("a1", ALICE_PHONE)
    account = await company.put("a1", NEW)
    (notice,) = await _pending(company, account)

    taken: list[bool] = []
    for _ in range(2):
        async with db.transaction() as tx:
            taken.append(await accounts.take_notice(tx, notice.id))

    assert taken == [True, False]
    assert await _pending(company, account) == ()
    assert await company.undo(notice.token.reveal()) is not None


async def _pending(
    company: Company, account: accounts.Account
) -> tuple[accounts.PendingNotice, ...]:
    return await accounts.pending_notices(company.db, company.keyring, account.id, company.clock())


async def _all_tokens(company: Company, account: accounts.Account) -> list[str]:
    return [notice.token.reveal() for notice in await _pending(company, account)]
