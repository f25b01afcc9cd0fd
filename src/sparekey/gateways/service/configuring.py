"""Adding, switching and removing the gateways of a brand; their settings stay sealed."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime

import msgspec

from sparekey.brands import Brand
from sparekey.db import Executor
from sparekey.gateways import store
from sparekey.gateways.kinds import KINDS
from sparekey.gateways.model import Gateway, Kind, UnusableSettings, Values
from sparekey.kit.finding import Finding
from sparekey.kit.ids import new_id
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem
from sparekey.kit.registry import BrokenPlugin, UnknownPlugin

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")


async def add(
    on: Executor,
    keyring: Keyring,
    brand: Brand,
    *,
    name: str,
    kind: str,
    channels: Sequence[str],
    values: Mapping[str, str],
    at: datetime,
) -> Gateway:
    """A new gateway of a live brand, on from now; without `channels` for all that its kind carries.

    Problem 422 for what it cannot be, 409 when the brand has one of this name.
    """
    declared = configurable(kind)
    if brand.is_sandbox:
        raise _unusable("A sandbox brand never has a real gateway.")
    if not _NAME.fullmatch(name):
        raise _unusable("A gateway's name takes a-z, 0-9 and -, 40 at most.")
    carried = tuple(channels) or tuple(sorted(declared.channels))
    if strange := sorted(set(carried) - declared.channels):
        raise _unusable(f"{kind} does not carry {', '.join(strange)}.")
    check(kind, values)
    made = new_id(at)
    sealed = keyring.seal(msgspec.json.encode(values), bound_to=made.bytes)
    row = Gateway(made, brand.id, name, kind, carried, sealed, is_on=True)
    if not await store.INSERT.run(
        on, id=made, brand=brand.id, name=name, kind=kind, channels=carried, sealed=sealed, at=at
    ):
        raise Problem("gateway.name_taken", 409, f"{brand.slug} has a gateway {name} already.")
    return row


def configurable(kind: str) -> Kind:
    """The kind of this name; Problem 422 when nobody can configure one."""
    try:
        found = KINDS.get(kind)
    except (UnknownPlugin, BrokenPlugin) as error:
        raise _unusable(f"There is no kind {kind}: {error}.") from error
    if found.settings is None:
        raise _unusable(f"A gateway of kind {kind} is never configured.")
    return found


def check(kind: str, values: Mapping[str, str]) -> None:
    """Problem 422 when these are not the settings of such a gateway; says which and why."""
    declared = configurable(kind)
    known = {setting.name: setting for setting in declared.settings or ()}
    if strange := sorted(values.keys() - known.keys()):
        raise _unusable(f"{kind} has no setting {', '.join(strange)}; it has {', '.join(known)}.")
    for setting in known.values():
        if setting.default is None and not values.get(setting.name):
            raise _unusable(f"{kind} needs {setting.name}: {setting.about}")
    try:
        declared.check(values)
    except UnusableSettings as error:
        raise _unusable(str(error)) from error


async def of_brand(on: Executor, brand_id: int) -> list[Gateway]:
    """A brand's gateways in the order in which they are chosen."""
    return [row.gateway() for row in await store.OF_BRAND.all(on, brand=brand_id)]


async def switch(on: Executor, brand: Brand, name: str, *, is_on: bool) -> bool:
    """Turn a gateway on or off; False when the brand has none of this name."""
    return bool(await store.SWITCH.run(on, brand=brand.id, name=name, is_on=is_on))


async def remove(on: Executor, brand: Brand, name: str) -> bool:
    """Forget a gateway and its secrets; False when the brand has none of this name."""
    return bool(await store.DELETE.run(on, brand=brand.id, name=name))


def opened_values(keyring: Keyring, gateway: Gateway) -> Values:
    """A gateway's settings; raises BrokenSeal."""
    plain = keyring.unseal(gateway.sealed, bound_to=gateway.id.bytes)
    return msgspec.json.decode(plain, type=dict[str, str])


def shown_values(keyring: Keyring, gateway: Gateway) -> dict[str, str]:
    """A gateway's settings as people may see them: secrets as dots."""
    secrets = {one.name for one in configurable(gateway.kind).settings or () if one.is_secret}
    values = opened_values(keyring, gateway)
    return {name: "••••••" if name in secrets else text for name, text in values.items()}


async def examine(keyring: Keyring, gateway: Gateway) -> AsyncIterator[Finding]:
    """Look at everything about a gateway that can be seen from here; reaches out to it."""
    kind = configurable(gateway.kind)
    if kind.examine is None:
        return
    async for finding in kind.examine(opened_values(keyring, gateway)):
        yield finding


def _unusable(detail: str) -> Problem:
    return Problem("gateway.unusable", 422, detail)
