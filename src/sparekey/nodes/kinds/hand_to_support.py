"""Hands somebody to the people of support: opens a ticket, or joins theirs that is not solved yet.

>>> from sparekey.nodes.example import run
>>> run(node, {"topic": "cannot_get_in"})
goes on by handed; OpenTicket
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sparekey import recovery, support
from sparekey.db import Tx
from sparekey.flows import Applying, Event, Go, Node, Settings, Situation, Stage, Step
from sparekey.support import Handover, Topic


class Handing(Settings, frozen=True, kw_only=True):
    """What the ticket is about."""

    topic: Topic = Topic.OTHER


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A ticket of the run's account; of a stranger, of whoever they said they are."""

    topic: Topic

    async def apply(self, tx: Tx, around: Applying) -> None:
        # A member's is asked for as well: the same statements, whoever it is.
        named = await recovery.party(tx, around.run)
        handed = Handover(
            brand_id=around.brand_id,
            run=around.run,
            node=around.node,
            topic=self.topic,
            party=around.account_id or named or around.run,
            account_id=around.account_id,
        )
        await support.hand_over(tx, around.keyring, handed, at=around.at)

    def play(self, stage: Stage) -> None:
        stage.note(f"opens or joins a ticket about {self.topic.value}")


def _exits(_settings: Handing) -> Sequence[str]:
    return ("handed",)


def _step(settings: Handing, _situation: Situation, _event: Event | None) -> Step:
    return Go("handed", [OpenTicket(settings.topic)])


node = Node(about="Let a person see to it.", settings=Handing, exits=_exits, step=_step)
