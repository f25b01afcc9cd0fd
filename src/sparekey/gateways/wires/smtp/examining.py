"""Looking a gateway over: does the server answer, is its certificate good, does it let us in?"""

import asyncio
from collections.abc import AsyncIterator

from aiosmtplib import SMTPException

from sparekey.gateways.model import Misconfigured
from sparekey.gateways.wires.smtp import failures, records
from sparekey.gateways.wires.smtp.pool import connected, trusting
from sparekey.gateways.wires.smtp.settings import SmtpSettings
from sparekey.kit import certificate
from sparekey.kit.finding import Finding

_PATIENCE_SECONDS = 10.0


async def examine(
    settings: SmtpSettings, lookup: records.Lookup = records.look_up
) -> AsyncIterator[Finding]:
    """Everything that can be seen from here: the server first, then what is published."""
    yield await _server(settings)
    async for finding in records.findings(settings, lookup):
        yield finding


async def _server(settings: SmtpSettings) -> Finding:
    about = f"mail server {settings.host}:{settings.port} ({settings.security})"
    context = None if settings.security == "none" else trusting(settings.ca)
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            client = await connected(settings, context, _PATIENCE_SECONDS)
            end = certificate.ends_at(client.get_transport_info("peercert"))
            await client.noop()
            await client.quit()
    except (SMTPException, OSError) as error:
        return Finding(about, _advice(failures.before_data(error, attempt=1)))
    if end is not None and certificate.ends_soon(end):
        return Finding(about, f"its certificate ends on {end:%Y-%m-%d}: have it renewed")
    return Finding(f"{about}, signed in" if settings.username else about)


def _advice(failure: Exception) -> str:
    if "expired" in str(failure):
        return f"{failure}; have it renewed"
    if isinstance(failure, Misconfigured):
        return f"{failure}; check security, ca, username and password"
    return f"{failure}; check host and port, and that the server runs"
