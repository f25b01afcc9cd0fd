"""What people type meets the account it names, and nothing else does."""

from sparekey import accounts
from sparekey.accounts.identifiers import identifier_keys
from sparekey.db import Db
from tests.accounts.conftest import ALICE_EMAIL, ALICE_PHONE, Company, addresses

SPELLINGS = [
    "alice@mail.example",
    "ALICE@Mail.Example",
    " alice@mail.example ",
    "alice@mail。example",
    "+447400123456",
    "07400 123456",
    "(07400) 123-456",
    "0044 7400 123456",
    "tel:+44-7400-123456",
    "＋44 7400 123456",
    "alice_w",
    "Alice_W",
    "ＡＬＩＣＥ_w",
    " alice_w ",
    "AC-1234 5678",
    "ac12345678",
    "AC 1234-5678",
    "AC–1234–5678",
]
STRANGERS = [
    "bob@mail.example",
    "a1",
    "",
    " ",
    "-",
    "\x00",
    "\ud800",
    "alice",
    "%",
    "9" * 10_000,
    "alice@mail.example,mallory@mail.example",
    '["alice@mail.example"]',
]


async def test_every_spelling_names_the_account(company: Company) -> None:
    await company.put(
        "a1", ALICE_EMAIL, ALICE_PHONE, username="Alice_W", customer_number="AC 1234 5678"
    )

    for typed in SPELLINGS:
        assert await company.reach(typed) == [ALICE_EMAIL, ALICE_PHONE], typed


async def test_anything_else_is_a_stranger(company: Company) -> None:
    await company.put("a1", ALICE_EMAIL, username="Alice_W")

    for typed in STRANGERS:
        assert await company.reach(typed) == [], typed


async def test_a_name_of_two_accounts_names_nobody(company: Company) -> None:
    await company.put("a1", ALICE_PHONE, "one@mail.example")
    await company.put("a2", ALICE_PHONE, "two@mail.example")

    assert await company.reach(ALICE_PHONE) == []
    assert await company.reach("one@mail.example") == [ALICE_PHONE, "one@mail.example"]


async def test_nobody_starves_an_owner_by_a_chosen_username(company: Company) -> None:
    await company.put("alice", ALICE_EMAIL, ALICE_PHONE, customer_number="1234")
    for number, stolen in enumerate((ALICE_EMAIL, ALICE_PHONE, "1234")):
        await company.put(f"m{number}", "mallory@mail.example", username=stolen)

    for typed in (ALICE_EMAIL, ALICE_PHONE, "1234"):
        assert await company.reach(typed) == [ALICE_EMAIL, ALICE_PHONE]


async def test_an_unproven_claim_to_an_address_changes_nothing(company: Company) -> None:
    await company.put("alice", ALICE_EMAIL)
    claim = accounts.Wanted(addresses=addresses(ALICE_EMAIL, is_verified=False))
    await accounts.put(
        company.db, company.keyring, company.brand, "mallory", claim, company.clock()
    )

    assert await company.reach(ALICE_EMAIL) == [ALICE_EMAIL]


async def test_a_held_account_is_a_stranger_to_recovery(company: Company) -> None:
    await company.put("a1", ALICE_EMAIL)
    reached: list[object] = []
    for what in ("lock", "unlock", "disable", "enable"):
        async with company.db.transaction() as tx:
            assert await accounts.hold(
                tx, company.brand.id, "a1", what, "asked by phone", company.clock()
            )
        reached.append(await company.reach(ALICE_EMAIL))

    assert reached == [[], [ALICE_EMAIL], [], [ALICE_EMAIL]]


async def test_brands_do_not_see_each_other(company: Company, other_company: Company) -> None:
    await company.put("a1", ALICE_EMAIL)

    assert await other_company.reach(ALICE_EMAIL) == []
    assert await accounts.get(company.db, company.keyring, other_company.brand.id, "a1") is None


async def test_strangers_and_members_run_the_same_statement(company: Company) -> None:
    texts = ["alice@mail.example", ALICE_PHONE, "no idea", "", "1"]

    counts = {len(identifier_keys(company.keyring, 1, text, "GB")) for text in texts}

    assert counts == {4}


async def test_addresses_are_sealed_in_the_database(company: Company, db: Db) -> None:
    await company.put("a1", ALICE_EMAIL, ALICE_PHONE)
    rows = await db.fetch(
        "SELECT a::text AS row FROM accounts.address AS a"
        " UNION ALL SELECT i::text FROM accounts.identifier AS i"
    )

    dump = "".join(row["row"] for row in rows)
    for plain in (ALICE_EMAIL, ALICE_PHONE):
        assert plain not in dump
        assert plain.encode().hex() not in dump
