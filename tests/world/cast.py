"""The people: Alice (mobile and email), Bob (mobile only), Mallory (attacks), with their handsets.

A handset or mailbox is the sandbox's: what it received is read through the product's own API.
Everybody is somebody new in every test, so that no test uses up another one's allowances.
"""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sparekey.kit.address import UnusableAddress, read_phone
from tests.world.waiting import until

_BOUND = re.compile(r"^@\S+ #(\S+)$", re.MULTILINE)
#: Longest first: the beginning of a longer code looks like a shorter one.
_GROUPED = re.compile(
    r"\b(?:\d{4} \d{4} \d{4}|\d{3} \d{3} \d{4}|\d{4} \d{4}|\d{3} \d{3}"
    r"|[0-9A-Z]{4}[ -][0-9A-Z]{4})\b"
)
_URL = re.compile(r"https?://[^\s\"'<>]+")
#: The numbers that were given out in this process.
_given: set[str] = set()


@dataclass(frozen=True, slots=True)
class Received:
    """One message as it is seen on a handset or in a mailbox."""

    id: str
    channel: str
    sender: str
    to: str
    subject: str | None
    text: str
    html: str | None

    @property
    def code(self) -> str:
        """The code in it, without the spaces it is shown with."""
        return read_code(self.text)

    @property
    def urls(self) -> list[str]:
        """Every address in the words and in the HTML."""
        return _URL.findall(f"{self.text}\n{self.html or ''}")

    @property
    def link(self) -> str:
        """The link that proves something."""
        return next(url for url in self.urls if "/l/" in url)

    @property
    def link_token(self) -> str:
        """What that link carries."""
        return self.link.rpartition("/l/")[2]

    @property
    def not_me_url(self) -> str:
        """The link of whoever did not ask for it."""
        return next(url for url in self.urls if "/not-me" in url)


def read_code(text: str) -> str:
    """The code in these words, without the spaces it is shown with."""
    found = _BOUND.search(text)
    if found:
        return found[1]
    shown = _GROUPED.search(text)
    assert shown is not None, f"no code in: {text}"
    return re.sub("[ -]", "", shown[0])


class PostOffice(Protocol):
    """Where handsets get what was sent to them, and leave what is typed on them."""

    def received(self, address: str) -> Sequence[Received]: ...

    def reply(self, *, sender: str, to: str, text: str) -> None: ...


class Handset:
    """A phone, or a mailbox, under one address."""

    def __init__(self, post_office: PostOffice, address: str) -> None:
        self.address = address
        self._post_office = post_office
        self._seen = 0

    def __str__(self) -> str:
        return self.address

    @property
    def inbox(self) -> Sequence[Received]:
        """What has arrived by now, oldest first."""
        return self._post_office.received(self.address)

    def next(self, *, within: float = 10) -> Received:
        """The oldest message that `next` has not given yet, waited for."""

        def arrived() -> Sequence[Received]:
            return self.inbox[self._seen :]

        found = until(arrived, within=within)[0]
        self._seen += 1
        return found

    def reply(self, text: str) -> None:
        """Answer the latest message."""
        latest = self.inbox[-1]
        self._post_office.reply(sender=self.address, to=latest.sender, text=text)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, by the handset and the mailbox they have; `account` names them at the company."""

    account: str
    phone: Handset
    email: Handset


def new_person(name: str, post_office: PostOffice) -> Person:
    """Somebody who was never here before."""
    account = f"{name}-{secrets.token_hex(6)}"
    return Person(
        account,
        Handset(post_office, fresh_number()),
        Handset(post_office, f"{account}@mail.example"),
    )


def fresh_number() -> str:
    """A British mobile number that nobody has been given, in no neighbourhood that another test has
    used up. Of ten thousand that are drawn two may be the same, and the second gets no text.

    Some of these belong to Jersey and the Isle of Man, where a live brand of Britain sends nothing.
    """
    while True:
        number = f"+447{secrets.choice('45')}{secrets.randbelow(10**8):08d}"
        try:
            phone = read_phone(number)
        except UnusableAddress:
            continue
        if phone.region == "GB" and phone.e164 not in _given:
            _given.add(phone.e164)
            return phone.e164


def read_received(answered: Any) -> list[Received]:
    """What the sandbox's inbox route answered."""
    return [
        Received(
            id=one["id"],
            channel=one["channel"],
            sender=one["from"],
            to=one["to"],
            subject=one.get("subject"),
            text=one["text"],
            html=one.get("html"),
        )
        for one in answered["data"]
    ]
