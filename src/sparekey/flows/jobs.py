"""What flows do in the background: judge trials. Runs are woken by a loop of their own."""

from sparekey import jobs
from sparekey.flows.service.judging import judge_trials
from sparekey.jobs import Context, Payload

jobs.every("flows.judge_trials", "*/5 * * * *")


@jobs.handles("flows.judge_trials")
async def judge(context: Context, _payload: Payload) -> None:
    """Take back the trials whose outcome fell."""
    await judge_trials(context.db, at=context.clock())
