"""Hands somebody to the people of support: opens a ticket, or opens theirs again.

>>> from sparekey.nodes.example import run
>>> run(node, {"topic": "cannot_get_in"})
goes on by handed; OpenTicket
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sparekey import support
from sparekey.db import Tx
from sparekey.flows import Applying, Event, Go, Node, Settings, Situation, Stage, Step
from sparekey.support import Author, Case, Said, Topic


class Handing(Settings, frozen=True, kw_only=True):
    """What the ticket is about."""

    topic: Topic = Topic.OTHER


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A ticket of this topic for the run's account."""

    topic: Topic

    async def apply(self, tx: Tx, around: Applying) -> None:
        case = Case(
            brand_id=around.brand_id,
            about=around.run,
            topic=self.topic,
            account_id=around.account_id,
        )
        ticket = await support.open_ticket(tx, case, at=around.at)
        said = Said(author=Author.FLOW, text=f"Handed over at {around.node}.", source=around.run)
        await support.say(tx, around.keyring, ticket, said, at=around.at)

    def play(self, stage: Stage) -> None:
        stage.note(f"opens a ticket about {self.topic.value}")


def _exits(_settings: Handing) -> Sequence[str]:
    return ("handed",)


def _step(settings: Handing, _situation: Situation, _event: Event | None) -> Step:
    return Go("handed", [OpenTicket(settings.topic)])


node = Node(about="Let a person see to it.", settings=Handing, exits=_exits, step=_step)
