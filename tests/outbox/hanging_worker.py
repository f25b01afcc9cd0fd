"""A worker that hands a message over, says so, and never comes back from it: made to be killed."""

import asyncio
import os
import sys
from datetime import datetime
from pathlib import Path

from sparekey import gateways
from sparekey.db import Db
from sparekey.kit.keyring import Keyring
from sparekey.outbox import Delivery
from tests.world.basics import MovableClock
from tests.world.wires import PlayedGateways


class HangingWire:
    """Takes a message and does not return."""

    repeats_safely = False

    async def send(self, message: gateways.Outgoing) -> gateways.Accepted:
        os.write(1, b"taken\n")
        await asyncio.Event().wait()
        return gateways.Accepted()

    async def drop(self, message: gateways.Outgoing) -> None:
        raise AssertionError("only real messages are played here")


async def main(database_url: str, keyring: str, at: str) -> None:
    """Work on the test's database, at the test's time."""
    clock = MovableClock(datetime.fromisoformat(at))
    db = await Db.connect(database_url, size=2)
    routes = PlayedGateways(HangingWire())
    delivery = Delivery(db, Keyring.load(Path(keyring)), clock, routes, "https://acme.example")
    await delivery.loop().run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
