"""From whom a message comes: a number, a short code or a name, by country."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sparekey.kit import gsm7

ANYWHERE = "*"
#: Whatever channel shows its sender as a number or a name.
PHONE_CHANNELS = ("sms", "voice", "whatsapp", "rcs")
#: Carriers there deliver no text from a name. Other countries register names first; which ones a
#: brand has registered, its senders by country say.
NAMELESS = frozenset({"US", "CA", "PR"})

_NUMBER = re.compile(r"\+?[0-9]{3,15}")
_LONGEST_NAME = 11
_LONGEST_SHORT_CODE = 6


@dataclass(frozen=True, slots=True)
class From:
    """Who a message says it comes from; nobody can reply to a name."""

    sender: str
    can_reply: bool = False

    @property
    def is_name(self) -> bool:
        return is_name(self.sender)


@dataclass(frozen=True, slots=True)
class SenderRule:
    """The sender for a country (`*`: any other), at one gateway or, with None, at all of them."""

    gateway: UUID | None
    channel: str
    country: str
    sender: str
    can_reply: bool


def is_name(sender: str) -> bool:
    """Whether it is a word, and not something that could be called back."""
    return _NUMBER.fullmatch(sender) is None


def unusable(channel: str, country: str, sender: str, *, can_reply: bool) -> str | None:
    """Why this cannot be the sender there, in a sentence; None when it can."""
    if channel not in PHONE_CHANNELS:
        return f"A sender is for {', '.join(PHONE_CHANNELS)}."
    if not is_name(sender):
        is_short = not sender.startswith("+") and len(sender) <= _LONGEST_SHORT_CODE
        if is_short and country == ANYWHERE:
            return "A short code works in its own country only: say which."
        return None
    if len(sender) > _LONGEST_NAME or not sender.strip() or not gsm7.is_gsm7(sender):
        return "A name takes 1 to 11 characters of the GSM alphabet."
    if can_reply:
        return "Nobody can reply to a name; give a number or a short code."
    if country in NAMELESS:
        return f"Carriers of {country} deliver no text from a name; give a number or a short code."
    return None


def choose_sender(
    rules: Sequence[SenderRule], otherwise: From, *, gateway: UUID, channel: str, country: str
) -> From | None:
    """Who a message through this gateway to this country comes from, the closest rule first.

    A name never goes where carriers drop it; None when there is nobody else.
    """

    def closeness(rule: SenderRule) -> tuple[bool, bool]:
        return rule.country == country, rule.gateway == gateway

    fitting = [
        rule
        for rule in rules
        if rule.channel == channel
        and rule.country in (country, ANYWHERE)
        and rule.gateway in (gateway, None)
    ]
    fitting.sort(key=closeness, reverse=True)
    found = [*(From(rule.sender, rule.can_reply) for rule in fitting), otherwise]
    usable = [one for one in found if not (one.is_name and country in NAMELESS)]
    return usable[0] if usable else None
