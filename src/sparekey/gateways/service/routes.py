"""Which gateway a brand's message goes through."""

import time
from functools import cached_property
from uuid import UUID

from sparekey.brands import Brand
from sparekey.db import Db
from sparekey.gateways.kinds import KINDS
from sparekey.gateways.model import Around, Gateway, Misconfigured, UnusableSettings, Wire
from sparekey.gateways.service.arriving import around_gateway
from sparekey.gateways.service.configuring import of_brand, opened_values
from sparekey.kit.cache import Cache
from sparekey.kit.keyring import Keyring
from sparekey.kit.registry import BrokenPlugin, UnknownPlugin

#: How long a process may act on what a brand's gateways were before somebody changed them.
CACHED_SECONDS = 5.0
_CACHED_BRANDS = 1000


class Gateways:
    """The open wires of this process."""

    def __init__(self, around: Around, db: Db, keyring: Keyring) -> None:
        self._around = around
        self._db = db
        self._keyring = keyring
        self._of_brand: Cache[int, list[Gateway]] = Cache(
            size=_CACHED_BRANDS, seconds=CACHED_SECONDS
        )
        self._open: dict[UUID, tuple[bytes, Wire]] = {}

    async def choose(self, brand: Brand, channel: str) -> tuple[str, Wire] | None:
        """The gateway for a brand's channel and its name; None when the brand has none.

        A sandbox brand has the sandbox and nothing else, for ever. A live one has the first of its
        gateways that is on; Misconfigured when that one cannot be opened as it stands.
        """
        if brand.is_sandbox:
            return ("sandbox", self._sandbox) if channel in KINDS.get("sandbox").channels else None
        for gateway in await self._gateways(brand.id):
            if gateway.carries(channel):
                return gateway.name, self._wire(gateway, brand)
        return None

    async def _gateways(self, brand_id: int) -> list[Gateway]:
        now = time.monotonic()
        found = self._of_brand.get(brand_id, now)
        if found is None:
            found = await of_brand(self._db, brand_id)
            self._of_brand.put(brand_id, found, now)
        return found

    def _wire(self, gateway: Gateway, brand: Brand) -> Wire:
        """The same wire as long as the settings are the same: it may hold connections."""
        sealed, wire = self._open.get(gateway.id, (b"", None))
        if wire is None or sealed != gateway.sealed:
            wire = self._opened(gateway, brand)
            self._open[gateway.id] = (gateway.sealed, wire)
        return wire

    def _opened(self, gateway: Gateway, brand: Brand) -> Wire:
        try:
            kind = KINDS.get(gateway.kind)
            values = opened_values(self._keyring, gateway)
            around = around_gateway(
                self._around, self._db, self._keyring, gateway, brand, kind, values
            )
            return kind.open(around, values)
        except (UnknownPlugin, BrokenPlugin, UnusableSettings) as error:
            raise Misconfigured(str(error)) from error

    @cached_property
    def _sandbox(self) -> Wire:
        return KINDS.get("sandbox").open(self._around, {})
