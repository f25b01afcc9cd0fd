"""Connecting and signing in: what may go wrong until then, by the names that wires fail by."""

import asyncio
import ssl
from dataclasses import dataclass

from sparekey.gateways.model import Misconfigured, Unreachable
from sparekey.gateways.wires.smpp import statuses
from sparekey.gateways.wires.smpp.connection import (
    Connection,
    Hear,
    Lost,
    Unanswered,
    Unwritten,
    is_answer_to,
)
from sparekey.gateways.wires.smpp.pdu import Bind, Command
from sparekey.gateways.wires.smpp.settings import SmppSettings
from sparekey.gateways.wires.smpp.trusting import trusting
from sparekey.kit.certificate import distrust


@dataclass(frozen=True, slots=True, kw_only=True)
class Timers:
    """Seconds. `turn` and `answer` together stay below the half minute of a loop.

    `turn`: for a bound connection, room in the window and a token together. `answer`: for an
    answer to a message. `idle`: of silence, before we ask whether the other side lives; `alive`:
    for its answer. `first_retry` to `last_retry`: between attempts to connect, doubling;
    `after_refusal`: once a bind was refused for what we are. `first_pause` to `last_pause`: after
    texts that were too many, doubling.
    """

    connect: float = 10.0
    turn: float = 12.0
    answer: float = 15.0
    idle: float = 30.0
    alive: float = 10.0
    first_retry: float = 1.0
    last_retry: float = 60.0
    after_refusal: float = 60.0
    first_pause: float = 1.0
    last_pause: float = 60.0


def binds(settings: SmppSettings) -> list[Command]:
    """The binds of a gateway; texts leave by the first, the last brings what comes in."""
    if settings.is_pair:
        return [Command.BIND_TRANSMITTER, Command.BIND_RECEIVER]
    return [Command.BIND_TRANSCEIVER]


async def bound(settings: SmppSettings, command: Command, hear: Hear, seconds: float) -> Connection:
    """A new connection, encrypted and bound as the settings say; Unreachable or Misconfigured."""
    context = trusting(settings.ca, settings.client) if settings.security == "tls" else None
    try:
        async with asyncio.timeout(seconds):
            connection = await _connected(settings, context, hear)
    except ssl.SSLCertVerificationError as error:
        raise Misconfigured(
            f"the SMSC's certificate is not one to trust: {distrust(error)}"
        ) from error
    except ssl.SSLError as error:
        raise Unreachable(f"no TLS: {error.reason or type(error).__name__}") from error
    except OSError as error:
        raise Unreachable(f"no connection: {type(error).__name__}") from error
    try:
        await _sign_in(connection, settings, command, seconds)
    except BaseException:
        connection.end("not bound")
        raise
    return connection


async def _connected(
    settings: SmppSettings, context: ssl.SSLContext | None, hear: Hear
) -> Connection:
    _, connection = await asyncio.get_running_loop().create_connection(
        lambda: Connection(hear), settings.host, settings.port, ssl=context
    )
    return connection


async def _sign_in(
    connection: Connection, settings: SmppSettings, command: Command, seconds: float
) -> None:
    who = Bind(settings.system_id, settings.password.reveal(), settings.system_type)
    try:
        answer = await connection.request(command, who.encode(), seconds=seconds)
    except (Unwritten, Lost) as error:
        if isinstance(error.__cause__, ssl.SSLError):  # TLS 1.3 says it after the handshake only
            raise Misconfigured(f"the SMSC ended TLS: {error}") from error
        raise Unreachable(f"the connection ended before the bind was answered: {error}") from error
    except Unanswered as error:
        raise Unreachable("the bind was not answered") from error
    if not is_answer_to(answer, command):
        raise Unreachable("something else than the bind was answered")
    if answer.status:
        raise statuses.bind_failure(answer.status)
