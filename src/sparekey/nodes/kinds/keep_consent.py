"""Keeps as evidence what somebody was shown, when, and what they answered.

It stands in the journal for as long as that is kept: the words and their version, the run that
showed them, the node that asked and the word of its answer. It holds no address.

>>> from sparekey.nodes.example import run
>>> run(node, {"shown": "may_we_text", "asked_at": "ask"}, answers={"ask": "agree"})
goes on by kept; KeepConsent
>>> run(node, {"shown": "may_we_text", "asked_at": "ask"})
goes on by no_answer
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sparekey import events, templates
from sparekey.db import Tx
from sparekey.flows import Applying, Event, Finding, Go, Node, Settings, Situation, Stage, Step
from sparekey.nodes.journal import CONSENTED
from sparekey.nodes.sending import Template, words_version
from sparekey.nodes.settings import Word


class Shown(Settings, frozen=True, kw_only=True):
    """Which words were shown, and at which node they were answered."""

    shown: Template
    asked_at: Word


@dataclass(frozen=True, slots=True)
class KeepConsent:
    """One line of the journal, which cannot be changed."""

    template: str
    answer: str
    begun_at: datetime

    async def apply(self, tx: Tx, around: Applying) -> None:
        await events.append(
            tx,
            at=around.at,
            kind=CONSENTED,
            brand=around.brand_id,
            subject=around.account_id,
            data={
                "run": around.run,
                "shown": self.template,
                "words": around.pins.get("words", 0),
                "language": around.facts.get("language"),
                "begun_at": int(self.begun_at.timestamp()),
                "answer": self.answer,
            },
        )

    def play(self, stage: Stage) -> None:
        stage.note(f"keeps that {self.template} was answered with {self.answer}")


def _exits(_settings: Shown) -> Sequence[str]:
    return ("kept", "no_answer")


def _step(settings: Shown, situation: Situation, _event: Event | None) -> Step:
    answer = situation.answers.get(settings.asked_at)
    if answer is None:
        return Go("no_answer")
    return Go("kept", [KeepConsent(settings.shown, answer, situation.started_at)])


def _check(settings: Shown) -> Iterable[Finding]:
    if settings.shown not in templates.registry.names():
        yield Finding("send.no_template", f"There is no template called {settings.shown}.")


node = Node(
    about="Keep evidence of what somebody agreed to.",
    settings=Shown,
    exits=_exits,
    step=_step,
    check=_check,
    pins=words_version,
)
