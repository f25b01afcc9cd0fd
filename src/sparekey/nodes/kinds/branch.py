"""Takes the first case that fits what is known: a fact of the start, an earlier answer, the time.

Facts of a start: brand, start (the kind of its node), channel, country, language, account (known or
stranger), status (active, locked or disabled), second_factor (yes or no), verdict (fine, unsure or
suspicious, as the node safety_check has it) and, where somebody asked, browser (known or new).

>>> from sparekey.nodes.example import run
>>> german = {"of": "language", "cases": [{"exit": "german", "is": ["de"]}]}
>>> run(node, german, facts={"language": "de"})
goes on by german
>>> run(node, german)
goes on by otherwise
>>> night = {"of": "time", "cases": [{"exit": "night", "from": "21:00", "to": "08:00"}]}
>>> run(node, {**night, "time_zone": "Pacific/Auckland"})
goes on by night
>>> run(node, {"of": "answer", "node": "ask", "cases": [{"exit": "yes_me", "is": ["mine"]}]},
...     answers={"ask": "mine"})
goes on by yes_me
"""

from collections.abc import Iterator, Sequence
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta, field

from sparekey.flows import (
    WORDS_OF_FACTS,
    Event,
    Finding,
    Go,
    Node,
    Settings,
    Situation,
    Step,
)
from sparekey.nodes.settings import Clock, Word, Zone, is_zone, minutes_of

_OTHERWISE = "otherwise"


class Case(Settings, frozen=True, kw_only=True):
    """An exit, and the words or the span of time that lead to it."""

    exit: Word
    words: Annotated[list[Word], Meta(max_length=100)] = field(
        default_factory=list[Word], name="is"
    )
    opens: Clock | None = field(default=None, name="from")
    closes: Clock | None = field(default=None, name="to")


class Cases(Settings, frozen=True, kw_only=True):
    """What is looked at (`time`, `answer` of a node, or a fact), and the cases in their order."""

    of: Word
    node: Word | None = None
    time_zone: Zone = "UTC"
    cases: Annotated[list[Case], Meta(min_length=1, max_length=30)]

    rules = tuple(
        {
            "if": {"properties": {"of": {"const": fact}}},
            "then": {
                "properties": {
                    "cases": {"items": {"properties": {"is": {"items": {"enum": list(words)}}}}}
                }
            },
        }
        for fact, words in WORDS_OF_FACTS.items()
    )


def _exits(settings: Cases) -> Sequence[str]:
    return (*dict.fromkeys(case.exit for case in settings.cases), _OTHERWISE)


def _step(settings: Cases, situation: Situation, _event: Event | None) -> Step:
    if settings.of == "time":
        local = situation.at.astimezone(ZoneInfo(settings.time_zone))
        minute = local.hour * 60 + local.minute
        return Go(next((one.exit for one in settings.cases if _holds(one, minute)), _OTHERWISE))
    if settings.of == "answer":
        known = situation.answers.get(settings.node or "")
    else:
        known = situation.facts.get(settings.of)
    return Go(next((one.exit for one in settings.cases if known in one.words), _OTHERWISE))


def _holds(case: Case, minute: int) -> bool:
    if case.opens is None or case.closes is None:
        return False
    length = (minutes_of(case.closes) - minutes_of(case.opens)) % 1440
    return (minute - minutes_of(case.opens)) % 1440 < length


def _check(settings: Cases) -> Iterator[Finding]:
    if any(case.exit == _OTHERWISE for case in settings.cases):
        yield Finding("branch.otherwise", "otherwise is for whatever fits no case.")
    if (settings.of == "answer") != (settings.node is not None):
        yield Finding("branch.node", "Name the node whose answer is meant, and only then.")
    if not is_zone(settings.time_zone):
        yield Finding("branch.zone", f"There is no time zone {settings.time_zone}.")
    words = WORDS_OF_FACTS.get(settings.of)
    for case in settings.cases:
        for other in sorted(set(case.words) - set(words)) if words else ():
            one_of = f"{settings.of} is one of {', '.join(words or ())}, never {other}."
            yield Finding("branch.never", one_of)
        is_span = case.opens is not None and case.closes is not None and not case.words
        if is_span != (settings.of == "time"):
            wanted = "from and to" if settings.of == "time" else "is"
            yield Finding("branch.case", f"The case {case.exit} needs {wanted}, and only that.")


node = Node(
    about="Take one way or another, by what is known.",
    settings=Cases,
    exits=_exits,
    step=_step,
    check=_check,
)
