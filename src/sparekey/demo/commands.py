"""`sparekey demo`: open the trial installation, serve it, play on it, serve on until stopped."""

import asyncio
import json
import os
import socket
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass

import uvicorn

from sparekey import http
from sparekey.app import build
from sparekey.db import SchemaMismatch, WrongKeyring
from sparekey.demo.client import Client
from sparekey.demo.installation import (
    Trial,
    close_trial,
    database_ended,
    furnish,
    listen,
    open_live_trial,
    open_trial,
    trial_settings,
)
from sparekey.demo.outside.world import Outside, outside
from sparekey.demo.play import IN_THE_SANDBOX, over_real_wires, play
from sparekey.demo.screens import Screens
from sparekey.demo.stage import Stage
from sparekey.demo.transcript import Transcript, milliseconds
from sparekey.demo.words import introduce, invite
from sparekey.loops import working
from sparekey.opening import CannotStart, House, open_house
from sparekey.settings import Settings

_LOOK_AGAIN_SECONDS = 0.005


@dataclass(frozen=True, slots=True)
class Running:
    """The installation as it serves, and when it was asked to."""

    house: House
    trial: Trial
    serving: asyncio.Task[None]
    acme: Client
    world: Outside | None


@dataclass(frozen=True, slots=True)
class Wish:
    """How the demo shall run. `ends`: end after the play. `as_json`: one line for programs; without
    `ends` nothing is played. `is_real`: over real wires, not in the sandbox."""

    ends: bool = False
    as_json: bool = False
    is_real: bool = False


async def demonstrate(settings: Settings, wish: Wish) -> int:
    """Run the demo; the exit code, which is 1 when a claim of the play did not hold."""
    began = time.perf_counter()
    listening = listen(settings.port if "SPAREKEY_PORT" in os.environ else None)
    async with outside() if wish.is_real else nullcontext() as world:
        answers_port = world.mail.answers_port if world else None
        settings = trial_settings(settings, listening.getsockname()[1], answers_port)
        transcript = Transcript(is_silent=wish.as_json)
        introduce(transcript, settings, world, is_new=furnish(settings))
        with (settings.data_dir / "demo.log").open("a", buffering=1) as log:
            http.configure_logs(settings.log_level, log)
            async with _running(settings, listening, world) as running:
                took = milliseconds(time.perf_counter() - began)
                transcript.says("Server", f"{running.house.base_url}, ready after {took}")
                if wish.as_json:
                    print(_line(running), flush=True)
                return await _demonstrate(running, transcript, wish)


async def _demonstrate(running: Running, transcript: Transcript, wish: Wish) -> int:
    """Play until the end or until somebody stops us, then serve on unless it `ends`."""
    code, world = 0, running.world
    if wish.ends or not wish.as_json:
        stage = Stage(running.acme, transcript, world or Screens(running.acme))
        programme = over_real_wires(world) if world else IN_THE_SANDBOX
        playing = asyncio.create_task(play(stage, programme))
        await asyncio.wait({playing, running.serving}, return_when=asyncio.FIRST_COMPLETED)
        if not playing.done():
            playing.cancel()
            return 1
        code = 0 if playing.result() else 1
    if not wish.ends:
        invite(transcript, running.house, running.trial)
        await running.serving
    return code


@asynccontextmanager
async def _running(
    settings: Settings, listening: socket.socket, world: Outside | None
) -> AsyncGenerator[Running]:
    """Everything open and answering while the block runs; a signal ends the serving task."""
    async with _opened(settings) as house, _trial(house, world) as trial, working(house):
        options = http.server_options(settings.host, settings.port)
        server = http.Server(uvicorn.Config(build(house), **options))
        serving = asyncio.create_task(server.serve([listening]))
        acme = Client(settings.port, trial.api_key)
        await _answering(acme, serving)
        try:
            if world is not None:
                await world.smsc.bound()
            yield Running(house, trial, serving, acme, world)
        finally:
            server.should_exit = True
            await serving
    await database_ended(house.database_url)


@asynccontextmanager
async def _trial(house: House, world: Outside | None) -> AsyncGenerator[Trial]:
    trial = await (open_live_trial(house, world.connections) if world else open_trial(house))
    try:
        yield trial
    finally:
        await close_trial(house, trial)


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncGenerator[House]:
    """The installation; one that another version made is only a trial's, and may go."""
    async with AsyncExitStack() as opened:
        try:
            house = await opened.enter_async_context(open_house(settings, for_trial=True))
        except (SchemaMismatch, WrongKeyring) as refusal:
            raise CannotStart(
                f"{refusal}\nIt is the demo's: rm -r {settings.data_dir} makes room for another."
            ) from refusal
        yield house


async def _answering(acme: Client, serving: asyncio.Task[None]) -> None:
    """Wait until it says that it is ready."""
    while not serving.done():
        try:
            if (await acme.call("GET", "/readyz")).status == 200:
                return
        except ConnectionError:
            pass
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)


def _line(running: Running) -> str:
    base_url = running.house.base_url
    return json.dumps(
        {
            "base_url": base_url,
            "api_key": running.trial.api_key.reveal(),
            "brand": running.trial.brand.slug,
            "sandbox_url": f"{base_url}/sandbox",
            "database_url": running.house.database_url,
        }
    )
