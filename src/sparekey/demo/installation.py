"""The trial installation: a directory of its own, with its own database, keyring and brand.

It reads neither `DATABASE_URL` nor `SPAREKEY_KEYRING`: a trial never touches an installation.
"""

import asyncio
import secrets
import socket
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import msgspec

from sparekey import access, brands, gateways
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem
from sparekey.kit.secret import Secret
from sparekey.opening import CannotStart, House
from sparekey.settings import Listener, Settings

LOOPBACK = "127.0.0.1"
SLUG = "acme"
#: Where Acme's texts come from when they are real, and replies go: Ofcom keeps it for drama.
NUMBER = "+441632960100"
SUPPORT = brands.Support(
    phone="+44 20 7946 0100", email="help@acme.example", hours="every day, 8 to 20"
)
#: A key that was left behind by a kill ends by itself.
_KEY_LIFE = timedelta(days=30)
#: Longer than the second that the server waits for the next to attach.
_DATABASE_ENDS_SECONDS = 4.0
_LOOK_AGAIN_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Connection:
    """A gateway to be: its name, its kind, and what it is told."""

    name: str
    kind: str
    values: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Trial:
    """A brand, and a key of it that lives as long as this run; with its gateways, if it is live."""

    brand: brands.Brand
    key_id: UUID
    api_key: Secret[str]
    gateways: tuple[str, ...] = ()


def listen(port: int | None) -> socket.socket:
    """A socket on loopback: on `port`, or on any that is free; CannotStart when it is taken."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((LOOPBACK, port or 0))
    except OSError as error:
        listening.close()
        raise CannotStart(
            f"Port {port} of this machine cannot be had ({error.strerror}). Name another in"
            " SPAREKEY_PORT, or none: then a free one is found."
        ) from error
    return listening


def trial_settings(settings: Settings, port: int, answers_port: int | None = None) -> Settings:
    """These settings turned to the `demo` folder of the data directory, and to loopback; mail that
    comes back is taken on `answers_port`."""
    directory = settings.data_dir / "demo"
    return msgspec.structs.replace(
        settings,
        database_url=None,
        data_dir=directory,
        keyring=directory / "keyring.json",
        base_url=None,
        host=LOOPBACK,
        port=port,
        mail_listener=answers_port and Listener("lmtp", LOOPBACK, answers_port),
        imap=None,
    )


def furnish(settings: Settings) -> bool:
    """Make the directory and the keyring where they are missing; whether this is the first run."""
    try:
        settings.data_dir.mkdir(mode=0o755, parents=True, exist_ok=True)
        if settings.keyring.exists():
            return False
        with suppress(FileExistsError):  # another demo was quicker
            Keyring.generate().save(settings.keyring)
    except OSError as error:
        raise CannotStart(
            f"{settings.data_dir} cannot be used ({error.strerror}). Name a directory of yours in"
            " SPAREKEY_DATA_DIR."
        ) from error
    return True


async def open_trial(house: House) -> Trial:
    """The sandbox brand, made on the first run, and a fresh key."""
    return await _with_key(house, await brands.find(house.db, SLUG) or await _make_brand(house))


async def open_live_trial(house: House, connections: Sequence[Connection]) -> Trial:
    """A live brand of this run, with its gateways and a key."""
    wish = brands.BrandWish(
        slug=f"{SLUG}-{secrets.token_hex(3)}",
        name="Acme",
        countries=("GB",),
        support=SUPPORT,
        sender=brands.Sender("Acme", NUMBER, can_reply=True),
    )
    brand = await brands.create(house.db, wish, house.clock())
    for one in connections:
        await gateways.add(
            house.db, house.keyring, brand,
            name=one.name, kind=one.kind, channels=(), values=one.values, at=house.clock(),
        )  # fmt: skip
    trial = await _with_key(house, brand)
    return replace(trial, gateways=tuple(one.name for one in connections))


async def _with_key(house: House, brand: brands.Brand) -> Trial:
    at = house.clock()
    key, text = await access.create_key(
        house.db,
        brand,
        name="demo",
        scopes=access.SCOPES.keys(),
        at=at,
        expires_at=at + _KEY_LIFE,
    )
    return Trial(brand, key.id, text)


async def close_trial(house: House, trial: Trial) -> None:
    """The key and the gateways were for this run."""
    await access.revoke(house.db, trial.brand.id, trial.key_id, house.clock())
    for name in trial.gateways:
        await gateways.remove(house.db, trial.brand, name)


async def database_ended(database_url: str) -> None:
    """Wait until the embedded server has gone; not for long, for another demo may be using it."""
    query = parse_qs(urlsplit(database_url).query)
    listening = Path(query["host"][0]) / f".s.PGSQL.{query['port'][0]}"
    await asyncio.to_thread(_await_gone, listening)


def _await_gone(path: Path) -> None:
    give_up_at = time.monotonic() + _DATABASE_ENDS_SECONDS
    while path.exists() and time.monotonic() < give_up_at:
        time.sleep(_LOOK_AGAIN_SECONDS)


async def _make_brand(house: House) -> brands.Brand:
    wish = brands.BrandWish(
        slug=SLUG,
        name="Acme",
        is_sandbox=True,
        support=SUPPORT,
    )
    try:
        return await brands.create(house.db, wish, house.clock())
    except Problem:  # another demo was quicker
        found = await brands.find(house.db, SLUG)
        assert found is not None
        return found
