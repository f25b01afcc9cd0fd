"""Takes the phones or the mailboxes from the account; only a proven recovery may.

For whoever has lost one of them and proven the other. It is a change of addresses like any other:
every old address is told, and can undo it for 72 hours. Nothing that a flow hears ever becomes an
address; a new one is told by the company.

>>> from sparekey.nodes.example import run
>>> run(node, {"drop": "phone"})
goes on by done; DropAddresses
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sparekey import accounts
from sparekey.db import Tx
from sparekey.flows import Applying, Event, Go, Node, Settings, Situation, Stage, Step, Stuck
from sparekey.kit.address import Kind
from sparekey.nodes.proof import require_proof


class Lost(Settings, frozen=True, kw_only=True):
    """Which of them are lost."""

    drop: Kind


@dataclass(frozen=True, slots=True)
class DropAddresses:
    """Retire the run's account's addresses of a kind."""

    kind: Kind

    async def apply(self, tx: Tx, around: Applying) -> None:
        await require_proof(tx, around)
        if around.account_id is None or not await accounts.drop_addresses(
            tx, around.keyring, around.account_id, self.kind, around.at
        ):
            raise Stuck("address.last")

    def play(self, stage: Stage) -> None:
        stage.note(f"takes each {self.kind} from the account; all of them are told")


def _exits(_settings: Lost) -> Sequence[str]:
    return ("done",)


def _step(settings: Lost, _situation: Situation, _event: Event | None) -> Step:
    return Go("done", [DropAddresses(settings.drop)])


node = Node(
    about="Take lost phones or mailboxes from the account.",
    settings=Lost,
    exits=_exits,
    step=_step,
    needs_proof=True,
)
