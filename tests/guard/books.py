"""The product and the reference model side by side: every verb goes to both, and `compare` holds
the product's ledgers, budget and challenges against the model's.

The product is spoken to over HTTP and its codes are read from the sandbox's handsets; the database
is only read, but for `spent_before`, which stands for years of guesses nobody wants to replay.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from sparekey import accounts, guard, outbox
from sparekey.db import partitions
from sparekey.kit.address import Email, Phone, read_email, read_phone
from sparekey.kit.ids import parse, show
from sparekey.verification import keys
from tests.guard.oracles import Bucket
from tests.guard.tables import (
    LATEST_MESSAGE,
    ROW,
    SPEND,
    SPEND_SHARDS,
    Row,
    by_now,
    compare_ledgers,
    compare_shards,
    compare_states,
)
from tests.world.adversaries import ONE_IN_A_MILLION, worst_year
from tests.world.basics import START
from tests.world.cast import read_received
from tests.world.policy import (
    HUNDREDTHS,
    MINUTE,
    YEAR,
    Books,
    Challenge,
    Ledger,
    Start,
    ladder,
)
from tests.world.simulated import Simulation

MICROSECOND = timedelta(microseconds=1)
LINK_ATTEMPTS = 32_767
RESERVE = 7
LINKS_LIVE = 24 * 60 * MINUTE


class ProductBooks(Books):
    """The model with the product's own names: accounts and addresses by their keys in hex."""

    def shard_of(self, account: str) -> int:
        return guard.shard_of(bytes.fromhex(account), is_sandbox=True)


@dataclass(slots=True, eq=False)
class Handle:
    """One challenge in the product and in the model, and what its owner's handset shows."""

    id: UUID
    challenge: Challenge
    address: str
    is_recovery: bool
    next_send_at: int
    code: str | None = None
    link_token: str | None = None


