"""The loop that seals the journal, once a second."""

from datetime import timedelta

import structlog

from sparekey import events
from sparekey.db import Db
from sparekey.jobs.loop import ClaimLoop
from sparekey.jobs.wake import wake
from sparekey.kit.clock import Clock
from sparekey.kit.keyring import Keyring

_log = structlog.get_logger()


def sealer(db: Db, keyring: Keyring, clock: Clock) -> ClaimLoop[events.Checkpoint]:
    """Numbers and chains new events; every signed checkpoint also goes to the log.

    A journal that was set back as a whole shows against the log's younger checkpoints.
    """

    async def claim(_limit: int) -> list[events.Checkpoint]:
        checkpoint = await events.seal(db, keyring, clock())
        return [] if checkpoint is None else [checkpoint]

    async def work(checkpoint: events.Checkpoint) -> None:
        _log.info("journal_sealed", seq=checkpoint.seq, signature=checkpoint.signature.hex())

    return ClaimLoop(
        name="events.unsealed",
        claim=claim,
        work=work,
        wake=wake("events.unsealed"),
        concurrency=1,
        batch=1,
        poll=timedelta(seconds=1),
    )
