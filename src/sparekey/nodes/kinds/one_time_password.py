"""Sends a secret that opens one sign-in and must be changed at it; only a proven recovery may.

It goes to the address that was proven, and nowhere else.

>>> from sparekey.nodes.example import run
>>> run(node, {"minutes": 60})
goes on by sent; OneTimePassword
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from sparekey.db import Tx
from sparekey.flows import Applying, Event, Go, Node, Settings, Situation, Stage, Step
from sparekey.nodes.proof import require_proof
from sparekey.nodes.sending import played, the_post


class Life(Settings, frozen=True, kw_only=True):
    """How long it may be used."""

    minutes: Annotated[int, Meta(ge=5, le=60)] = 60


@dataclass(frozen=True, slots=True)
class OneTimePassword:
    """A secret for one sign-in of the run's account."""

    minutes: int

    async def apply(self, tx: Tx, around: Applying) -> None:
        await require_proof(tx, around)
        await the_post().send_one_time_secret(tx, around, self.minutes)

    def play(self, stage: Stage) -> None:
        stage.show(
            "sms",
            "one_time_password",
            to="challenge",
            carries=None,
            text=played(
                "one_time_password",
                "sms",
                stage,
                code="K7QM2VZX9TWR4YPH",
                valid_for=str(self.minutes),
            ),
        )


def _exits(_settings: Life) -> Sequence[str]:
    return ("sent",)


def _step(settings: Life, _situation: Situation, _event: Event | None) -> Step:
    return Go("sent", [OneTimePassword(settings.minutes)])


node = Node(
    about="Send a password for one sign-in.",
    settings=Life,
    exits=_exits,
    step=_step,
    needs_proof=True,
)
