"""What nodes do in the background: ask other systems, make secrets, pass on what changed."""

from datetime import timedelta
from uuid import UUID

import msgspec

from sparekey import accounts, flows, inbox, jobs, recovery, support
from sparekey.flows import Event, Signal
from sparekey.jobs import Context, Payload
from sparekey.nodes.calling import BACKOFF, JOB, MOST_TRIES, Question, call
from sparekey.nodes.hearing import hear
from sparekey.nodes.posting import SECRET_JOB

jobs.react(accounts.PASSWORD_CHANGED, "nodes.password_changed")
jobs.react(inbox.MESSAGE_RECEIVED, "nodes.hear")
jobs.react(support.CHANGED, "nodes.ticket_changed")


@jobs.handles(JOB, max_attempts=MOST_TRIES, backoff=BACKOFF)
async def ask(context: Context, payload: Payload) -> None:
    """Put a run's question to the company's system."""
    await call(
        context.db,
        context.keyring,
        msgspec.convert(payload, Question),
        id=context.job.id,
        is_last=context.job.attempts >= MOST_TRIES,
        at=context.clock(),
    )


@jobs.handles(SECRET_JOB)
async def send_secret(context: Context, payload: Payload) -> None:
    """Make a run's secret for one sign-in, and send it."""
    life = timedelta(minutes=payload["minutes"])
    await recovery.send_secret(context, UUID(payload["run"]), brand_id=payload["brand"], life=life)


@jobs.handles("nodes.hear")
async def hear_words(context: Context, payload: Payload) -> None:
    """Somebody wrote what is no set word: a flow may wait for it."""
    await hear(context, UUID(payload["data"]["message"]))


@jobs.handles("nodes.password_changed")
async def password_changed(context: Context, payload: Payload) -> None:
    """Runs of the account that wait for a new password hear of it."""
    account = UUID(payload["subject"])
    changed = Event(Signal.CHANGED, "password", UUID(payload["event"]))
    await flows.hear_of_account(context.db, account, changed, at=context.clock())


@jobs.handles("nodes.ticket_changed")
async def ticket_changed(context: Context, payload: Payload) -> None:
    """The run that handed somebody over hears that they were seen to."""
    if payload["data"]["state"] != support.State.SOLVED:
        return
    ticket = await support.find(context.db, payload["brand"], UUID(payload["subject"]))
    solved = Event(Signal.CHANGED, "ticket", ticket.id)
    await flows.hear(context.db, ticket.about, solved, at=context.clock())
