"""Which gateways a brand's message goes through, from whom, and what that costs."""

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from sparekey.brands import Brand
from sparekey.db import Db
from sparekey.gateways.choose import Fact, Wanted, longest_prefix, order
from sparekey.gateways.circuit import Gate
from sparekey.gateways.kinds import KINDS
from sparekey.gateways.model import Around, Misconfigured, Wire, WireFailure
from sparekey.gateways.money import Pot, pots
from sparekey.gateways.senders import From, choose_sender
from sparekey.gateways.service.routing import Network, network, prices_of
from sparekey.gateways.service.wires import Wires
from sparekey.kit.cache import Cache
from sparekey.kit.keyring import Keyring

#: How long a process may act on what a brand's gateways were before somebody changed them.
CACHED_SECONDS = 5.0
_CACHED_BRANDS = 1000
_PRICES_SECONDS = 60.0
_CACHED_TABLES = 200


@dataclass(frozen=True, slots=True)
class Way:
    """One gateway that a message may take now, from whom it comes then, and what a part of it
    costs. The sandbox has no `id`; without a `sender` carriers there would drop the message."""

    id: UUID | None
    name: str
    sender: From | None
    price: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """The ways of a message, the first one first, and the sums that it is charged to.

    Without any way: `wait` until there is one again, or, when that is None too, there is none.
    """

    ways: Sequence[Way] = ()
    wait: timedelta | None = None
    pots: Sequence[Pot] = ()
    is_stopped: bool = False


class Gateways:
    """Which ways a message may take, and what this process has learned of its gateways."""

    def __init__(self, around: Around, db: Db, keyring: Keyring) -> None:
        self._around = around
        self._db = db
        self._of_brand: Cache[int, Network] = Cache(size=_CACHED_BRANDS, seconds=CACHED_SECONDS)
        self._prices: Cache[UUID, Mapping[str, int]] = Cache(
            size=_CACHED_TABLES, seconds=_PRICES_SECONDS
        )
        self._gates: dict[UUID, Gate] = {}
        self.wires = Wires(around, db, keyring)

    async def plan(self, brand: Brand, wanted: Wanted, *, is_own_door: bool, at: datetime) -> Plan:
        """How this message may go now.

        A sandbox brand has the sandbox and nothing else, for ever. A live one has the gateways
        that are on and whose conditions fit, in the order of their routes.
        """
        otherwise = sender_of(brand, wanted.channel)
        if brand.is_sandbox:
            carries = wanted.channel in KINDS.get("sandbox").channels
            return Plan([Way(None, "sandbox", otherwise)] if carries else [])
        known = await self._network(brand.id)
        if wanted.template in known.stops:
            return Plan(is_stopped=True)
        found = order(
            known.routes_of(wanted.channel), wanted, self._facts(known, wanted, at), random.random
        )
        ways = [await self._way(known, one, wanted, otherwise) for one in found.gateways]
        charged = pots(known.budgets, wanted.country, is_own_door=is_own_door)
        return Plan(ways, found.wait, charged)

    def take(self, way: Way, *, is_urgent: bool, at: datetime) -> bool:
        """Let a message through; False when its gateway takes none now, whatever the plan said."""
        return way.id is None or self._gate(way.id).take(at, is_urgent=is_urgent)

    def told(self, way: Way, failure: WireFailure | None, at: datetime) -> None:
        """What came of a message that was let through."""
        if way.id is not None:
            self._gate(way.id).told(failure, at)

    def spared(self, way: Way, at: datetime) -> None:
        """A message that was let through never reached its gateway, which stands as it stood."""
        if way.id is not None:
            self._gate(way.id).spared(at)

    async def wire(self, brand: Brand, way: Way) -> Wire:
        """The open connection of a way; Misconfigured when it cannot be opened as it stands."""
        if way.id is None:
            return self._sandbox
        known = await self._network(brand.id)
        try:
            return self.wires.of(known.gateway(way.id), brand)
        except LookupError as error:  # it was removed since the plan was made
            raise Misconfigured(str(error)) from error

    async def _way(self, known: Network, id: UUID, wanted: Wanted, otherwise: From) -> Way:
        gateway, price = known.gateway(id), 0
        if wanted.channel == "email":
            sender = From(otherwise.sender, self.wires.takes_replies(gateway))
        else:
            sender = otherwise
        if wanted.country is not None:
            sender = choose_sender(
                known.senders,
                otherwise,
                gateway=id,
                channel=wanted.channel,
                country=wanted.country,
            )
            price = longest_prefix(await self._table(id), wanted.digits) or 0
        return Way(id, gateway.name, sender, price)

    def _facts(self, known: Network, wanted: Wanted, at: datetime) -> dict[UUID, Fact]:
        facts: dict[UUID, Fact] = {}
        for gateway in known.gateways:
            gate = self._gate(gateway.id)
            gate.paced(gateway.per_second, at)
            facts[gateway.id] = Fact(gate.wait(at, is_urgent=wanted.is_urgent), gateway.is_silent)
        return facts

    def _gate(self, id: UUID) -> Gate:
        return self._gates.setdefault(id, Gate())

    async def _network(self, brand_id: int) -> Network:
        now = time.monotonic()
        found = self._of_brand.get(brand_id, now)
        if found is None:
            found = await network(self._db, brand_id)
            self._of_brand.put(brand_id, found, now)
        return found

    async def _table(self, gateway_id: UUID) -> Mapping[str, int]:
        now = time.monotonic()
        found = self._prices.get(gateway_id, now)
        if found is None:
            found = await prices_of(self._db, gateway_id)
            self._prices.put(gateway_id, found, now)
        return found

    @cached_property
    def _sandbox(self) -> Wire:
        return KINDS.get("sandbox").open(self._around, {})


def sender_of(brand: Brand, channel: str) -> From:
    """What a brand says itself: an email stands beside an address of ours, with its name."""
    if channel == "email":
        return From(brand.name)
    own = brand.sender
    return From(own.number or own.name, own.can_reply and own.number is not None)
