"""A worker whose messages all go through the carrier that listens on a port of this machine.

Run as `python -m tests.faults.carrier_worker PORT`, with the settings of any worker.
"""

import asyncio
import json
import os
import signal
import sys
from contextlib import closing

from sparekey.gateways import Accepted, Outgoing, Unreachable, Unsure
from sparekey.opening import open_house
from sparekey.settings import read
from tests.world.wires import delivery_through


class CarrierWire:
    """Cannot know whether the carrier took a message whose answer is lost."""

    repeats_safely = False

    def __init__(self, port: int) -> None:
        self._port = port

    async def send(self, message: Outgoing) -> Accepted:
        """Hand it over on a connection of its own."""
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError as error:
            raise Unreachable from error
        with closing(writer):
            words = {"id": str(message.id), "text": message.text}
            writer.write(json.dumps(words).encode() + b"\n")
            if await reader.readline() != b"taken\n":
                raise Unsure
        return Accepted()

    async def drop(self, message: Outgoing) -> None:
        """Decoys go nowhere."""


async def main() -> None:
    """Hand over until asked to stop."""
    async with open_house(read(os.environ)) as house:
        loop = delivery_through(house, CarrierWire(int(sys.argv[1]))).loop()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, loop.stop)
        await loop.run()


if __name__ == "__main__":
    asyncio.run(main())
