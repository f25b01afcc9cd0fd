"""A carrier that the test plays: it takes messages, or fails in the way it is told to."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sparekey import brands, gateways, outbox
from sparekey.opening import House


@dataclass(slots=True)
class PlayedWire:
    """Keeps what it is given. `failures` are raised one by one, None standing for success."""

    repeats_safely: bool = False
    failures: Sequence[BaseException | None] = ()
    sent: list[gateways.Outgoing] = field(default_factory=list[gateways.Outgoing])
    dropped: list[gateways.Outgoing] = field(default_factory=list[gateways.Outgoing])
    tries: int = 0

    async def send(self, message: gateways.Outgoing) -> gateways.Accepted:
        """Take it, or fail as told."""
        self.tries += 1
        failure = self.failures[self.tries - 1] if self.tries <= len(self.failures) else None
        if failure is not None:
            raise failure
        self.sent.append(message)
        return gateways.Accepted(ref=str(message.id))

    async def drop(self, message: gateways.Outgoing) -> None:
        """Take a decoy's, which goes nowhere."""
        self.dropped.append(message)


class PlayedGateways(gateways.Gateways):
    """Every brand and channel goes through one wire."""

    def __init__(self, wire: gateways.Wire) -> None:
        self._played = wire

    async def plan(
        self, brand: brands.Brand, wanted: gateways.Wanted, *, is_own_door: bool, at: datetime
    ) -> gateways.Plan:
        """The played one is the only way."""
        own = brand.sender
        sender = gateways.From(own.number or own.name, own.can_reply)
        if wanted.channel == "email":
            sender = gateways.From(brand.name)
        return gateways.Plan([gateways.Way(None, "played", sender)])

    async def wire(self, brand: brands.Brand, way: gateways.Way) -> gateways.Wire:
        """The played wire."""
        return self._played


class PlayedNetwork(gateways.Gateways):
    """A live brand's real routes, whose gateways end in wires of the test by their names."""

    def __init__(self, house: House, wires: Mapping[str, gateways.Wire]) -> None:
        super().__init__(gateways.Around(_nowhere), house.db, house.keyring)
        self._wires = wires

    async def wire(self, brand: brands.Brand, way: gateways.Way) -> gateways.Wire:
        """The wire of this name."""
        return self._wires[way.name]


async def _nowhere(_message: gateways.Outgoing, _is_dropped: bool) -> None:
    """No sandbox is played here."""


def delivery_through(house: House, wire: gateways.Wire) -> outbox.Delivery:
    """The outbox's verbs on a played wire, as one worker has them."""
    return outbox.Delivery(
        house.db, house.keyring, house.clock, PlayedGateways(wire), house.base_url
    )


def delivering_through(house: House, wire: gateways.Wire) -> Callable[[], Awaitable[int]]:
    """A step that hands over what is due now; how many messages that was."""
    delivery = delivery_through(house, wire)

    async def step() -> int:
        claimed = [one for lane in outbox.Lane for one in await delivery.claim(100, lane)]
        for one in claimed:
            await delivery.hand_over(one)
        await delivery.settle(claimed)
        return len(claimed)

    return step
