"""What nodes do in the background: ask other systems, make secrets, pass on what changed, and begin
what nobody asks for."""

from datetime import timedelta
from uuid import UUID

import msgspec

from sparekey import accounts, events, flows, inbox, jobs, recovery, support
from sparekey.db import Tx
from sparekey.flows import Event, Signal
from sparekey.jobs import Context, Payload
from sparekey.nodes.calling import BACKOFF, JOB, MOST_TRIES, Question, call
from sparekey.nodes.hearing import hear
from sparekey.nodes.posting import SECRET_JOB
from sparekey.nodes.service import audiences, dates, happening, signing_in

jobs.every("nodes.schedule", "* * * * *")
jobs.every("nodes.password_expiry", "*/15 * * * *")
for _kind in happening.HAPPENINGS:
    jobs.react(_kind, "nodes.happened", when=happening.is_awaited)


async def _is_about_failures(tx: Tx, event: events.Event) -> bool:
    if event.brand_id is None:
        return False
    return await flows.is_awaited(tx, event.brand_id, kind=signing_in.KIND)


jobs.react(
    accounts.SIGN_INS_FAILED,
    "nodes.sign_ins_failed",
    when=_is_about_failures,
    lane=jobs.Lane.CROWD,
)
jobs.react(accounts.PASSWORD_CHANGED, "nodes.password_changed")
jobs.react(inbox.MESSAGE_RECEIVED, "nodes.hear", lane=jobs.Lane.CROWD)
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
    """Every run that handed somebody over in this ticket hears, once, that they were seen to; one
    that has handed them over again since, in another, does not."""
    if payload["data"]["state"] != support.State.SOLVED:
        return
    ticket = UUID(payload["subject"])
    solved = Event(Signal.CHANGED, "ticket", ticket)
    for run in await support.runs_of(context.db, ticket):
        async with context.db.transaction() as tx:
            await flows.hold(tx, run)
            if await support.take_run(tx, ticket, run):
                await flows.hear(tx, run, solved, at=context.clock())
    await support.forget_runs(context.db, ticket)


@jobs.handles("nodes.schedule")
async def look_for_set_times(context: Context, _payload: Payload) -> None:
    """See to the flows whose set time has come."""
    await dates.look_for_set_times(context.db, at=context.clock())


@jobs.handles(dates.SET_TIME_JOB)
async def start_at_set_time(context: Context, payload: Payload) -> None:
    """Begin a flow whose set time has come."""
    came = msgspec.convert(payload, dates.SetTime)
    await dates.start_at_set_time(context.db, context.keyring, came, at=context.clock())


@jobs.handles("nodes.password_expiry")
async def look_for_expiring(context: Context, _payload: Payload) -> None:
    """See to the flows that remind of a password."""
    await dates.look_for_expiring(context.db, at=context.clock())


@jobs.handles(dates.EXPIRY_JOB)
async def remind(context: Context, payload: Payload) -> None:
    """Begin the next few of a flow that reminds of a password."""
    turn = msgspec.convert(payload, dates.Turn)
    await dates.start_expiring(context.db, context.keyring, turn, at=context.clock())


@jobs.handles("nodes.happened")
async def start_happened(context: Context, payload: Payload) -> None:
    """Begin the flows that wait for this kind of event."""
    await happening.start_happened(
        context.db,
        context.keyring,
        event=UUID(payload["event"]),
        kind=payload["kind"],
        brand_id=payload["brand"],
        account_id=UUID(payload["subject"]),
        at=context.clock(),
    )


@jobs.handles("nodes.sign_ins_failed")
async def start_failed(context: Context, payload: Payload) -> None:
    """Tell an owner that somebody keeps trying."""
    await signing_in.start_failed(
        context.db,
        context.keyring,
        event=UUID(payload["event"]),
        brand_id=payload["brand"],
        account_id=UUID(payload["subject"]),
        failures=payload["data"]["failures"],
        at=context.clock(),
    )


@jobs.handles(audiences.JOB)
async def begin_batch(context: Context, payload: Payload) -> None:
    """Begin the next few of an audience."""
    audience, turn = UUID(payload["audience"]), payload["turn"]
    await audiences.begin_batch(context.db, context.keyring, audience, turn, at=context.clock())
