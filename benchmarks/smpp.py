"""Texts a second through one bind to an SMSC, beside what that SMSC's own client reaches.

`python -m benchmarks.smpp` measures it; with `wire PORT COUNT` it is our end alone. The SMSC is the
package `smpp` of npm (`scripts/node-packages` installs it).
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median

import uvloop

from benchmarks.phases import now
from sparekey.demo.outside import programs
from sparekey.gateways import Outgoing, Raw
from sparekey.gateways.wires.smpp.sending import SmppWire
from sparekey.gateways.wires.smpp.settings import read_settings
from sparekey.kit.ids import new_id

_ROOT = Path(__file__).parents[1]
_WINDOW = 50
#: The fastest pace that a gateway may be given.
_PER_S = 20_000


async def measure(count: int, rounds: int) -> dict[str, float]:
    """Medians of the rounds, in each of which both ends of the comparison run."""
    found: list[float] = []
    theirs: list[float] = []
    client = [programs.node().program, "benchmarks/node/client.js"]
    async with _smsc() as port:
        for _ in range(rounds):
            theirs.append(await _said(*client, str(port), str(count), str(_WINDOW)))
            found.append(
                await _said(sys.executable, "-m", "benchmarks.smpp", "wire", str(port), str(count))
            )
    ratios = [ours / own for ours, own in zip(found, theirs, strict=True)]
    return {
        "smpp.submit_per_s": median(found),
        "smpp.ratio_to_smsc": median(ratios),
        "smpp.smsc_per_s": median(theirs),
    }


async def submit(port: int, count: int) -> float:
    """Hand so many texts to the SMSC, `_WINDOW` at a time; how many a second it took."""
    wire = SmppWire(read_settings(_values(port)), _nothing_comes)
    texts = iter([_text(n) for n in range(count)])
    await wire.send(_text(count))

    async def keep_on() -> None:
        for text in texts:
            await wire.send(text)

    began = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(_WINDOW):
            tasks.create_task(keep_on())
    passed = time.perf_counter() - began
    await wire.close()
    return count / passed


def _values(port: int) -> dict[str, str]:
    return {
        "host": "127.0.0.1",
        "port": str(port),
        "security": "none",
        "system_id": "sparekey",
        "password": "secret",
        "window": str(_WINDOW),
        "per_second": str(_PER_S),
    }


def _text(n: int) -> Outgoing:
    at = now()
    return Outgoing(
        id=new_id(at),
        brand_id=1,
        channel="sms",
        sender="Acme",
        to=f"+4474{n:08}",
        subject=None,
        text="Acme: 1234 5678 is your code.",
        html=None,
        expires_at=at + timedelta(minutes=10),
        sent_at=at,
    )


async def _nothing_comes(_raw: Raw) -> None: ...


@asynccontextmanager
async def _smsc() -> AsyncGenerator[int]:
    """The SMSC for the length of the block; its port."""
    node = programs.node()
    process = await asyncio.create_subprocess_exec(
        node.program, "benchmarks/node/smsc.js", stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        cwd=_ROOT, env=_environment(),
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield int(await asyncio.wait_for(process.stdout.readline(), 20))
    finally:
        process.kill()
        await process.wait()


async def _said(*command: str | Path) -> float:
    """The number that a program prints last."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=subprocess.PIPE, cwd=_ROOT, env=_environment()
    )
    printed, _ = await asyncio.wait_for(process.communicate(), 120)
    return float(printed.split()[-1])


def _environment() -> dict[str, str]:
    return {**os.environ, "NODE_PATH": str(programs.packages(programs.node()))}


def _main(words: Sequence[str]) -> None:
    if words[:1] == ["wire"]:
        print(uvloop.run(submit(int(words[1]), int(words[2]))))
        return
    for key, figure in asyncio.run(measure(20_000, 3)).items():
        print(f"{key:<22}{figure:>10.2f}")


if __name__ == "__main__":
    _main(sys.argv[1:])
