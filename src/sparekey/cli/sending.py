"""`sparekey send`: a test message on its way, followed to its receipt on one live line."""

import asyncio
import time
from dataclasses import dataclass, field
from uuid import UUID

from rich.console import Console
from rich.status import Status

from sparekey import brands, outbox, templates
from sparekey.brands import Brand
from sparekey.kit.address import Address, Phone, UnusableAddress, read_email, read_phone
from sparekey.kit.problem import Problem
from sparekey.opening import House, open_house
from sparekey.outbox import Record, State
from sparekey.settings import Settings

_LOOK_EVERY = 0.2
#: A worker takes what is due within a second; after so many none is there.
_TAKEN_WITHIN = 5.0
_FINAL = frozenset(State) - {State.QUEUED, State.SENDING, State.SENT}
_WENT = frozenset({State.SENT, State.DELIVERED})


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
    """Queue it and show what becomes of it; 0 when it went, 1 when not."""
    console = Console(soft_wrap=True, highlight=False)
    async with open_house(settings) as house:
        try:
            brand = await _brand(house, wanted.brand)
            made = await _queue(house, brand, wanted)
        except _CannotSend as refusal:
            console.print(f"[red]{refusal}[/red]")
            return 1
        with console.status("queued") as line:
            record = await _follow(house, brand, made, wanted.wait_seconds, console, line)
    console.print(_verdict(record))
    return 0 if record.state in _WENT else 1


async def _queue(house: House, brand: Brand, wanted: Wanted) -> UUID:
    try:
        templates.known(wanted.template)
        test = outbox.Test(wanted.template, brand.locale, _address(wanted, brand))
        made = await outbox.send_test(
            house.db, house.keyring, brand, test, base_url=house.base_url, at=house.clock()
        )
    except Problem as problem:
        raise _CannotSend(problem.detail) from problem
    outbox.wake()
    return made


async def _follow(
    house: House, brand: Brand, made: UUID, wait: float, console: Console, line: Status
) -> Record:
    """Show each state as it comes; the last one."""
    began, shown = time.monotonic(), ""
    while True:
        record = await outbox.find(house.db, id=made, brand_id=brand.id)
        assert record is not None
        seconds = time.monotonic() - began
        said = _said(record, seconds)
        if said != shown:
            line.update(said)
            console.print(f"{seconds:6.1f} s  {said}")
            shown = said
        if record.state in _FINAL or seconds > wait:
            return record
        await asyncio.sleep(_LOOK_EVERY)


def _said(record: Record, seconds: float) -> str:
    through = f" through {record.gateway}" if record.gateway else ""
    why = f" ({record.failure})" if record.failure else ""
    if record.state == State.QUEUED and not record.failure and seconds > _TAKEN_WITHIN:
        return "queued: no worker takes it; is `sparekey serve` or `sparekey worker` running?"
    return f"{record.state}{through}{why}"


def _verdict(record: Record) -> str:
    if record.state == State.SENT:
        return "It was handed over. No receipt has come: not every gateway sends one."
    if record.state == State.DELIVERED:
        return "It was delivered."
    if record.state in _FINAL:
        return "It did not arrive. Look at the gateway: sparekey doctor"
    return "It still waits. Look at the worker and the gateway: sparekey doctor"


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