@dataclass(slots=True)
class SideBySide:
    """One brand's product and the model of it, at the same moment."""

    product: Simulation
    books: Books = field(default_factory=ProductBooks)
    handles: list[Handle] = field(default_factory=list[Handle])
    devices: dict[str, str] = field(default_factory=dict[str, str])
    _owners: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list[str]))
    _typed: Bucket = field(default_factory=lambda: Bucket(every=MINUTE, burst=10))
    _guesses: dict[str, list[tuple[int, int]]] = field(
        default_factory=lambda: defaultdict(list[tuple[int, int]])
    )
    _known_until: dict[str, int] = field(default_factory=dict[str, int])
    _passwords: int = 0

    @property
    def at(self) -> int:
        """Microseconds since everything began."""
        return (self.product.clock() - START) // MICROSECOND

    # --- before anything happens --------------------------------------------------------------

    async def enrol(self, account: str, *addresses: str) -> None:
        """An account with verified addresses, kept in the product's own directory."""
        told = [
            {"kind": "email" if "@" in one else "phone", "value": one, "verified": True}
            for one in addresses
        ]
        body = {"username": account, "addresses": told}
        kept = await self.product.client.put(f"/v1/accounts/{account}", json=body)
        assert kept.status_code == 201, kept.text
        for address in addresses:
            self._owners[address].append(account)

    async def spent_before(self, names: Sequence[str], percent: int) -> None:
        """So much of these ledgers was guessed away already."""
        for name in names:
            ledger = Ledger(450_000_000, 450_000_000, 50_000_000)
            units = ledger.burst * percent // 100
            ledger.charge(units, self.at)
            until = START + ledger.charged_until * MICROSECOND
            await SPEND.run(self.product.db, key=bytes.fromhex(name), until=until)
            self.books.ledgers[name] = ledger
            self._guesses[name].append((self.at, units))

    async def shards_spent_before(self, percent: int) -> None:
        """So much of the deployment's budget went to others."""
        for shard in range(64):
            self.books.books_of(Start(f"{shard:02x}", ()))
        shards = self.books.shards.values()
        for shard in shards:
            shard.charge(shard.burst * percent // 100, self.at)
        until = START + max(shard.charged_until for shard in shards) * MICROSECOND
        await SPEND_SHARDS.run(self.product.db, until=until)

    def account_name(self, account: str) -> str:
        """What the ledger of an account is called."""
        return accounts.account_key(self.product.keyring, self.product.brand.id, account).hex()

    def address_name(self, address: str) -> str:
        """What the ledger of an address is called."""
        to = _read(address)
        return keys.ledger_key(self.product.keyring, self.product.brand.id, to).hex()

    # --- verbs --------------------------------------------------------------------------------

    async def start(
        self, address: str, purpose: str, *, account: str | None = None, **wish: Any
    ) -> Handle | None:
        """A code by `POST /v1/verifications`; None when the typing was limited, as it should be."""
        body = {"to": address, "purpose": purpose, **wish}
        if account is not None:
            body["account"] = account
        is_admitted = self._typed.take(address, self.at)
        answer = await self.product.post("/v1/verifications", body)
        assert answer.status_code == (201 if is_admitted else 429), answer.text
        if not is_admitted:
            return None
        start = self._start(address, purpose, account, wish)
        return await self._follow(_id(answer, "ver"), start, address, is_recovery=False)

    async def recover(self, account: str, *, channel: str, known: bool) -> Handle | None:
        """A proof by `POST /v1/recoveries`, for whoever types the username."""
        body: dict[str, Any] = {"identifier": account, "channel": channel}
        device = self.devices.get(account) if known else None
        if device is not None:
            body["client"] = {"device": device}
        is_admitted = self._typed.take(device or account, self.at)
        answer = await self.product.post("/v1/recoveries", body)
        assert answer.status_code == (202 if is_admitted else 429), answer.text
        if not is_admitted:
            return None
        await self.product.deliver()
        about = _id(answer, "rec")
        address = await self._sent_to(about, account)
        row = await ROW.one(self.product.db, id=about)
        is_known = device is not None and self.at < self._known_until[device]
        assert (row.allowance == 2) == is_known
        door = {1: "stranger", 2: "known_browser", RESERVE: "reserve"}[row.allowance]
        start = replace(self._start(address, "recovery", account, {}), door=door)
        return await self._follow(about, start, address, is_recovery=True)

    async def guess(self, handle: Handle, *, right: bool) -> str:
        """Type the code (or tap the link) on the handset, or something else; the model's answer."""
        right = right and (handle.code or handle.link_token) is not None
        was = self.books.state(handle.challenge, self.at)
        proof = self._proof(handle, right=right)
        answer = await self._check(handle, proof)
        if handle.link_token and not right and was == "pending":
            expected = "wrong_code"  # a token cannot be guessed, so it is not counted
        else:
            expected = self.books.check(handle.challenge, self.at, right=right)
        self._record(handle, expected)
        told = by_now(_verdict(answer), handle.challenge, self.at)
        assert told == _as_answered(handle, was, expected, self.at), answer.text
        if handle.is_recovery and answer.status_code == 200:
            await self._redeem(handle, answer.json()["grant"])
        return expected

    async def resend(self, handle: Handle) -> bool:
        """The same handle again; true when something was sent."""
        challenge = handle.challenge
        state = self.books.state(challenge, self.at)
        path = f"/v1/verifications/{show('ver', handle.id)}/resend"
        answer = await self.product.post(path, {})
        if state != "pending" or self.at < handle.next_send_at:
            assert answer.status_code == (409 if state != "pending" else 429), answer.text
            return False
        assert answer.status_code == 200, answer.text
        row = await ROW.one(self.product.db, id=handle.id)
        is_sent = self.books.resend(challenge, self.at, size=row.size)
        assert self._moment(row.expires_at) == challenge.expires_at
        assert challenge.size in (row.size, None)
        handle.next_send_at = self._moment(row.next_send_at)
        assert handle.next_send_at == self.at + MINUTE
        await self._look_at_handset(handle)
        return is_sent

    async def cancel(self, handle: Handle) -> None:
        """Call it off."""
        name = "rec" if handle.is_recovery else "ver"
        base = "/v1/recoveries" if handle.is_recovery else "/v1/verifications"
        verb = "deny" if handle.is_recovery else "cancel"
        answer = await self.product.post(f"{base}/{show(name, handle.id)}/{verb}", {})
        assert answer.status_code == 200, answer.text
        if handle.challenge.start.door != "reserve":  # the owner's, whoever caused it
            self.books.cancel(handle.challenge, self.at)

    async def change_password(self, account: str) -> None:
        """The company sets another password."""
        self._passwords += 1
        body = {"password": f"nine grey herons stood {self._passwords} times"}
        answer = await self.product.client.patch(f"/v1/accounts/{account}", json=body)
        assert answer.status_code == 200, answer.text
        self.books.change_password(self.account_name(account))
        await self.product.deliver()

    async def wait(self, microseconds: int) -> None:
        """Let time pass."""
        before = partitions.monday(self.product.clock())
        at = self.product.clock.advance(microseconds * MICROSECOND)
        if partitions.monday(at) != before:
            await partitions.ensure(self.product.db, self.product.house.archives, at, ahead=1)

    async def compare(self) -> None:
        """Raise AssertionError where the product differs from the model."""
        challenges = {handle.id: handle.challenge for handle in self.handles}
        now = self.product.clock()
        await compare_ledgers(self.product.db, self.books, now, self.at)
        await compare_shards(self.product.db, self.books, now, self.at)
        await compare_states(self.product.db, self.books, challenges, now, self.at)
        for name, guesses in self._guesses.items():
            assert worst_year(guesses) <= ONE_IN_A_MILLION, name

    # --- parts --------------------------------------------------------------------------------

    def _start(self, address: str, purpose: str, account: str | None, wish: Any) -> Start:
        product, to = self.product, _read(address)
        nobody = keys.nobody_key(product.keyring, product.brand.id, to).hex()
        named = None if account is None else self.account_name(account)
        owners = sorted(map(self.account_name, self._owners.get(address, ())))
        opens = (named,) if named else (*owners,) or (nobody,)
        sends = outbox.sends_key(product.keyring, product.brand.id, to, is_sandbox=True)
        size = 10 ** wish.get("code_length", 0)
        return Start(
            account=named or nobody,
            ledgers=(*opens, self.address_name(address)),
            purpose=purpose,
            door="light" if HUNDREDTHS[purpose] == 1 else "stranger",
            ttl=wish.get("ttl_seconds", 600) * 1_000_000,
            at_least=32**8 if wish.get("alphabet") == "base32" else size,
            opens=opens,
            address=sends.hex(),
        )

    async def _follow(self, id: UUID, start: Start, address: str, *, is_recovery: bool) -> Handle:
        """Have the model start what the product started, if it is what the model allows."""
        row = await ROW.one(self.product.db, id=id)
        if row.code_length == 0:
            ttl = self._moment(row.expires_at) - self.at
            start = replace(start, attempts=LINK_ATTEMPTS, ttl=ttl)
            assert ttl in (30 * MINUTE, LINKS_LIVE)
            size = None
        else:
            size = self._allowed(start, row)
        assert [*start.ledgers[-1:], *start.ledgers[:-1]] == [k.hex() for k in row.ledger_keys]
        challenge = self.books.start(start, self.at, size=size)
        if size is None and row.code_length:
            challenge.is_decoy = True  # no code fits: the product says so to nobody
        assert (row.is_decoy, challenge.is_decoy) in ((False, False), (True, True))
        assert self._moment(row.expires_at) == challenge.expires_at
        next_send_at = self._moment(row.next_send_at)
        handle = Handle(id, challenge, address, is_recovery, next_send_at)
        self.handles.append(handle)
        await self._look_at_handset(handle)
        return handle

    async def _sent_to(self, id: UUID, account: str) -> str:
        """To which of its addresses the product sent an account's recovery."""
        row = await ROW.one(self.product.db, id=id)
        own = [address for address, owners in self._owners.items() if account in owners]
        return next(one for one in own if self.address_name(one) == row.ledger_keys[0].hex())

    def _allowed(self, start: Start, row: Row) -> int | None:
        """The size that the product chose; None when it is a decoy because none fits."""
        shortest, longest = self.books.sizes(start, self.at)
        assert row.size is not None
        if shortest is None or (longest is None and row.is_decoy and row.size == _last(start)):
            return None
        assert shortest <= row.size <= (longest or _last(start))
        return row.size

    async def _look_at_handset(self, handle: Handle) -> None:
        await self.product.deliver()
        message = await LATEST_MESSAGE.maybe(self.product.db, about=handle.id)
        assert (message is None) == handle.challenge.is_decoy
        if message is None:
            return
        answer = await self.product.post("/v1/sandbox/inbox", {"address": handle.address})
        shown = {one.id: one for one in read_received(answer.json())}
        received = shown[show("msg", message)]
        if handle.challenge.size is None:
            handle.link_token = received.link_token
        else:
            handle.code = _code_in(received.text, handle.challenge.size)

    def _proof(self, handle: Handle, *, right: bool) -> dict[str, str]:
        if handle.link_token is not None:
            return {"link_token": handle.link_token if right else "A" * 43}
        assert not right or handle.code is not None
        if right:
            return {"code": handle.code or ""}
        size = handle.challenge.size
        length = 8 if size in (None, 32**8) else len(str(size)) - 1
        return {"code": "0" * length if handle.code != "0" * length else "1" * length}

    async def _check(self, handle: Handle, proof: dict[str, str]) -> httpx.Response:
        if handle.is_recovery:
            return await self.product.post(f"/v1/recoveries/{show('rec', handle.id)}/proofs", proof)
        return await self.product.post(f"/v1/verifications/{show('ver', handle.id)}/check", proof)

    def _record(self, handle: Handle, expected: str) -> None:
        """Books of our own about what was looked at: neither the product's nor the model's."""
        challenge = handle.challenge
        if expected != "wrong_code" or challenge.is_decoy or challenge.size is None:
            return
        parts = HUNDREDTHS[challenge.start.purpose] * 10**13
        for name in challenge.start.ledgers:
            self._guesses[name].append((self.at, -(-parts // challenge.size)))

    async def _redeem(self, handle: Handle, grant: str) -> None:
        """The company learns who is back in, and this browser is known from now on."""
        answer = await self.product.post("/v1/grants/redeem", {"grant": grant})
        assert answer.status_code == 200, answer.text
        told = answer.json()
        self.devices[told["account"]] = told["device_token"]
        self._known_until[told["device_token"]] = self.at + YEAR
        self.books.change_password(handle.challenge.start.account)
        await self.product.deliver()

    def _moment(self, at: datetime) -> int:
        return (at - START) // MICROSECOND


def _verdict(answer: httpx.Response) -> str:
    """What a check answered, in the model's words."""
    told: dict[str, Any] = answer.json()
    if answer.status_code == 422:
        assert told["code"] == "recovery.not_proven", answer.text
        return "not_proven"
    assert answer.status_code == 200, answer.text
    if "grant" in told or told["valid"]:
        return "right"
    return "approved" if told["reason"] == "already_used" else told["reason"]


def _as_answered(handle: Handle, was: str, expected: str, at: int) -> str:
    if was == "pending" and expected == "approved":
        return "right"
    return "not_proven" if handle.is_recovery else by_now(expected, handle.challenge, at)


def _code_in(text: str, size: int) -> str:
    """The code of this size, however it is grouped."""
    count = len(str(size)) - 1
    shape = r"[0-9A-Z]{4}[ -]?[0-9A-Z]{4}" if size == 32**8 else rf"\d(?:[ -]?\d){{{count - 1}}}"
    found = re.search(rf"(?<![\w/]){shape}(?!\w)", text)
    assert found is not None, f"no code in: {text}"
    return found[0]


def _last(start: Start) -> int:
    return max(ladder(start.purpose, 1)[-1], start.at_least)


def _id(answer: httpx.Response, prefix: str) -> UUID:
    read = parse(prefix, answer.json()["id"])
    assert read is not None
    return read


def _read(address: str) -> Email | Phone:
    return read_email(address) if "@" in address else read_phone(address)
