"""Asking a company's own system from a flow: signed as Standard Webhooks has it, outside of any
transaction, once or a few times, and heard as one of the words that the designer listed."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from sparekey import accounts, flows, jobs
from sparekey.db import Db, Tx
from sparekey.flows import Applying, Event, Signal, Stage
from sparekey.kit import outside
from sparekey.kit.ids import show
from sparekey.kit.keyring import Keyring

JOB = "nodes.call"
MOST_TRIES = 4
FAILED, OTHER = "failed", "other"


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What a job knows of a call: ids, the address, and the words an answer may be. `fence` names
    the wait that it was asked for: a later one of the run hears nothing of it."""

    run: UUID
    fence: int
    node: str
    brand: int
    account: UUID | None
    url: str
    words: list[str]
    facts: dict[str, str]


class Reply(msgspec.Struct, frozen=True):
    """What the company's system may say; everything else of it is not even read."""

    answer: str = ""


@dataclass(frozen=True, slots=True)
class CallWebhook:
    """Ask `url` once this is committed."""

    url: str
    words: tuple[str, ...]

    async def apply(self, tx: Tx, around: Applying) -> None:
        question = Question(
            run=around.run,
            fence=around.fence,
            node=around.node,
            brand=around.brand_id,
            account=around.account_id,
            url=self.url,
            words=list(self.words),
            facts=dict(around.facts),
        )
        payload = msgspec.to_builtins(question)
        await jobs.queue(
            tx,
            kind=JOB,
            payload=payload,
            due_at=around.at,
            at=around.at,
            lane=jobs.Lane.OUTSIDE,
            tenant=around.brand_id,
        )

    def play(self, stage: Stage) -> None:
        stage.note("asks your system")


def signing_key(keyring: Keyring, brand_id: int) -> str:
    """The secret that a brand's system checks our signatures with, in the form `whsec_…`."""
    key = keyring.index("nodes.webhook", str(brand_id))
    return "whsec_" + base64.b64encode(key).decode()


async def call(
    db: Db, keyring: Keyring, question: Question, *, id: UUID, is_last: bool, at: datetime
) -> None:
    """Ask, and tell the run which word came back; raises Unanswered to be tried again. Nobody is
    asked for a run that has gone on."""
    if not await flows.still_waits(db, question.run, question.fence):
        return
    account = await accounts.get_by_id(db, keyring, question.account) if question.account else None
    body = msgspec.json.encode(
        {
            "type": "flow.asked",
            "timestamp": at.isoformat(),
            "data": {
                "run": show("run", question.run),
                "node": question.node,
                "account": None if account is None else account.ref,
                "facts": question.facts,
            },
        }
    )
    try:
        word = _word(
            await outside.post(
                question.url, body, headers=_headers(keyring, question.brand, id, body, at)
            ),
            question.words,
        )
    except outside.NotAllowed:
        word = FAILED
    except outside.Unanswered:
        if not is_last:
            raise
        word = FAILED
    async with db.transaction() as tx:
        if await flows.still_waits(tx, question.run, question.fence):
            await flows.hear(tx, question.run, Event(Signal.ANSWERED, word), at=at)


def _headers(
    keyring: Keyring, brand_id: int, id: UUID, body: bytes, at: datetime
) -> dict[str, str]:
    """The three headers of Standard Webhooks 1.0.0; the id is the same at every try."""
    name, when = show("msg", id), str(int(at.timestamp()))
    key = base64.b64decode(signing_key(keyring, brand_id).removeprefix("whsec_"))
    signed = hmac.digest(key, b".".join((name.encode(), when.encode(), body)), hashlib.sha256)
    return {
        "content-type": "application/json",
        "user-agent": "sparekey",
        "webhook-id": name,
        "webhook-timestamp": when,
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }


def _word(answered: outside.Answered, words: list[str]) -> str:
    if answered.status >= 500 or answered.status == 429:
        raise outside.Unanswered(str(answered.status))
    if not 200 <= answered.status < 300:
        return FAILED
    try:
        said = msgspec.json.decode(answered.body or b"{}", type=Reply).answer
    except (msgspec.DecodeError, RecursionError):
        return FAILED
    return said if said in words else OTHER


BACKOFF = jobs.Backoff(first=timedelta(seconds=2), longest=timedelta(minutes=1))
