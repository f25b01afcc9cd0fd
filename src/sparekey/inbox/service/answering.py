"""Answering what somebody sent: one answer of a kind to one number or mailbox in 24 hours."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sparekey import guard, outbox, templates
from sparekey.brands import Brand
from sparekey.db import Tx
from sparekey.inbox.model import Kind
from sparekey.kit.address import Address, Phone
from sparekey.kit.keyring import Keyring

#: An answer that comes later than this answers nothing any more.
LIFE = timedelta(minutes=5)

_TEXTS = {
    Kind.STOP: "texts_stopped",
    Kind.NO: "texts_stopped",
    Kind.START: "texts_allowed",
    Kind.HELP: "help",
}
_EMAILS = {Kind.NO: "recovery_denied", Kind.HELP: "help", Kind.OTHER: "help"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came, from where, and in which language if the words told."""

    brand: Brand
    kind: Kind
    to: Address
    locale: str | None = None
    #: The message of ours that it answers, of an email: it is answered once, whoever writes.
    about: UUID | None = None
    #: The words for it, where whoever acts on it has better ones.
    words: str | None = None

    @property
    def template(self) -> str | None:
        """What it is answered with; None: with nothing."""
        if self.words is not None:
            return self.words
        if isinstance(self.to, Phone):
            return _TEXTS.get(self.kind)
        return _EMAILS.get(self.kind)


async def answer(tx: Tx, keyring: Keyring, wanted: Answer, *, at: datetime) -> bool:
    """Queue the answer, unless this number or mailbox has had it within a day; True if queued.

    Anybody can write in somebody else's name: what strangers could have sent to a number, its
    country among it, limits the answer, too.
    """
    template, to, brand = wanted.template, wanted.to, wanted.brand
    if template is None:
        return False
    is_phone = isinstance(to, Phone)
    if not await guard.may_answer(
        tx,
        answer_keys=_keys(keyring, wanted, template),
        country=to.region if is_phone else None,
        allowed_countries=brand.allowed_countries,
        at=at,
    ):
        return False
    message = outbox.Message(
        brand_id=brand.id,
        channel="sms" if is_phone else "email",
        template=template,
        locale=wanted.locale or brand.locale,
        words_version=await templates.newest_version(tx, brand.id),
        envelope=outbox.Envelope(to.value, {}, is_answer=True),
        expires_at=at + LIFE,
    )
    await outbox.enqueue(tx, keyring, message, at=at)
    tx.after_commit(outbox.wake)
    return True


def _keys(keyring: Keyring, wanted: Answer, template: str) -> list[bytes]:
    """A number gets each answer once, a mailbox one of them: machines answer answers."""
    kind = template if isinstance(wanted.to, Phone) else "mail"
    keys = [keyring.index("answer", str(wanted.brand.id), kind, wanted.to.folded)]
    if wanted.about is not None:
        keys.append(keyring.index("answer to", wanted.about.bytes))
    return keys
