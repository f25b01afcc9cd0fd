"""Looking a gateway over: does the SMSC answer, is its certificate good, does it let us in?"""

from collections.abc import AsyncIterator

from sparekey.gateways.model import Misconfigured, Unreachable
from sparekey.gateways.wires.smpp import statuses
from sparekey.gateways.wires.smpp.binding import binds, bound
from sparekey.gateways.wires.smpp.connection import Connection, Lost, Unanswered, Unwritten
from sparekey.gateways.wires.smpp.pdu import Command, Pdu
from sparekey.gateways.wires.smpp.settings import SmppSettings
from sparekey.kit import certificate
from sparekey.kit.finding import Finding

_PATIENCE_SECONDS = 10.0
_LONGEST_PASSWORD = 8  # 3.4, 5.2.2


async def examine(settings: SmppSettings) -> AsyncIterator[Finding]:
    """Everything that can be seen from here: each bind, and what the settings leave open."""
    for command in binds(settings):
        async for finding in _bind(settings, command):
            yield finding
    if settings.security == "none" and not settings.is_proven:
        yield Finding(
            "texts and receipts travel unencrypted through a private network: its receipts "
            "start no fallback to another channel"
        )


async def _bind(settings: SmppSettings, command: Command) -> AsyncIterator[Finding]:
    kind = command.name.removeprefix("BIND_").lower()
    about = f"SMSC {settings.host}:{settings.port} ({settings.security}), bound as {kind}"
    try:
        connection = await bound(settings, command, _not_now, _PATIENCE_SECONDS)
    except (Misconfigured, Unreachable) as failure:
        yield Finding(about, _advice(settings, failure))
        return
    yield await _link(connection, about)
    if (end := certificate.ends_at(connection.peer_certificate())) is not None:
        advice = "have it renewed" if certificate.ends_soon(end) else None
        yield Finding(f"its certificate, until {end:%Y-%m-%d}", advice)
    await connection.goodbye()


async def _link(connection: Connection, about: str) -> Finding:
    try:
        await connection.request(Command.ENQUIRE_LINK, seconds=_PATIENCE_SECONDS)
    except (Unwritten, Lost, Unanswered) as error:
        return Finding(about, f"it lets us in and answers nothing then ({error}); ask the carrier")
    return Finding(about)


def _advice(settings: SmppSettings, failure: Misconfigured | Unreachable) -> str:
    if "expired" in str(failure):
        return f"{failure}; have the carrier renew it"
    if "certificate" in str(failure) or "TLS" in str(failure):
        return (
            f"{failure}; check host and ca, certificate where the carrier asks for one, and that "
            "the port speaks TLS"
        )
    if isinstance(failure, Misconfigured):
        hint = "check system_id, password and system_type"
        if len(settings.password.reveal()) > _LONGEST_PASSWORD:
            hint += ", and whether the carrier means more than the standard's 8 characters"
        return f"{failure}; {hint}"
    if "bind" in str(failure):
        return (
            f"{failure}; the carrier may allow fewer binds than your processes open, or not this "
            "address: ask it for both"
        )
    return f"{failure}; check host, port and the way through firewalls"


def _not_now(connection: Connection, pdu: Pdu) -> None:
    """Whoever only looks stores nothing, so it is brought again to those who do."""
    connection.answer(pdu, statuses.TRY_AGAIN)
