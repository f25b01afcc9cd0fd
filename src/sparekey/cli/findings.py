"""What `sparekey doctor` looks at of brands, of their gateways, and of mail that comes back."""

import asyncio
import imaplib
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace

from sparekey import gateways
from sparekey.brands import Brand
from sparekey.kit.finding import Finding
from sparekey.opening import House
from sparekey.settings import ImapBox, Listener
from sparekey.watching import overdue, waiting_for_a_person

_PATIENCE_SECONDS = 10.0
_LATEST_SECONDS = 60
#: What the loops gave up: what it is called, and what a person does about it.
_GIVEN_UP = {
    "callbacks": (
        "what gateways brought and nobody could read",
        "see hook_unreadable in the log, mend it, then sparekey gateways read-again …",
    ),
    "jobs": ("work that was given up", "sparekey jobs parked lists it"),
    "letters": (
        "mail that nobody could read",
        "sparekey inbox aside lists it; mend it within a week, then sparekey inbox read-again",
    ),
    "runs": ("runs of flows that are stuck", "sparekey flows stuck --brand … lists them"),
}


async def of_work(house: House) -> AsyncIterator[Finding]:
    """What cannot go on by itself, of all brands."""
    for kind, count in waiting_for_a_person(house).items():
        number = await count()
        about, advice = _GIVEN_UP[kind]
        yield Finding(about, f"{number} wait: {advice}" if number else None)


async def of_time(house: House) -> AsyncIterator[Finding]:
    """Whether anybody does what is due. What nobody waits for may take its time."""
    for queue, seconds in overdue(house).items():
        late = await seconds()
        if queue != "messages_in_bulk":
            advice = f"the first has waited for {late} s: is a worker running?"
            yield Finding(f"{queue} that are due", advice if late > _LATEST_SECONDS else None)


async def of_brand(house: House, brand: Brand) -> AsyncIterator[Finding]:
    """Whom it texts, how its customers reach a person, and each of its gateways."""
    name = f"brand {brand.slug}"
    for finding in _own(brand):
        yield replace(finding, about=f"{name}, {finding.about}")
    if not brand.is_sandbox:
        async for finding in _gateways(house, brand):
            yield replace(finding, about=f"{name}, {finding.about}")


def _own(brand: Brand) -> list[Finding]:
    texts_nowhere = not brand.is_sandbox and not brand.countries
    has_own_door = "email" in brand.channel_order or brand.sender.can_reply
    return [
        Finding(
            "countries to text to",
            "it texts nowhere; allow countries one by one" if texts_nowhere else None,
        ),
        Finding(
            "the owner's own door",
            None
            if has_own_door
            else "with neither email nor a number that takes replies, only agents can help an "
            "owner whose codes strangers use up",
        ),
        Finding(
            "support contact",
            None if brand.support.is_reachable else "customers who are stuck find no person",
        ),
    ]


async def _gateways(house: House, brand: Brand) -> AsyncIterator[Finding]:
    configured = await gateways.of_brand(house.db, brand.id)
    for channel in brand.channel_order:
        has_one = any(gateway.carries(channel) for gateway in configured)
        yield Finding(
            f"a gateway for {channel}",
            None if has_one else f"nothing is sent: sparekey gateways add {brand.slug} …",
        )
    for gateway in configured:
        if gateway.is_on:
            async for finding in _gateway(house, gateway):
                yield replace(finding, about=f"{gateway.name}, {finding.about}")
    async for finding in gateways.examine_ways(house.db, house.keyring, brand):
        yield finding


async def _gateway(house: House, gateway: gateways.Gateway) -> AsyncIterator[Finding]:
    async for finding in gateways.examine(house.keyring, gateway):
        yield finding
    async for finding in gateways.examine_hook(house.db, gateway, base_url=house.base_url):
        yield finding


async def of_mail(house: House) -> AsyncIterator[Finding]:
    """Whether bounces and replies to emails come in, where the settings say that they do."""
    if (place := house.settings.mail_listener) is not None:
        yield await _listener(place)
    if (box := house.settings.imap) is not None:
        yield await asyncio.to_thread(_mailbox, house, box)


async def _listener(place: Listener) -> Finding:
    about = f"bounces and replies by {place.protocol.upper()} at {place.host}:{place.port}"
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            reader, writer = await asyncio.open_connection(place.host, place.port)
            with closing(writer):
                greeting = await reader.readline()
    except (OSError, TimeoutError):
        return Finding(about, "nobody listens there: start sparekey serve or sparekey worker")
    is_ours = greeting.startswith(b"220 ")
    return Finding(about, None if is_ours else "something else listens there: take another port")


def _mailbox(house: House, box: ImapBox) -> Finding:
    about = f"bounces and replies from the mailbox of {box.host}:{box.port}"
    password = house.settings.imap_password
    if password is None:
        return Finding(about, "nobody can sign in: set SPAREKEY_IMAP_PASSWORD")
    line = imaplib.IMAP4_SSL if box.is_tls else imaplib.IMAP4
    try:
        with line(box.host, box.port, timeout=_PATIENCE_SECONDS) as client:
            client.login(box.user, password.reveal())
            selected, _ = client.select(box.folder, readonly=True)
    except imaplib.IMAP4.error:
        return Finding(about, "it does not let us in: check user and password")
    except OSError as error:
        return Finding(about, f"no connection ({type(error).__name__}): check host and port")
    return Finding(about, None if selected == "OK" else f"there is no folder {box.folder}")
