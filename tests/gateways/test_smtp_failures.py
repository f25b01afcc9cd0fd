"""Every way in which a mail server fails has one consequence, and no code goes twice by a guess."""

import asyncio
import re

import pytest

from sparekey import gateways
from sparekey.gateways.wires.smtp.sending import Patience, SmtpWire
from sparekey.gateways.wires.smtp.settings import SmtpSettings
from tests.gateways.conftest import Desk
from tests.gateways.letters import message, settings
from tests.gateways.servers import CLOSE, HANG, ScriptedServer
from tests.world.cast import Person
from tests.world.processes import free_port

NEVER_AGAIN = [
    ("MAIL", "550 5.7.1 not your sender", "failed", "misconfigured"),
    ("MAIL", "530 5.7.0 sign in first", "failed", "misconfigured"),
    ("RCPT", "550 5.1.1 no such mailbox", "failed", "refused"),
    ("RCPT", "554 5.7.1 <a@b>: Relay access denied", "failed", "misconfigured"),
    ("DATA", "554 5.5.1 no", "failed", "refused"),
    ("MESSAGE", "554 5.6.0 looks like spam", "failed", "refused"),
    ("DATA", CLOSE, "unsure", "unsure"),
    ("DATA", HANG, "unsure", "unsure"),
    ("MESSAGE", CLOSE, "unsure", "unsure"),
    ("MESSAGE", HANG, "unsure", "unsure"),
    ("MESSAGE", "what is this", "unsure", "unsure"),
]
COMES_AGAIN = [
    ("GREETING", "421 4.3.2 closing", 10, "throttled"),
    ("GREETING", "554 5.3.2 no service", 1, "unreachable"),
    ("GREETING", HANG, 1, "unreachable"),
    ("GREETING", CLOSE, 1, "unreachable"),
    ("EHLO", CLOSE, 1, "unreachable"),
    ("MAIL", "451 4.7.1 greylisted", 10, "throttled"),
    ("MAIL", CLOSE, 1, "unreachable"),
    ("RCPT", "450 4.2.0 greylisted", 10, "throttled"),
    ("RCPT", "452 4.5.3 too many", 10, "throttled"),
    ("RCPT", "421 4.7.0 slow down", 10, "throttled"),
    ("RCPT", HANG, 1, "unreachable"),
    ("RCPT", CLOSE, 1, "unreachable"),
    ("MESSAGE", "451 4.3.0 disk is full", 10, "throttled"),
]


@pytest.mark.parametrize(("verb", "answer", "state", "failure"), NEVER_AGAIN)
async def test_what_cannot_go_or_may_have_gone_is_never_tried_again(
    desk: Desk, server: ScriptedServer, alice: Person,
    smtp: SmtpSettings, verb: str, answer: str, state: str, failure: str,
):  # fmt: skip
    desk.wire = SmtpWire(smtp, Patience(after_data=1.0) if answer == HANG else None)
    server.answers[verb] = [answer]
    await desk.ask(alice)
    await desk.step()
    later = [await desk.step(later=61) for _ in range(11)]

    assert not any(later)
    assert server.verbs.count("MAIL") == 1
    assert server.taken == []
    assert await desk.outcomes() == [(state, failure)]


@pytest.mark.parametrize(("verb", "answer", "seconds", "failure"), COMES_AGAIN)
async def test_what_certainly_has_not_gone_comes_again_and_arrives_once(
    desk: Desk, server: ScriptedServer, alice: Person,
    smtp: SmtpSettings, verb: str, answer: str, seconds: float, failure: str,
):  # fmt: skip
    desk.wire = SmtpWire(smtp, Patience(before_data=1.0) if answer == HANG else None)
    server.answers[verb] = [answer]
    await desk.ask(alice)
    await desk.step()
    desk.wire = SmtpWire(smtp)
    first = (await desk.outcomes(), await desk.waits())
    handed_over = [await desk.step(later=seconds - 0.1), await desk.step(later=0.2)]
    again = await desk.step(later=120)

    assert first == ([("queued", failure)], seconds)
    assert handed_over == [0, 1]
    assert again == 0
    assert len(server.taken) == 1
    assert await desk.outcomes() == [("sent", None)]


async def test_a_greylisted_message_comes_after_ten_thirty_and_sixty_seconds(
    desk: Desk, server: ScriptedServer, alice: Person
):
    server.answers["RCPT"] = ["451 4.7.1 greylisted"] * 4
    await desk.ask(alice)
    waits: list[float | None] = []
    for later in (0, 10, 30, 60, 60):
        await desk.step(later=later)
        waits.append(await desk.waits())

    assert waits == [10, 30, 60, 60, None]
    assert len(server.taken) == 1


