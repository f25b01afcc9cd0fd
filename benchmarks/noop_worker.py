"""A worker whose gateways take everything at once: what handing over costs by itself.

`python -m benchmarks.noop_worker DSN KEYRING` says `ready`, and works until it is ended.
"""

import asyncio
import signal
import sys
from pathlib import Path

import uvloop

from sparekey import brands, gateways, outbox, templates
from sparekey.db import Db
from sparekey.kit.clock import SystemClock
from sparekey.kit.keyring import Keyring


class NoopWire:
    """Takes every message, and names it as providers do."""

    repeats_safely = False

    async def send(self, message: gateways.Outgoing) -> gateways.Accepted:
        return gateways.Accepted(ref=message.id.hex)

    async def drop(self, message: gateways.Outgoing) -> None: ...


class NoopGateways(gateways.Gateways):
    """Real routes that all end in the same wire."""

    _noop = NoopWire()

    async def wire(self, brand: brands.Brand, way: gateways.Way) -> gateways.Wire:  # noqa: ARG002
        return self._noop


async def _nowhere(_message: gateways.Outgoing, _is_dropped: bool) -> None: ...


async def work(dsn: str, keyring_path: str) -> None:
    """Both lanes, until SIGTERM."""
    db, keyring = await Db.connect(dsn, size=4), Keyring.load(Path(keyring_path))
    routes = NoopGateways(gateways.Around(_nowhere), db, keyring)
    delivery = outbox.Delivery(db, keyring, SystemClock(), routes, "https://acme.example")
    loops = delivery.loops()
    await asyncio.to_thread(templates.prepare)
    asyncio.get_running_loop().add_signal_handler(
        signal.SIGTERM, lambda: [loop.stop() for loop in loops]
    )
    print("ready", flush=True)
    await asyncio.gather(*(loop.run() for loop in loops))
    await db.close()


if __name__ == "__main__":
    uvloop.run(work(*sys.argv[1:]))
