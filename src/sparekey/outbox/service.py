"""Putting a message without a proof into the outbox, and reading what became of messages."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sparekey import guard, templates
from sparekey.brands import Brand
from sparekey.db import Db, Executor
from sparekey.kit.address import Address, Phone
from sparekey.kit.ids import new_id
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem
from sparekey.outbox import store
from sparekey.outbox.allowances import sends_key
from sparekey.outbox.model import Envelope, Lane, seal_envelope
from sparekey.outbox.queue import wake

TEST_LIFE = timedelta(minutes=10)
_TEST_CODE_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Message:
    """A notice to keep and send, in one version of the brand's words; `about` is what its "that
    wasn't me" speaks of."""

    brand_id: int
    channel: str
    template: str
    locale: str
    envelope: Envelope
    expires_at: datetime
    words_version: int = 0
    about: UUID | None = None
    code_length: int = 0
    is_decoy: bool = False


async def enqueue(on: Executor, keyring: Keyring, message: Message, *, at: datetime) -> UUID:
    """Keep it and make it due, in the lane that its template says; its id."""
    made = new_id(at)
    await store.ENQUEUE.all(
        on,
        id=made,
        at=at,
        brand=message.brand_id,
        about=message.about,
        channel=message.channel,
        template=message.template,
        locale=message.locale,
        words_version=message.words_version,
        is_decoy=message.is_decoy,
        code_length=message.code_length,
        sealed=seal_envelope(keyring, made, message.envelope),
        expires_at=message.expires_at,
        lane=lane_of(message.template),
    )
    on.after_commit(partial(wake, lane_of(message.template)))
    return made


def lane_of(template: str) -> Lane:
    """Where a message waits: apart from all others when somebody waits for it."""
    return Lane.URGENT if templates.find(template).is_awaited else Lane.BULK


async def oldest_due(on: Executor, lane: Lane = Lane.URGENT) -> datetime | None:
    """Since when, or until when, the first message of a lane waits."""
    return await store.OLDEST_DUE.maybe(on, lane=lane)


async def find(on: Executor, *, id: UUID, brand_id: int) -> store.Record | None:
    """One message of a brand, without its words."""
    return await store.FIND.maybe(on, id=id, brand=brand_id)


async def brand_of(on: Executor, id: UUID) -> int | None:
    """Whose message this is; for what a token of ours names."""
    return await store.BRAND_OF.maybe(on, id=id)


async def goes_nowhere(on: Executor, id: UUID) -> bool:
    """Whether it is dropped, because its address has had as many as it may. For whoever runs this
    deployment; nobody who only calls it is told."""
    return bool(await store.IS_DECOY.maybe(on, id=id))


def may_be_denied(message: store.Record) -> bool:
    """Whether its recipient can say "that was not me" of it: whether it carries the link for that.

    A notice to an address that still waits carries none, so that a thief's cannot stop the owner.
    """
    return any(one.name == "not_me_url" for one in templates.find(message.template).variables)


async def page(on: Executor, *, brand_id: int, after: UUID | None, size: int) -> list[store.Record]:
    """Messages of a brand from the oldest, and one more than `size` when there are."""
    start = after or UUID(int=0)
    return await store.PAGE.all(on, brand=brand_id, after=start, limit=size + 1)


@dataclass(frozen=True, slots=True)
class Test:
    """A message to look at: a template in the brand's words of this moment, with sample values."""

    template: str
    locale: str
    to: Address


async def send_test(
    db: Db, keyring: Keyring, brand: Brand, test: Test, *, base_url: str, at: datetime
) -> UUID:
    """Queue a message that is marked as a test and proves nothing; its id.

    Problem 429 when the brand has sent too many, 422 when its texts do not go to that country. A
    full allowance of the address is as silent as everywhere: the message goes nowhere.
    """
    channel: templates.Channel = "sms" if isinstance(test.to, Phone) else "email"
    values = templates.samples(
        templates.known(test.template), templates.own_values(brand, base_url)
    )
    limits = _limits_of_test(keyring, brand, test.to)
    if limits.is_silenced:
        raise Problem(
            "template.country_not_served", 422, "This brand sends no texts to that country."
        )
    version = await templates.newest_version(db, brand.id)
    async with db.transaction() as tx:
        reserved = await guard.reserve_send(tx, limits, at=at)
        if reserved.retry_at is not None:
            raise _too_many_tests(reserved.retry_at, at)
        message = Message(
            brand_id=brand.id,
            channel=channel,
            template=test.template,
            locale=test.locale,
            words_version=version,
            envelope=envelope_of(test.to, values, is_test=True),
            code_length=_TEST_CODE_LENGTH,
            is_decoy=reserved.is_silenced,
            expires_at=at + TEST_LIFE,
        )
        return await enqueue(tx, keyring, message, at=at)


def envelope_of(to: Address, variables: dict[str, str], *, is_test: bool = False) -> Envelope:
    """To an address, with the country of a number, which its budget and its sender go by."""
    return Envelope(to.value, variables, is_test, to.region if isinstance(to, Phone) else None)


def _limits_of_test(keyring: Keyring, brand: Brand, to: Address) -> guard.Limits:
    return guard.limits(
        guard.Asked(
            brand_id=brand.id,
            allowance=guard.Allowance.STRANGER,
            is_light=True,
            address_key=sends_key(keyring, brand.id, to, is_sandbox=brand.is_sandbox),
            country=to.region if isinstance(to, Phone) else None,
            allowed_countries=brand.allowed_countries,
            test_key=keyring.index("test sends", str(brand.id)),
        )
    )


def _too_many_tests(retry_at: datetime, at: datetime) -> Problem:
    seconds = max(1, -int((at - retry_at).total_seconds() // 1))
    return Problem(
        "template.too_many_tests",
        429,
        f"Wait {seconds} seconds before sending another test.",
        headers={"Retry-After": str(seconds)},
    )
