"""Carrying out what flows send: proofs by the recovery's challenge, other words by the outbox.

An effect is carried out in the transaction that moves its run, so it happens once.
"""

from uuid import UUID

from sparekey import flows, jobs, outbox, recovery, templates
from sparekey.db import Tx
from sparekey.flows import Applying, Event, Instead, Signal, Stuck
from sparekey.nodes.sending import OVER, Send

SECRET_JOB = "nodes.one_time_secret"  # noqa: S105  # a job's name


class Posting:
    """The post of an installation: where messages go, the recovery and the account say."""

    async def send(self, tx: Tx, around: Applying, message: Send) -> None:
        """Queue the message for the run's own address of the channel; a run that waits for a
        receipt waits for this message's."""
        wanted = recovery.Wanted(
            template=message.template,
            channel=None if message.channel == "best" else message.channel,
            words_version=around.pins.get("words", 0),
            is_known_browser=around.facts.get("browser") == "known",
        )
        if templates.find(message.template).proof is not None:
            sent = await _send_proof(tx, around, wanted, is_awaited=message.is_awaited)
        else:
            sent = await _send_words(tx, around, wanted, is_to_challenge=message.to == "challenge")
        if message.is_awaited:
            await _await_receipt(tx, around, sent)

    async def send_one_time_secret(self, tx: Tx, around: Applying, minutes: int) -> None:
        """Have a secret made once this is committed: it takes a while to be hashed."""
        payload = {"run": str(around.run), "minutes": minutes, "brand": around.brand_id}
        await jobs.queue(tx, kind=SECRET_JOB, payload=payload, due_at=around.at, at=around.at)


async def _send_proof(
    tx: Tx, around: Applying, wanted: recovery.Wanted, *, is_awaited: bool
) -> UUID | None:
    """The message that carries the proof now, if a receipt of it is waited for: the one before,
    where it was too soon for another."""
    sent = await recovery.send_proof(tx, around.keyring, around.run, wanted, at=around.at)
    if sent is None:
        raise Stuck("send.no_recovery")
    if sent is recovery.Sent.OVER:
        raise Instead(OVER)
    if not is_awaited:
        return None
    return await recovery.proof_message(
        tx, around.keyring, around.run, brand_id=around.brand_id, at=around.at
    )


async def _await_receipt(tx: Tx, around: Applying, sent: UUID | None) -> None:
    """Of a message that was sent before, it may be known already that it has arrived."""
    await flows.await_receipt(tx, around.run, sent, at=around.at)
    if sent is None:
        return
    standing = await outbox.standing(tx, id=sent, brand_id=around.brand_id)
    if standing is not None and standing.is_confirmed:
        arrived = Event(Signal.RECEIPT, "delivered", sent)
        await flows.hear(tx, around.run, arrived, at=around.at)


async def _send_words(
    tx: Tx, around: Applying, wanted: recovery.Wanted, *, is_to_challenge: bool
) -> UUID | None:
    words = recovery.Words(
        about=around.run,
        brand_id=around.brand_id,
        account_id=around.account_id,
        wanted=wanted,
        is_to_challenge=is_to_challenge,
    )
    return await recovery.send_words(tx, around.keyring, words, at=around.at)
