"""The people of the play, new in every run, so that no run meets the limits of the one before."""

import secrets
from dataclasses import dataclass

from sparekey.demo.stage import Inbox, Stage

_TAG_LETTERS = "bcdfghjkmnpqrstvwxz23456789"
_TRIES = 60


@dataclass(slots=True)
class Person:
    """A customer of Acme. `account` is Acme's own id; `device` the token of a known browser."""

    name: str
    account: str
    password: str
    phone: Inbox
    email: Inbox
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays."""

    alice: Person
    bob: Person
    dave: Person
    grace: Person
    #: An address that no customer of Acme has.
    stranger: Inbox


async def assemble(stage: Stage) -> Cast:
    """Everybody, with handsets on which nothing has arrived yet."""
    tag = _tag()
    cast = Cast(
        alice=await _person(stage, "Alice", tag),
        bob=await _person(stage, "Bob", tag),
        dave=await _person(stage, "Dave", tag),
        grace=await _person(stage, "Grace", tag),
        stranger=_mailbox("a stranger", f"nobody-{tag}"),
    )
    stage.inboxes.append(cast.stranger)
    for inbox in stage.inboxes:
        stage.post.open(inbox)
    return cast


async def without_mailbox(stage: Stage, name: str) -> Person:
    """One customer more, whose mailbox is no longer there."""
    return await _person(stage, name, _tag())


def new_password() -> str:
    """Long enough, and nobody else's."""
    return f"four words of my own {secrets.token_hex(4)}"


def _tag() -> str:
    return "".join(secrets.choice(_TAG_LETTERS) for _ in range(5))


async def _person(stage: Stage, name: str, tag: str) -> Person:
    word = f"{name.lower()}-{tag}"
    person = Person(name, word, new_password(), await _phone(stage, name), _mailbox(name, word))
    stage.inboxes += [person.phone, person.email]
    return person


def _mailbox(owner: str, word: str) -> Inbox:
    return Inbox(f"{word}@mail.example", f"{word}@mail.example", owner)


async def _phone(stage: Stage, owner: str) -> Inbox:
    """A number that Ofcom keeps for drama; an empty handset if there is one left."""
    taken = {inbox.address for inbox in stage.inboxes}
    quietest: Inbox | None = None
    for _ in range(_TRIES):
        ending = f"{secrets.randbelow(1000):03d}"
        inbox = Inbox(f"+447700900{ending}", f"+44 7700 900{ending}", owner)
        if inbox.address in taken:
            continue
        inbox.seen = len(await stage.post.read(inbox))
        if quietest is None or inbox.seen < quietest.seen:
            quietest = inbox
        if inbox.seen == 0:
            break
    assert quietest is not None
    return quietest
