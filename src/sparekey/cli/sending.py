"""`sparekey send`: a test message on its way, followed to its receipt on one live line."""

import asyncio
from dataclasses import dataclass, field
from uuid import UUID

from rich.console import Console
from rich.markup import escape

from sparekey import brands, gateways, outbox, templates
from sparekey.brands import Brand
from sparekey.cli.status_line import StatusLine
from sparekey.kit.address import Address, Phone, UnusableAddress, read_email, read_phone
from sparekey.kit.problem import Problem
from sparekey.opening import House, open_house
from sparekey.outbox import Record, State
from sparekey.settings import Settings

_LOOK_EVERY = 0.2
#: A worker takes what is due within a second; after so many none is there.
_TAKEN_WITHIN = 5.0
_FINAL = frozenset(State) - {State.QUEUED, State.SENDING, State.SENT}
#: Mail tells of nothing that arrives; what it refuses comes back soon.
_COMES_BACK_WITHIN = 5.0
_TOO_MANY = (
    "This address has had as many messages as strangers may cause: one a minute, three in ten"
    " minutes, five a day. It gets no other one now."
)
_ARRIVED, _LOST, _UNTOLD = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command was asked."""

    to: str = field(repr=False)
    channel: str | None
    brand: str | None
    template: str
    wait_seconds: float


class _CannotSend(Exception):
    """Says in a sentence why not."""


async def send_and_follow(settings: Settings, wanted: Wanted) -> int:
    """Queue it and show what becomes of it. 0: it arrived, as far as this way tells; 1: it did not,
    or could not be sent; 2: the time is over and nobody has told."""
    console = Console(soft_wrap=True, highlight=False)
    async with open_house(settings) as house:
        try:
            brand = await _brand(house, wanted.brand)
            made = await _queue(house, brand, wanted)
        except _CannotSend as refusal:
            console.print(f"[red]{escape(str(refusal))}[/red]")
            return _LOST
        with StatusLine(console).shown() as line:
            record = await _follow(house, brand, made, wanted.wait_seconds, line)
        tells = await _tells(house, brand, record)
    code, verdict = _verdict(record, tells=tells)
    console.print(verdict)
    return code


async def _queue(house: House, brand: Brand, wanted: Wanted) -> UUID:
    try:
        templates.known(wanted.template)
        test = outbox.Test(wanted.template, brand.locale, _address(wanted, brand))
        made = await outbox.send_test(
            house.db, house.keyring, brand, test, base_url=house.base_url, at=house.clock()
        )
    except Problem as problem:
        raise _CannotSend(problem.detail) from problem
    if await outbox.goes_nowhere(house.db, made):
        raise _CannotSend(_TOO_MANY)
    outbox.wake()
    return made


async def _follow(house: House, brand: Brand, made: UUID, wait: float, line: StatusLine) -> Record:
    """Show each state as it comes; the last one."""
    sent_at: float | None = None
    while True:
        record = await outbox.find(house.db, id=made, brand_id=brand.id)
        assert record is not None
        line.show(_said(record, line.seconds))
        if record.state in _FINAL or line.seconds > wait:
            return record
        if record.state == State.SENT:
            sent_at = line.seconds if sent_at is None else sent_at
            is_over = line.seconds > sent_at + _COMES_BACK_WITHIN
            if is_over and not await _tells(house, brand, record):
                return record
        await asyncio.sleep(_LOOK_EVERY)


async def _tells(house: House, brand: Brand, record: Record) -> bool:
    """Whether the way that it took tells of what arrives."""
    if record.channel == "email" or brand.is_sandbox:
        return False
    of_brand = await gateways.of_brand(house.db, brand.id)
    return any(one.name == record.gateway and gateways.hears(one) for one in of_brand)


def _said(record: Record, seconds: float) -> str:
    through = f" via {record.gateway}" if record.gateway and record.state == State.SENT else ""
    why = f" ({record.failure})" if record.failure else ""
    if record.state == State.QUEUED and not record.failure and seconds > _TAKEN_WITHIN:
        return "queued: no worker takes it; is `sparekey serve` or `sparekey worker` running?"
    return f"{record.state}{through}{why}"


def _verdict(record: Record, *, tells: bool) -> tuple[int, str]:
    match record.state:
        case State.DELIVERED:
            return _ARRIVED, "It was delivered."
        case State.SENT if tells:
            return _UNTOLD, "It was handed over; no receipt has come in time. Look: sparekey doctor"
        case State.SENT:
            return _ARRIVED, f"It was handed over to {record.gateway}, which tells no more."
        case state if state in _FINAL:
            return _LOST, "It did not arrive. Look at the gateway: sparekey doctor"
        case _:
            return _UNTOLD, "It still waits. Look at the worker and the gateway: sparekey doctor"


async def _brand(house: House, slug: str | None) -> Brand:
    everyone = await brands.everyone(house.db)
    if slug is None and len(everyone) == 1:
        return everyone[0]
    for brand in everyone:
        if brand.slug == slug:
            return brand
    known = ", ".join(brand.slug for brand in everyone) or "none yet"
    raise _CannotSend(f"Name the brand with --brand; there are: {known}.")


def _address(wanted: Wanted, brand: Brand) -> Address:
    region = (brand.countries or (None,))[0]
    try:
        to = read_email(wanted.to) if "@" in wanted.to else read_phone(wanted.to, region)
    except UnusableAddress as error:
        raise _CannotSend("--to takes a phone number or an email address.") from error
    channel = "sms" if isinstance(to, Phone) else "email"
    if wanted.channel not in {None, channel}:
        raise _CannotSend(f"That address is reached by {channel}, not by {wanted.channel}.")
    if channel not in templates.find(wanted.template).channels:
        raise _CannotSend(f"{wanted.template} has no words for {channel}.")
    return to
