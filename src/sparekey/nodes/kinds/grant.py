"""Opens the grant of the proven recovery from now on; only a proven recovery has one.

Whoever brought the proof holds the grant and may set one new password with it. It lasts 15 minutes
from the proof; where a flow lets something happen in between, this gives the time anew.

>>> from sparekey.nodes.example import run
>>> run(node, {"minutes": 15})
goes on by opened; OpenGrant
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from msgspec import Meta

from sparekey import recovery
from sparekey.db import Tx
from sparekey.flows import Applying, Event, Go, Node, Settings, Situation, Stage, Step, Stuck
from sparekey.nodes.proof import require_proof


class Time(Settings, frozen=True, kw_only=True):
    """How long it may be used from now on."""

    minutes: Annotated[int, Meta(ge=5, le=15)] = 15


@dataclass(frozen=True, slots=True)
class OpenGrant:
    """The time to set a new password, anew."""

    minutes: int

    async def apply(self, tx: Tx, around: Applying) -> None:
        await require_proof(tx, around)
        until = around.at + timedelta(minutes=self.minutes)
        if not await recovery.renew_grant(tx, around.run, until=until, at=around.at):
            raise Stuck("grant.closed")

    def play(self, stage: Stage) -> None:
        stage.note(f"leaves {self.minutes} minutes to set a new password")


def _exits(_settings: Time) -> Sequence[str]:
    return ("opened",)


def _step(settings: Time, _situation: Situation, _event: Event | None) -> Step:
    return Go("opened", [OpenGrant(settings.minutes)])


node = Node(
    about="Leave time to set a new password.",
    settings=Time,
    exits=_exits,
    step=_step,
    needs_proof=True,
)
