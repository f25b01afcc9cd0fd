"""The account routes over HTTP: who may do what, and what is refused."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import product

import httpx
import pytest
from argon2 import PasswordHasher

from sparekey import access, accounts, http
from sparekey.accounts.api import ROUTES
from tests.accounts.conftest import ALICE_EMAIL, ALICE_PHONE, Company

PASSWORD = "seven quiet lamps by a river"
ALL = ("accounts:read", "accounts:write", "addresses:write", "passwords:write", "sign_ins:write")
ALICE = {
    "username": "alice",
    "name": "Alice Winters",
    "addresses": [
        {"kind": "email", "value": "Alice@MAIL.example", "verified": True},
        {"kind": "phone", "value": "07400 123456", "verified": True},
    ],
    "password": PASSWORD,
}

Client = httpx.AsyncClient


async def client(company: Company, *scopes: str) -> Client:
    """An HTTP client with a key of these scopes."""
    _, key = await access.create_key(
        company.db, company.brand, name="test", scopes=scopes, at=company.clock()
    )
    around = http.Context(company.db, company.keyring, company.clock, "https://acme.example")
    app = http.application(ROUTES, context=around, authenticate=access.admit)
    return Client(
        transport=httpx.ASGITransport(app=app),  # pyright: ignore[reportArgumentType]
        base_url="https://acme.example",
        headers={"Authorization": f"Bearer {key.reveal()}"},
    )


@pytest.fixture
async def api(company: Company) -> AsyncIterator[Client]:
    async with await client(company, *ALL) as made:
        yield made


async def test_an_account_is_put_read_patched_and_deleted(api: Client) -> None:
    made = await api.put("/v1/accounts/a%201", json=ALICE)
    again = await api.put("/v1/accounts/a%201", json=ALICE)
    patched = await api.patch("/v1/accounts/a%201", json={"name": None, "locale": "pt-BR"})
    read = await api.get("/v1/accounts/a%201")
    deleted = await api.delete("/v1/accounts/a%201")
    gone = await api.get("/v1/accounts/a%201")

    assert [made.status_code, again.status_code, deleted.status_code] == [201, 200, 204]
    assert read.json() == patched.json()
    assert read.json()["account"] == "a 1"
    assert (read.json()["name"], read.json()["locale"]) == (None, "pt-BR")
    assert [one["value"] for one in read.json()["addresses"]] == [
        "Alice@mail.example",
        ALICE_PHONE,
    ]
    assert (gone.status_code, gone.json()["code"]) == (404, "account.unknown")


async def test_a_password_is_never_answered(api: Client) -> None:
    answers = [
        await api.put("/v1/accounts/a1", json=ALICE),
        await api.get("/v1/accounts/a1"),
        await api.patch("/v1/accounts/a1", json={"password": "short"}),
        await api.patch("/v1/accounts/a1", json={"password": 12345678901234567890}),
    ]

    assert answers[0].json()["has_password"] is True
    assert answers[2].json()["code"] == "password.too_short"
    for answer in answers:
        assert PASSWORD not in answer.text
        assert "12345678901234567890" not in answer.text
        assert "argon2" not in answer.text


SCOPED: list[tuple[tuple[str, ...], dict[str, object], int]] = [
    (("accounts:read",), {"name": "Alice"}, 403),
    (("accounts:write",), {"name": "Alice"}, 201),
    (("accounts:write",), {"addresses": []}, 403),
    (("accounts:write", "passwords:write"), {"addresses": []}, 403),
    (("accounts:write", "addresses:write"), {"addresses": []}, 201),
    (("accounts:write",), {"password": PASSWORD}, 403),
    (("accounts:write", "addresses:write"), {"password_hash": "x"}, 403),
    (("accounts:write", "passwords:write"), {"password": PASSWORD}, 201),
]


async def test_addresses_and_passwords_have_scopes_of_their_own(company: Company) -> None:
    for number, (scopes, body, status) in enumerate(SCOPED):
        async with await client(company, *scopes) as limited:
            answer = await limited.put(f"/v1/accounts/a{number}", json=body)
        assert answer.status_code == status, (scopes, body)


async def test_a_put_without_addresses_leaves_them(company: Company, api: Client) -> None:
    await api.put("/v1/accounts/a1", json=ALICE)
    async with await client(company, "accounts:write") as limited:
        answer = await limited.put("/v1/accounts/a1", json={"username": "alice"})

    assert len(answer.json()["addresses"]) == 2
    assert answer.json()["name"] is None


async def test_holding_and_letting_go(api: Client) -> None:
    await api.put("/v1/accounts/a1", json=ALICE)
    seen: list[tuple[object, ...]] = []
    for what in ("lock", "unlock", "disable", "enable"):
        answer = await api.post(f"/v1/accounts/a1/{what}", json={"reason": "asked by phone"})
        shown = answer.json()
        seen.append((answer.status_code, shown["status"], shown["lock_reason"]))
    unknown = await api.post("/v1/accounts/nobody/lock", json={"reason": "asked by phone"})
    unsaid = await api.post("/v1/accounts/a1/lock", json={})

    assert seen == [
        (200, "active", "asked by phone"),
        (200, "active", None),
        (200, "disabled", None),
        (200, "active", None),
    ]
    assert (unknown.status_code, unsaid.status_code) == (404, 400)


async def test_signing_in_and_reporting(api: Client) -> None:
    await api.put("/v1/accounts/a1", json=ALICE)
    asked = {"identifier": ALICE_EMAIL, "password": PASSWORD, "client": {"ip": "192.0.2.1"}}
    right = await api.post("/v1/sign-ins", json=asked)
    wrong = await api.post("/v1/sign-ins", json={**asked, "password": "wrong"})
    stranger = await api.post("/v1/sign-ins", json={**asked, "identifier": "nobody"})
    reports = [
        await api.post("/v1/sign-ins/reports", json={"identifier": name, "outcome": outcome})
        for name in (ALICE_EMAIL, "nobody")
        for outcome in ("ok", "wrong")
    ]

    assert right.json()["outcome"] == "ok"
    assert right.json()["account"] == "a1"
    assert right.json()["device_token"]
    assert wrong.content == stranger.content == b'{"outcome":"wrong"}'
    assert {(one.status_code, one.content) for one in reports} == {(204, b"")}


async def test_signing_in_from_ever_new_browsers_forgets_the_oldest(
    company: Company, api: Client
) -> None:
    await api.put("/v1/accounts/a1", json=ALICE)
    account = await accounts.get(company.db, company.keyring, company.brand.id, "a1")
    assert account is not None

    async def sign_in(device: str | None = None) -> str | None:
        client = {"ip": "192.0.2.1", "device": device}
        asked = {"identifier": "alice", "password": PASSWORD, "client": client}
        answer = await api.post("/v1/sign-ins", json=asked)
        company.clock.advance(timedelta(minutes=1))
        return answer.json().get("device_token")

    oldest, next_oldest = await sign_in(), await sign_in()
    for _ in range(18):
        await accounts.remember_device(company.db, company.keyring, account.id, company.clock())
    newest = await sign_in()
    met_anew = [await sign_in(browser) for browser in (newest, next_oldest, oldest)]

    assert None not in (oldest, next_oldest, newest)
    assert [token is not None for token in met_anew] == [False, False, True]


NO_ADDRESSES: list[object] = [
    ["alice@mail.example", "mallory@mail.example"],
    {"value": "alice@mail.example"},
    1,
    True,
    "alice@mail.example,mallory@mail.example",
    "alice@mail.example;mallory@mail.example",
    "alice@mail.example\r\nBcc: mallory@mail.example",
    "alice@mail.example\u0000",
    "alice@mail.example mallory@mail.example",
    "+447400123456,+447400123457",
    "x" * 300,
    '["alice@mail.example"]',
    "Alice <alice@mail.example>",
    "",
    "+449098790123",
]


async def test_one_address_is_exactly_one_address(api: Client) -> None:
    for kind, value in product(("email", "phone"), NO_ADDRESSES):
        body = {"addresses": [{"kind": kind, "value": value, "verified": True}]}
        answer = await api.put("/v1/accounts/a1", json=body)
        assert answer.status_code in {400, 422}, value
        assert answer.headers["content-type"].startswith("application/problem+json")
    assert (await api.get("/v1/accounts/a1")).status_code == 404


NO_TEXTS: list[object] = [
    ["alice"],
    {"a": "alice"},
    7,
    "a\u0000b",
    "a\nb",
    "a\u007fb",
    "\ud800",
    "",
    " ",
    "x" * 255,
    "a\u200bb",
    "a\u2028b",
    "\u202eecila",
]
FIELDS = ("username", "name", "locale", "customer_number")


async def test_no_field_takes_lists_control_characters_or_nothing(api: Client) -> None:
    headers = {"Content-Type": "application/json"}
    for field, value in product(FIELDS, NO_TEXTS):
        body = json.dumps({field: value}).encode()
        answer = await api.put("/v1/accounts/a1", content=body, headers=headers)
        assert answer.status_code in {400, 422}, (field, value)


TWO_FACED = [
    b'{"username": "alice", "username": "mallory"}',
    b'{"addresses": [], "addresses": []}',
    b'{"addresses": [{"kind": "email", "value": "a@m.example", "value": "b@m.example"}]}',
    b'{"admin": true}',
    b'{"addresses": [{"kind": "fax", "value": "1"}]}',
    b'{"addresses": null}',
    b'{"password": null}',
    b'{"second_factor": null}',
    b'{"a',
    b"[]",
    b"null",
    b'"alice"',
    b"",
    b"\xff",
]


async def test_bodies_that_two_readers_could_read_differently_are_refused(
    api: Client,
) -> None:
    headers = {"Content-Type": "application/json"}
    for body in TWO_FACED:
        answer = await api.put("/v1/accounts/a1", content=body, headers=headers)
        assert answer.status_code == 400, body


UNPRINTABLE = ("%00", "a%0Ab", "x" * 129, "%20", "a%E2%80%AEb", "%ED%A0%80a%07")


async def test_an_id_that_cannot_be_printed_names_no_account(api: Client) -> None:
    for ref in UNPRINTABLE:
        answers = [
            await api.put(f"/v1/accounts/{ref}", json={}),
            await api.get(f"/v1/accounts/{ref}"),
            await api.patch(f"/v1/accounts/{ref}", json={}),
            await api.delete(f"/v1/accounts/{ref}"),
            await api.post(f"/v1/accounts/{ref}/lock", json={"reason": "why"}),
        ]
        assert {answer.status_code for answer in answers} == {422}, ref


async def test_another_brands_key_sees_nothing(api: Client, other_company: Company) -> None:
    await api.put("/v1/accounts/a1", json=ALICE)
    async with await client(other_company, *ALL) as other:
        answers = [
            await other.get("/v1/accounts/a1"),
            await other.patch("/v1/accounts/a1", json={"name": "Mallory"}),
            await other.delete("/v1/accounts/a1"),
            await other.post("/v1/accounts/a1/lock", json={"reason": "why"}),
        ]

    assert {answer.status_code for answer in answers} == {404}


async def test_a_sign_in_takes_one_identifier(api: Client) -> None:
    for identifier in ([ALICE_EMAIL], {"a": ALICE_EMAIL}, 7, None, f"{ALICE_EMAIL}\u0000"):
        body = json.dumps({"identifier": identifier, "password": PASSWORD}).encode()
        headers = {"Content-Type": "application/json"}
        answer = await api.post("/v1/sign-ins", content=body, headers=headers)
        assert answer.status_code == 400


async def test_a_hash_of_the_companys_own_signs_in(api: Client) -> None:
    hashed = {**ALICE, "password_hash": PasswordHasher().hash(PASSWORD)}
    del hashed["password"]
    await api.put("/v1/accounts/a1", json=hashed)
    answer = await api.post("/v1/sign-ins", json={"identifier": "alice", "password": PASSWORD})

    assert answer.json()["outcome"] == "ok"
