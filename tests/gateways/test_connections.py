"""Connections to a server are few, kept while they are used, and given up in good order."""

import asyncio

import pytest
from aiosmtplib import SMTPResponseException

from sparekey.gateways.wires.smtp.pool import Pool
from sparekey.gateways.wires.smtp.sending import SmtpWire
from sparekey.gateways.wires.smtp.settings import SmtpSettings
from tests.gateways.letters import message, settings
from tests.gateways.servers import ScriptedServer


async def test_many_messages_take_no_more_connections_than_the_server_allows(
    server: ScriptedServer,
):
    wire = SmtpWire(settings(port=str(server.port), connections="3"))
    await asyncio.gather(*(wire.send(message()) for _ in range(20)))

    assert len(server.taken) == 20
    assert server.connections == 3


async def test_a_connection_that_nobody_uses_ends_with_a_goodbye(
    server: ScriptedServer, smtp: SmtpSettings
):
    pool = Pool(smtp, 5, idle_seconds=0.01)
    async with pool.lent():
        pass
    await asyncio.wait_for(server.has_said_goodbye.wait(), timeout=5)

    assert server.verbs == ["EHLO", "QUIT"]


async def test_a_connection_is_used_a_hundred_times_and_then_made_anew(
    server: ScriptedServer, smtp: SmtpSettings
):
    pool = Pool(smtp, 5)
    for _ in range(101):
        async with pool.lent():
            pass

    assert server.connections == 2


async def test_a_connection_that_was_left_in_the_middle_is_not_used_again(
    server: ScriptedServer, smtp: SmtpSettings
):
    pool = Pool(smtp, 5)
    with pytest.raises(ZeroDivisionError):
        async with pool.lent():
            raise ZeroDivisionError
    with pytest.raises(SMTPResponseException):
        async with pool.lent():
            raise SMTPResponseException(550, "no")
    with pytest.raises(SMTPResponseException):
        async with pool.lent():
            raise SMTPResponseException(421, "closing")
    async with pool.lent():
        pass

    assert server.connections == 3
    assert server.verbs.count("RSET") == 1
