"""What a message template is: its purpose, its variables and its words in each language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
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
    "username",
    "unusual_activity",
    "texts_stopped",
    "texts_allowed",
    "help",
    "password_expiring",
    "rating",
    "enrol",
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
    DAY = "an ISO 8601 day"
    PHONE = "a phone number as people read it"
    EMAIL = "an email address"
    LOGIN = "a username that is neither an address nor a link"
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

    def required(self) -> "Variable":
        """The same variable where a message cannot do without it."""
        return replace(self, is_optional=False)


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

    def over(self, others: "Words | None") -> "Words":
        """These, with the others' where these have none for a channel."""
        if others is None:
            return self
        return Words(self.sms or others.sms, self.email or others.email)


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
    #: Nobody asked for it and nothing is wrong: it goes by day, where the brand is, and not by text
    #: to a number that said STOP.
    is_unasked: bool = False
    #: It answers somebody who asked a moment ago and looks out for it.
    is_answer: bool = False

    @property
    def is_awaited(self) -> bool:
        """Whether somebody waits for it: for the proof to go on by, or for an answer."""
        return self.proof is not None or self.is_answer

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
class Book:
    """A brand's own words as of one version: its templates by name, ours filled in around them."""

    version: int
    templates: Mapping[str, Template]


#: No words of a brand's own.
OURS = Book(0, {})


@dataclass(frozen=True, slots=True)
class Ease:
    """How easily a text is read: `base - per_sentence x words in a sentence - per_syllable x
    syllables in a word`, a Flesch formula of its language. Below `least` it is hard."""

    base: float
    per_sentence: float
    per_syllable: float
    vowels: str
    silent_endings: tuple[str, ...] = ()
    least: float = 50


@dataclass(frozen=True, slots=True)
class Brevity:
    """For a language without such a formula: the mean words of a sentence and letters of a word."""

    most_words: float
    most_letters: float


@dataclass(frozen=True, slots=True)
class Tone:
    """Phrases that frighten, hurry or sell, and stiff ones; each with what to say instead."""

    hard: Mapping[str, str]
    stiff: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Language:
    """How one language says times, and the words by which a message is checked in it.

    `carrier_words` are its own for opting out; `tells_secret` are patterns of asking for a secret
    or telling one; `unbreakable` are the signs that keep the space before them in an email.
    """

    direction: Literal["ltr", "rtl"]
    script: Literal["LATIN", "ARABIC"]
    duration: Callable[[int], str]
    brief_duration: Callable[[int], str]
    day: Callable[[date], str]
    brief_day: Callable[[date], str]
    moment: Callable[[datetime], str]
    brief_moment: Callable[[datetime], str]
    purpose_words: Mapping[Purpose, tuple[str, ...]]
    not_me_words: tuple[str, ...]
    reply_words: tuple[str, ...]
    keyword_verbs: tuple[str, ...]
    keyword_sentences: tuple[str, ...]
    carrier_words: tuple[str, ...]
    tells_secret: tuple[str, ...]
    tone: Tone
    ease: Ease | Brevity
    test_mark: str
    unbreakable: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message ready to hand over; what it says is kept out of its repr."""

    subject: str | None
    text: str = field(repr=False)
    html: str | None = field(repr=False)
