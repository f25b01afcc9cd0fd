"""A brand is made once, means what it says, and stays what it is."""

import asyncio

import asyncpg
import pytest

from sparekey import brands
from sparekey.db import Db
from sparekey.kit.problem import Problem
from tests.world.basics import MovableClock


async def test_a_live_brand_texts_nowhere_until_countries_are_named(db: Db, clock: MovableClock):
    acme = await brands.create(db, brands.BrandWish(slug="acme", name="Acme"), clock())
    wide = brands.BrandWish(slug="wide", name="Wide", countries=("GB", "NO"))
    wider = await brands.create(db, wide, clock())

    assert acme.countries == ()
    assert not acme.serves("GB")
    assert wider.serves("NO")
    assert not wider.serves("LV")


async def test_a_sandbox_texts_everywhere_to_a_screen(db: Db, clock: MovableClock):
    wish = brands.BrandWish(slug="try", name="Try", is_sandbox=True)

    brand = await brands.create(db, wish, clock())

    assert brand.is_sandbox
    assert brand.countries is None
    assert brand.serves("LV")


async def test_what_is_created_is_found_by_id_and_by_slug(db: Db, clock: MovableClock):
    wish = brands.BrandWish(
        slug="acme",
        name="Acme Bank",
        locale="en-GB",
        languages=("en-GB", "cy"),
        return_urls=("https://acme.example/back?x=1",),
        base_url="https://Recover.acme.example/",
        support=brands.Support(phone="+44 20 7946 0000", hours="Mon-Fri 9-17"),
        sender=brands.Sender("ACME", "60777", can_reply=True),
        classic=brands.ClassicPolicy(attempts=5),
    )

    made = await brands.create(db, wish, clock())

    assert await brands.by_id(db, made.id) == made
    assert await brands.find(db, "acme") == made
    assert made.base_url == "https://recover.acme.example"
    assert made.classic.is_on
    assert made.support.is_reachable


async def test_the_same_brand_is_read_from_the_database_once(db: Db, clock: MovableClock):
    made = await brands.create(db, brands.BrandWish(slug="acme", name="Acme"), clock())

    first = await brands.by_id(db, made.id)

    assert await brands.by_id(db, made.id) is first


async def test_of_simultaneous_creations_with_one_slug_one_wins(db: Db, clock: MovableClock):
    wish = brands.BrandWish(slug="acme", name="Acme")

    tries = [brands.create(db, wish, clock()) for _ in range(10)]
    results = await asyncio.gather(*tries, return_exceptions=True)

    assert sum(isinstance(result, brands.Brand) for result in results) == 1
    assert {r.code for r in results if isinstance(r, Problem)} == {"brand.slug_taken"}


async def test_an_unknown_brand_is_not_found(db: Db):
    assert await brands.find(db, "nobody") is None
    with pytest.raises(LookupError):
        await brands.by_id(db, 4711)


async def test_the_database_refuses_a_live_brand_that_texts_everywhere(db: Db, clock: MovableClock):
    made = await brands.create(db, brands.BrandWish(slug="acme", name="Acme"), clock())

    with pytest.raises(asyncpg.CheckViolationError):
        await db.execute("UPDATE brands.brand SET countries = NULL WHERE id = $1", made.id)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "Acme"),
        ("slug", "a/b"),
        ("slug", "-acme"),
        ("slug", "v1"),
        ("slug", "l"),
        ("slug", ""),
        ("name", ""),
        ("name", "Acme\r\nBcc: mallory@example.com"),
        ("locale", "english"),
        ("countries", ("gb",)),
        ("countries", ("GB", "GB")),
        ("channel_order", ()),
        ("channel_order", ("pigeon",)),
        ("email_proof", "both"),
        ("base_url", "https://acme.example/path"),
        ("base_url", "http://acme.example"),
        ("return_urls", ("javascript:alert(1)",)),
        ("return_urls", ("https://acme.example@evil.example/",)),
        ("return_urls", ("https://acme.example/../evil",)),
        ("sender", brands.Sender("ACME", None, can_reply=True)),
        ("support", brands.Support(chat_url="http://chat.example")),
        ("classic", brands.ClassicPolicy(attempts=0)),
    ],
)
async def test_a_wish_that_cannot_be_is_refused_by_field(
    db: Db, clock: MovableClock, field: str, value: object
):
    wish = brands.BrandWish(**{"slug": "acme", "name": "Acme", field: value})  # pyright: ignore[reportArgumentType]  # wrong on purpose

    with pytest.raises(Problem) as caught:
        await brands.create(db, wish, clock())

    assert caught.value.status == 422


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.example/back",
        "https://acme.example/back?x=2",
        "https://acme.example/back?x=1#f",
        "https://acme.example/back?x=1&",
        "https://ACME.example/back?x=1",
        "https://acme.example.evil.example/back?x=1",
    ],
)
async def test_a_return_address_is_allowed_to_the_letter_only(
    db: Db, clock: MovableClock, url: str
):
    allowed = "https://acme.example/back?x=1"
    wish = brands.BrandWish(slug="acme", name="Acme", return_urls=(allowed,))

    brand = await brands.create(db, wish, clock())

    assert brand.allows_return_to(allowed)
    assert not brand.allows_return_to(url)
