"""Runs the benchmark: house, phases, report."""

import argparse
import asyncio
import sys

from benchmarks import flows, lanes, smpp
from benchmarks.house import Server, directory, opened
from benchmarks.load import NoLoad, require
from benchmarks.machine import most_resident_mb
from benchmarks.phases import Bench, now
from benchmarks.plan import FULL, QUICK, Plan
from benchmarks.report import Found, NotCounted, figures, show, write
from benchmarks.rival import Pgbench, session_of
from benchmarks.statements import statements

_CONNECTIONS = 16
_FEW = 8


async def measure(plan: Plan) -> Found:
    """Everything, on an installation of its own that is gone afterwards."""
    async with directory() as path:
        async with opened(path) as house:
            made_at = now()
            session = await session_of(house.db)
            rival = Pgbench(house.lease.binaries, house.lease.dsn, path, session)
            calls = await statements(house.keyring, house.brand_id, made_at)
            server = await Server.start(path)
            try:
                bench = Bench(house, server, rival, calls, made_at, plan.challenges)
                found = await _phases(bench, plan)
                found.server_mb = most_resident_mb(server.pid)
            finally:
                await server.stop()
        for _ in range(plan.readies):
            server = await Server.start(path)
            found.ready_s.append(server.ready_s)
            await server.stop()
    async with directory() as path, opened(path) as house:
        found.handing = await lanes.measure(house, plan.handing)
    found.handing |= await smpp.measure(plan.submits, plan.rounds)
    found.handing |= await flows.measure(plan.running)
    return found


async def _phases(bench: Bench, plan: Plan) -> Found:
    found = Found()
    await bench.make_challenges()
    await bench.start_alone(seconds=plan.warm_up_s, connections=_CONNECTIONS)
    for _ in range(plan.rounds):
        since = now()
        found.starts.append(await bench.start(seconds=plan.run_s, connections=_CONNECTIONS))
        found.busy_hand_over_ms.append(await bench.hand_over_ms(since))
        found.checks.append(await bench.check(seconds=plan.run_s, connections=_CONNECTIONS))
        found.few.append(await bench.start_alone(seconds=plan.run_s, connections=_FEW))
        found.pairs.append(await bench.pairs(seconds=plan.run_s, connections=_CONNECTIONS))
    since = now()
    found.moderate.append(
        await bench.start_alone(seconds=plan.moderate_s, connections=_FEW, pause_ms=36)
    )
    found.hand_over_ms = await bench.hand_over_ms(since)
    return found


def main() -> None:
    """`python -m benchmarks [--quick]`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a minute, rougher figures")
    plan = QUICK if parser.parse_args().quick else FULL
    try:
        require()
        found = asyncio.run(measure(plan))
        found.require_counted()
    except (NoLoad, NotCounted) as failure:
        sys.exit(str(failure))
    numbers = figures(found)
    show(numbers)
    print(f"\nAll figures: {write(numbers)}")


main()
