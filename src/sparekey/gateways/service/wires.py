"""The open wires of one process: opened when they are wanted, closed when their gateway changes."""

import asyncio
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from sparekey import brands
from sparekey.db import Db, is_passing
from sparekey.gateways import store
from sparekey.gateways.kinds import KINDS
from sparekey.gateways.model import (
    Around,
    Gateway,
    Lasting,
    Listening,
    Misconfigured,
    UnusableSettings,
    Wire,
)
from sparekey.gateways.service.arriving import around_gateway
from sparekey.gateways.service.configuring import opened_values
from sparekey.kit.keyring import BrokenSeal, Keyring
from sparekey.kit.outlived import outlive
from sparekey.kit.registry import BrokenPlugin, UnknownPlugin

#: How soon a listening gateway that was added is listened to, and one that was removed is left.
LOOKED_AFTER_SECONDS = 5.0

_log = structlog.get_logger()


@dataclass(slots=True)
class Wires:
    """One wire for each gateway whose settings stay the same: it may hold connections."""

    around: Around
    db: Db
    keyring: Keyring
    _open: dict[UUID, tuple[Gateway, Wire]] = field(
        default_factory=dict[UUID, tuple[Gateway, Wire]]
    )
    _left: list[Wire] = field(default_factory=list[Wire])

    def of(self, gateway: Gateway, brand: brands.Brand) -> Wire:
        """The gateway's wire; Misconfigured when it cannot be opened as it stands."""
        known, wire = self._open.get(gateway.id, (None, None))
        if known is not None and wire is not None and _is_same(known, gateway):
            return wire
        made = self._opened(gateway, brand)
        if wire is not None:
            self._left.append(wire)
        self._open[gateway.id] = (gateway, made)
        return made

    def takes_replies(self, gateway: Gateway) -> bool:
        """Whether an email through it can be answered; one that cannot be opened sends none."""
        try:
            values = opened_values(self.keyring, gateway)
            return KINDS.get(gateway.kind).takes_replies(values)
        except (UnknownPlugin, BrokenPlugin, BrokenSeal):
            return False

    def _opened(self, gateway: Gateway, brand: brands.Brand) -> Wire:
        try:
            kind = KINDS.get(gateway.kind)
            values = opened_values(self.keyring, gateway)
            around = around_gateway(
                self.around, self.db, self.keyring, gateway, brand, kind, values
            )
            return kind.open(around, values)
        except (UnknownPlugin, BrokenPlugin, BrokenSeal, UnusableSettings) as error:
            raise Misconfigured(str(error)) from error

    async def keep_listening(self, *, every: float = LOOKED_AFTER_SECONDS) -> None:
        """Look after them, again and again, through an outage of the database too."""
        while True:
            try:
                await self.look_after()
            except Exception as error:  # it is looked again in a moment
                outlive("gateways_not_seen", error)
            await asyncio.sleep(every)

    async def look_after(self) -> None:
        """Listen to every gateway that is on and can be listened to; close what is over.

        One that breaks, in whatever way its kind finds, is named and keeps no other from being
        listened to.
        """
        present = {row.id: row.gateway() for row in await store.SWITCHED_ON.all(self.db)}
        for gateway in present.values():
            try:
                await self._listen(gateway)
            except Exception as error:
                if is_passing(error):  # the database's, which is away for all of them
                    raise
                outlive("gateway_not_listened_to", error, gateway=gateway.name)
        for gateway_id in [known for known in self._open if known not in present]:
            self._left.append(self._open.pop(gateway_id)[1])
        await self._close_left()

    async def _listen(self, gateway: Gateway) -> None:
        """By its own connection, if its kind has one that brings something by itself."""
        try:
            if not KINDS.get(gateway.kind).listens:
                return
            wire = self.of(gateway, await brands.by_id(self.db, gateway.brand_id))
        except (UnknownPlugin, BrokenPlugin) as failure:
            _log.warning("gateway_unusable", gateway=gateway.name, reason=str(failure))
            return
        except Misconfigured as failure:
            _log.warning("gateway_misconfigured", gateway=gateway.name, reason=str(failure))
            return
        if isinstance(wire, Listening):
            wire.listen()

    async def aclose(self) -> None:
        """End every connection in good order."""
        self._left += [wire for _, wire in self._open.values()]
        self._open.clear()
        await self._close_left()

    async def _close_left(self) -> None:
        while self._left:  # what one of them raises leaves the others for the next look
            wire = self._left.pop()
            if isinstance(wire, Lasting):
                await wire.close()


def _is_same(known: Gateway, gateway: Gateway) -> bool:
    return (known.sealed, known.hook_number) == (gateway.sealed, gateway.hook_number)
