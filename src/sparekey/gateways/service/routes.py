"""Which gateway a brand's message goes through."""

import time
from functools import cached_property

from sparekey.brands import Brand
from sparekey.db import Db
from sparekey.gateways.kinds import KINDS
from sparekey.gateways.model import Around, Gateway, Wire
from sparekey.gateways.service.configuring import of_brand
from sparekey.gateways.service.wires import Wires
from sparekey.kit.cache import Cache
from sparekey.kit.keyring import Keyring

#: How long a process may act on what a brand's gateways were before somebody changed them.
CACHED_SECONDS = 5.0
_CACHED_BRANDS = 1000


class Gateways:
    """Which of the open wires of this process a message takes."""

    def __init__(self, around: Around, db: Db, keyring: Keyring) -> None:
        self._around = around
        self._db = db
        self._of_brand: Cache[int, list[Gateway]] = Cache(
            size=_CACHED_BRANDS, seconds=CACHED_SECONDS
        )
        self.wires = Wires(around, db, keyring)

    async def choose(self, brand: Brand, channel: str) -> tuple[str, Wire] | None:
        """The gateway for a brand's channel and its name; None when the brand has none.

        A sandbox brand has the sandbox and nothing else, for ever. A live one has the first of its
        gateways that is on; Misconfigured when that one cannot be opened as it stands.
        """
        if brand.is_sandbox:
            return ("sandbox", self._sandbox) if channel in KINDS.get("sandbox").channels else None
        for gateway in await self._gateways(brand.id):
            if gateway.carries(channel):
                return gateway.name, self.wires.of(gateway, brand)
        return None

    async def _gateways(self, brand_id: int) -> list[Gateway]:
        now = time.monotonic()
        found = self._of_brand.get(brand_id, now)
        if found is None:
            found = await of_brand(self._db, brand_id)
            self._of_brand.put(brand_id, found, now)
        return found

    @cached_property
    def _sandbox(self) -> Wire:
        return KINDS.get("sandbox").open(self._around, {})
