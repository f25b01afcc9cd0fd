"""Rules, one a line: a word, and the conditions under which it holds. The first that holds decides.

    accepted     status=2xx /messages/0/status=0
    throttled    /messages/0/status=1
    refused      begins=ERR

A condition is `status=` a status or a class of them, `begins=` how the body begins, a JSON pointer
`=` or `!=` a value, or a pointer alone: something is there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from sparekey.gateways.model import UnusableSettings
from sparekey.gateways.wires._over_http import Answer, Document

_STATUS = re.compile(r"[1-5](?:[0-9]{2}|xx)")
_MOST_RULES = 50


class Meaning(StrEnum):
    """What an answer can mean."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    THROTTLED = "throttled"
    UNREACHABLE = "unreachable"
    MISCONFIGURED = "misconfigured"
    UNSURE = "unsure"


Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must be so: `subject` is `status`, `begins` or a pointer; `value` None asks
    whether something is there."""

    subject: str
    value: str | None
    is_not: bool = False

    def holds(self, document: Document, *, status: int = 0, body: bytes = b"") -> bool:
        """Whether it is."""
        if self.subject == "status":
            return str(status) == self.value or f"{status // 100}xx" == self.value
        if self.subject == "begins":
            return body.startswith((self.value or "").encode())
        if self.value is None:
            return document.has(self.subject)
        return (document.text(self.subject) == self.value) is not self.is_not


@dataclass(frozen=True, slots=True)
class Rule(Generic[Word]):
    """A word and everything that must be so for it."""

    meaning: Word
    conditions: tuple[Condition, ...]

    def holds(self, document: Document, *, status: int = 0, body: bytes = b"") -> bool:
        """Whether all of it is."""
        return all(one.holds(document, status=status, body=body) for one in self.conditions)


def rules_of(setting: str, lines: str, words: type[Word]) -> tuple[Rule[Word], ...]:
    """The rules of a setting; UnusableSettings names the line that is none."""
    found: list[Rule[Word]] = []
    for number, line in enumerate(lines.splitlines(), 1):
        word, *rest = line.split() or [""]
        if not word:
            continue
        try:
            found.append(Rule(words(word), conditions_of(rest)))
        except ValueError as error:
            raise UnusableSettings(f"{setting}: line {number} is no rule: {error}.") from error
    if len(found) > _MOST_RULES:
        raise UnusableSettings(f"{setting} takes {_MOST_RULES} rules at most.")
    return tuple(found)


def conditions_of(parts: Sequence[str]) -> tuple[Condition, ...]:
    """Conditions, all of which must hold; ValueError says which form they have."""
    return tuple(map(_condition, parts))


def meaning_of(rules: Sequence[Rule[Word]], answer: Answer) -> Word | None:
    """The word of the first rule that holds for an answer."""
    document = answer.document
    for rule in rules:
        if rule.holds(document, status=answer.status, body=answer.body):
            return rule.meaning
    return None


def _condition(part: str) -> Condition:
    subject, equals, value = part.partition("=")
    if subject.startswith("/"):
        is_not = subject.endswith("!")
        return Condition(subject.rstrip("!"), value if equals else None, is_not)
    if subject == "status" and _STATUS.fullmatch(value):
        return Condition(subject, value)
    if subject == "begins" and value:
        return Condition(subject, value)
    raise ValueError("a condition is status=, begins= or a JSON pointer")
