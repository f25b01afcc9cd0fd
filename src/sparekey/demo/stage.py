"""Where the play is played: Acme's server asks, people read their handsets, claims are checked."""

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sparekey.demo.client import Answer, Client
from sparekey.demo.transcript import Transcript, milliseconds

_LOOK_AGAIN_SECONDS = 0.005
_PATIENCE_SECONDS = 10.0
_CODE = re.compile(r"\b\d{3,4}(?: \d{3,4}){1,2}\b")
_URL = re.compile(r"https?://\S+")


class PlayFailed(Exception):
    """A claim did not hold; the text is the claim, and what was found instead."""


@dataclass(frozen=True, slots=True)
class Received:
    """A message as its handset or mailbox shows it."""

    sender: str
    subject: str | None
    text: str
    #: Where an answer to an email goes.
    reply_to: str = ""

    @property
    def code(self) -> str:
        """The code in it, as shown: in groups."""
        found = _CODE.search(self.text)
        if found is None:
            raise PlayFailed(f"There is no code in the message: {self.text}")
        return found[0]

    def link(self, part: str) -> str:
        """The path of the link in it that has `part`."""
        for url in _URL.findall(self.text):
            if part in url:
                return "/" + url.split("/", 3)[3]
        raise PlayFailed(f"There is no link with {part} in the message: {self.text}")


@dataclass(slots=True)
class Inbox:
    """A handset or a mailbox, and how much of it the play has seen."""

    address: str
    #: As it is written for people.
    shown: str
    owner: str
    seen: int = 0
    received: int = 0

    @property
    def is_phone(self) -> bool:
        return "@" not in self.address


class Post(Protocol):
    """Where messages arrive: on the sandbox's screens, or outside."""

    def open(self, inbox: Inbox) -> None:
        """Have this inbox from now on."""
        ...

    async def read(self, inbox: Inbox) -> Sequence[Received]:
        """All that an inbox has, oldest first."""
        ...


@dataclass(slots=True)
class Stage:
    """What every act has: Acme's way to the API, the transcript, and what was measured."""

    acme: Client
    transcript: Transcript
    post: Post
    inboxes: list[Inbox] = field(default_factory=list[Inbox])
    hand_overs: list[float] = field(default_factory=list[float])
    #: Every code that was on a handset: none of them may be found elsewhere.
    codes: list[str] = field(default_factory=list[str])
    journal_after: str = "0"
    laps: list[tuple[str, float]] = field(default_factory=list[tuple[str, float]])

    async def ask(self, method: str, path: str, body: object = None, *, expects: int) -> Answer:
        """A request of Acme's server, shown; PlayFailed unless the status is as expected."""
        answer = await self.acme.call(method, path, body)
        self.transcript.call(method, path, answer.status, answer.seconds)
        return require_status(answer, method, path, expects)

    def lap(self, who: str, asked: Answer, done: Answer) -> None:
        """Keep how long somebody took to get back in, for the summary."""
        self.laps.append((who, done.asked_at + done.seconds - asked.asked_at))

    def check(self, condition: bool, claim: str) -> None:
        """Show that the claim holds, or end the play."""
        if not condition:
            raise PlayFailed(claim)
        self.transcript.holds(claim)

    async def next_message(
        self, inbox: Inbox, asked_at: float, *, after: str, is_shown: bool = True
    ) -> Received:
        """Wait for the next message and show it; PlayFailed when none comes in time."""
        give_up_at = time.perf_counter() + _PATIENCE_SECONDS
        while len(found := await self.post.read(inbox)) <= inbox.seen:
            if time.perf_counter() > give_up_at:
                raise PlayFailed(f"Nothing arrived at {inbox.shown} within 10 s after {after}.")
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        took = time.perf_counter() - asked_at
        self.hand_overs.append(took)
        message = found[inbox.seen]
        inbox.seen += 1
        inbox.received += 1
        self.codes += [found.replace(" ", "") for found in _CODE.findall(message.text)]
        if is_shown:
            self._show(inbox, message, f"{milliseconds(took)} after {after}")
        return message

    def _show(self, inbox: Inbox, message: Received, when: str) -> None:
        kind = "phone: a text" if inbox.is_phone else "mailbox: an email"
        subject = f"Subject: {message.subject}\n\n" if message.subject else ""
        self.transcript.message(
            f"{inbox.owner}’s {kind} from {message.sender}",
            subject + message.text,
            when,
        )


def require_status(answer: Answer, method: str, path: str, expects: int) -> Answer:
    """`answer`, if it has the status; PlayFailed otherwise, with the problem in it."""
    if answer.status != expects:
        raise PlayFailed(
            f"{method} {path} answered {answer.status} instead of {expects}: {answer.text[:300]}"
        )
    return answer


def problem_of(answer: Answer) -> str:
    """The code of the problem that was answered."""
    return str(answer.json["code"])