async def test_a_server_that_never_takes_it_outlives_no_code(
    desk: Desk, server: ScriptedServer, alice: Person
):
    server.answers["RCPT"] = ["451 4.7.1 greylisted"] * 100
    await desk.ask(alice)
    for _ in range(12):
        await desk.step(later=60)
    tries = server.verbs.count("RCPT")
    server.answers.clear()
    later = await desk.step(later=3600)

    assert tries == 9
    assert later == 0
    assert server.taken == []
    assert await desk.outcomes() == [("expired", "expired")]


async def test_a_server_that_is_not_there_is_tried_again(alice: Person, desk: Desk):
    nowhere = settings(port=str(free_port()))
    desk.wire = SmtpWire(nowhere)
    await desk.ask(alice)
    await desk.step()

    assert await desk.outcomes() == [("queued", "unreachable")]
    assert await desk.waits() == 1


async def test_a_name_that_does_not_resolve_is_tried_again(alice: Person, desk: Desk):
    nowhere = settings(host="mx.invalid", security="starttls")
    desk.wire = SmtpWire(nowhere)
    await desk.ask(alice)
    await desk.step()

    assert await desk.outcomes() == [("queued", "unreachable")]


async def test_one_refused_recipient_stops_nobody_else_on_the_connection(
    desk: Desk, server: ScriptedServer, alice: Person, bob: Person
):
    server.answers["RCPT"] = ["550 5.1.1 no such mailbox"]
    await desk.ask(alice, bob)
    await desk.step()

    assert await desk.outcomes() == [("failed", "refused"), ("sent", None)]
    assert len(server.taken) == 1
    assert server.connections == 1


@pytest.mark.parametrize("dead", [CLOSE, HANG])
async def test_a_connection_that_died_while_it_rested_costs_nobody_a_message(
    desk: Desk, server: ScriptedServer, alice: Person, bob: Person, dead: str
):
    server.answers["RSET"] = [dead]
    await desk.ask(alice)
    await desk.step()
    await desk.ask(bob)
    await desk.step()

    assert await desk.outcomes() == [("sent", None), ("sent", None)]
    assert (server.connections, len(server.taken)) == (2, 2)


async def test_a_connection_that_is_busy_is_waited_for_no_longer_than_a_server(
    server: ScriptedServer, smtp: SmtpSettings
):
    server.answers["MESSAGE"] = [HANG]
    wire = SmtpWire(smtp, Patience(before_data=0.3, after_data=2.0))
    first, second = await asyncio.gather(
        wire.send(message()), wire.send(message()), return_exceptions=True
    )

    assert isinstance(first, gateways.Unsure)
    assert isinstance(second, gateways.Unreachable)
    assert server.verbs.count("MAIL") == 1


async def test_a_decoy_is_written_and_signed_and_names_nobody(
    desk: Desk, server: ScriptedServer, alice: Person
):
    await desk.ask(alice)
    await desk.step()
    real = len(server.commands)
    await desk.ask(alice)
    await desk.step()

    assert await desk.outcomes() == [("sent", None)] * 2
    assert len(server.taken) == 1
    assert server.verbs[real:] == ["RSET", "NOOP", "NOOP", "NOOP", "NOOP"]


async def test_a_decoy_fails_where_a_message_would(
    desk: Desk, server: ScriptedServer, alice: Person
):
    await desk.ask(alice)
    await desk.step()
    server.answers["RSET"] = [CLOSE]
    server.answers["GREETING"] = ["421 4.3.2 closing"]
    await desk.ask(alice)
    await desk.step()

    assert await desk.outcomes() == [("sent", None), ("queued", "throttled")]


async def test_an_address_that_is_not_ascii_goes_only_where_it_is_understood(
    server: ScriptedServer,
):
    wire = SmtpWire(settings(port=str(server.port), connections="1"))
    with pytest.raises(gateways.Refused):
        await wire.send(message(to="jürgen@mail.example"))
    server.answers["EHLO"] = ["250-mx.mail.example\r\n250 SMTPUTF8"]
    understands = SmtpWire(settings(port=str(server.port)))
    accepted = await understands.send(message(to="jürgen@mail.example"))

    assert accepted.ref == "4ABCDEF"
    assert re.search("^MAIL FROM:<.*> SMTPUTF8$", "\n".join(server.commands), re.MULTILINE)
    assert "RCPT TO:<jürgen@mail.example>" in server.commands
