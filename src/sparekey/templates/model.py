"""What a message template is: its purpose, its variables and its words in each language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Literal

Channel = Literal["sms", "email"]
Purpose = Literal[
    "recovery",
    "sign_in",
    "second_factor",
    "verify_address",
    "approve",
    "caller_check",
    "password_changed",
    "address_changed",
    "account_deleted",
    "recovery_denied",
    "too_many_tries",
]
Proof = Literal["code", "link"]


class CannotRender(Exception):
    """These words and variables do not make a message that may be sent; says which and why."""


class Kind(Enum):
    """What a variable holds, which decides how it is cleaned and shown."""

    BRAND = "the company's name"
    PERSON = "a customer's name"
    CODE = "the code, ungrouped"
    LINK = "an https address"
    HOST = "a host name"
    MINUTES = "a whole number of minutes"
    MOMENT = "an RFC 3339 time"
    PHONE = "a phone number as people read it"
    EMAIL = "an email address"
    WORDS = "a few words without a link"
    CHOICE = "one word of a list"


@dataclass(frozen=True, slots=True)
class Variable:
    """A value that the sender of a message passes; `sample` is the longest that is expected."""

    name: str
    kind: Kind
    sample: str
    is_optional: bool = False
    choices: tuple[str, ...] = ()

    def optional(self) -> "Variable":
        """The same variable where a message can do without it."""
        return replace(self, is_optional=True)


@dataclass(frozen=True, slots=True)
class Email:
    """The words of an email: subject, complete plain text, and the MJML between the edges."""

    subject: str
    text: str
    mjml: str


@dataclass(frozen=True, slots=True)
class Words:
    """One language's words, in Liquid, for each channel the message goes through."""

    sms: str | None = None
    email: Email | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """One message; `proof` is what a customer can get in with by it, if anything.

    `is_origin_bound` adds the line that lets a browser fill the code in on one site only.
    """

    purpose: Purpose
    proof: Proof | None
    variables: tuple[Variable, ...]
    locales: Mapping[str, Words]
    is_origin_bound: bool = False

    @property
    def senders_variables(self) -> frozenset[str]:
        """What a sender may fill in; everything else is the brand's and ours."""
        return frozenset(one.name for one in self.variables if one.kind is Kind.PERSON)

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels that at least one language has words for."""
        all_words = self.locales.values()
        sms: tuple[Channel, ...] = ("sms",) if any(words.sms for words in all_words) else ()
        return (*sms, "email") if any(words.email for words in all_words) else sms


@dataclass(frozen=True, slots=True)
class Language:
    """How one language says times, and the words by which a message is checked in it."""

    direction: Literal["ltr", "rtl"]
    duration: Callable[[int], str]
    brief_duration: Callable[[int], str]
    moment: Callable[[datetime], str]
    brief_moment: Callable[[datetime], str]
    purpose_words: Mapping[Purpose, tuple[str, ...]]
    not_me_words: tuple[str, ...]
    reply_words: tuple[str, ...]
    keyword_verbs: tuple[str, ...]
    keyword_sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message ready to hand over; what it says is kept out of its repr."""

    subject: str | None
    text: str = field(repr=False)
    html: str | None = field(repr=False)
