"""The wire to a mail server: messages leave by SMTP, signed, one recipient each.

What takes long to import (the SMTP client, the signer, DNS) is imported when a gateway is opened
or examined, never by a process without one.
"""

from collections.abc import AsyncIterator

from sparekey.gateways.model import Around, Kind, Values, Wire
from sparekey.gateways.wires.smtp.settings import SETTINGS, read_settings, takes_replies
from sparekey.kit.finding import Finding


def _open(_around: Around, values: Values) -> Wire:
    from sparekey.gateways.wires.smtp.sending import SmtpWire

    return SmtpWire(read_settings(values))


def _check(values: Values) -> None:
    read_settings(values)


async def _examine(values: Values) -> AsyncIterator[Finding]:
    from sparekey.gateways.wires.smtp.examining import examine

    async for finding in examine(read_settings(values)):
        yield finding


wire = Kind(frozenset({"email"}), _open, SETTINGS, _check, _examine, takes_replies=takes_replies)
