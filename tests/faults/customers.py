"""A steady stream of customers, each with a request of their own; they remember what they heard."""

import asyncio
import random
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

from sparekey.kit.ids import parse
from tests.faults.line import Answer, Line
from tests.world.cast import Received, fresh_number, read_received

#: Whose message is late (its worker died) goes away; the code is tried when all is over.
_LOOKS = 40
_LOOK_SECONDS = 0.05
_PACE_SECONDS = 0.05
_OLD = "correct horse battery staple"
_NEW = "an altogether different phrase"


@dataclass(slots=True)
class Promise:
    """A request that was accepted: 201 or 202 reached the customer."""

    id: UUID
    shown: str
    address: str
    purpose: str
    account: str | None = None
    is_spent: bool = False
    is_completed: bool = False


@dataclass(slots=True)
class Customers:
    """The people at the line, and what they were promised."""

    line: Line
    chance: random.Random
    promises: list[Promise] = field(default_factory=list[Promise])

    async def keep_coming(self, is_over: asyncio.Event) -> None:
        """Six at a time, until it is over; what was begun is finished."""
        journeys = [self._verify, self._verify, self._verify, self._recover, self._recover]
        async with asyncio.TaskGroup() as tasks:
            for journey in [*journeys, self._be_a_stranger]:
                tasks.create_task(self._repeat(journey, is_over))

    async def keep_asking(self, is_over: asyncio.Event) -> None:
        """Four at a time ask for codes, and do not look what comes, until it is over."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(4):
                tasks.create_task(self._repeat(self._ask_for_a_code, is_over))

    async def ask(self, times: int) -> None:
        """So many ask for a code, one after the other."""
        for _ in range(times):
            await self._ask_for_a_code()

    async def check(self, promise: Promise, received: Received) -> None:
        """Type the code that was sent; it works, or it has worked before without an answer."""
        path = f"/v1/verifications/{promise.shown}/check"
        answer = await self.line.insist(path, {"code": received.code})
        is_right = answer.status == 200 and answer.body["valid"]
        if not is_right and not (answer.was_repeated and _reason(answer) == "already_used"):
            raise AssertionError(f"a code that was sent does not work: {answer.body}")
        promise.is_spent = True

    async def inbox(self, address: str) -> list[Received]:
        """What has arrived at an address."""
        answer = await self.line.insist("/v1/sandbox/inbox", {"address": address})
        return read_received(answer.body)

    async def try_what_is_left(self) -> None:
        """Every code that nobody has typed yet is right, and every password that was set opens."""
        several = asyncio.Semaphore(8)

        async def try_one(promise: Promise) -> None:
            async with several:
                if promise.purpose == "verifications" and not promise.is_spent:
                    arrived = await self.inbox(promise.address)
                    assert len(arrived) == 1, f"{promise.shown}: {len(arrived)} messages arrived"
                    await self.check(promise, arrived[0])
                if promise.is_completed:
                    assert await self.signs_in(promise), f"{promise.shown}: not back in"

        await asyncio.gather(*map(try_one, self.promises))

    async def signs_in(self, promise: Promise) -> bool:
        """Whether the password that was set last opens the account."""
        body = {"identifier": promise.address, "password": _NEW}
        answer = await self.line.insist("/v1/sign-ins", body)
        return answer.body["outcome"] == "ok"

    async def _repeat(self, journey: Callable[[], Awaitable[None]], is_over: asyncio.Event) -> None:
        while not is_over.is_set():
            await journey()
            await asyncio.sleep(self.chance.random() * 2 * _PACE_SECONDS)

    async def _verify(self) -> None:
        by_text = self.chance.random() < 0.7
        to = fresh_number() if by_text else f"{uuid.uuid4().hex}@mail.example"
        promise = await self._ask("/v1/verifications", {"to": to, "purpose": "sign_in"}, to)
        if self.chance.random() < 0.3:
            return
        received = await self._first(to)
        if received is None:
            return
        if self.chance.random() < 0.3:
            wrong = str(int(received.code[0]) ^ 1) + received.code[1:]
            await self.line.once(f"/v1/verifications/{promise.shown}/check", {"code": wrong})
        await self.check(promise, received)

    async def _ask_for_a_code(self) -> None:
        to = fresh_number()
        await self._ask("/v1/verifications", {"to": to, "purpose": "sign_in"}, to)

    async def _recover(self) -> None:
        phone, account = fresh_number(), uuid.uuid4().hex
        addresses = [
            {"kind": "phone", "value": phone, "verified": True},
            {"kind": "email", "value": f"{account}@mail.example", "verified": True},
        ]
        known = {"name": "Alice", "password": _OLD, "addresses": addresses}
        kept = await self.line.insist(f"/v1/accounts/{account}", known, method="PUT")
        assert kept.status in (200, 201), kept.body
        promise = await self._ask("/v1/recoveries", {"identifier": phone}, phone)
        promise.account = account
        received = await self._first(phone)
        if received is None or self.chance.random() < 0.2:
            return
        path = f"/v1/recoveries/{promise.shown}"
        proven = await self.line.insist(f"{path}/proofs", {"code": received.code})
        assert proven.status == 200 or proven.was_repeated, proven.body
        if proven.status != 200:
            return
        wanted = {"grant": proven.body["grant"], "password": _NEW}
        done = await self.line.insist(f"{path}/password", wanted)
        assert done.status == 200 or done.was_repeated, done.body
        promise.is_completed = done.status == 200

    async def _be_a_stranger(self) -> None:
        nobody = f"{uuid.uuid4().hex}@stranger.example"
        await self._ask("/v1/recoveries", {"identifier": nobody}, nobody)

    async def _ask(self, path: str, body: object, address: str) -> Promise:
        answer = await self.line.insist(path, body, key=uuid.uuid4().hex)
        assert answer.status in (201, 202), answer.body
        shown: str = answer.body["id"]
        read = parse(shown[:3], shown)
        assert read is not None
        promise = Promise(read, shown, address, path.rpartition("/")[2])
        self.promises.append(promise)
        return promise

    async def _first(self, address: str) -> Received | None:
        for _ in range(_LOOKS):
            found = await self.inbox(address)
            if found:
                return found[0]
            await asyncio.sleep(_LOOK_SECONDS)
        return None


def _reason(answer: Answer) -> str | None:
    return answer.body.get("reason") if answer.status == 200 else None
