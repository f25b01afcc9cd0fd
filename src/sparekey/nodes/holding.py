"""Locking, unlocking and closing an account from a flow."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from sparekey import accounts
from sparekey.db import Tx
from sparekey.flows import Applying, Settings, Stage
from sparekey.nodes.proof import require_proof

What = Literal["lock", "unlock", "disable"]


class Reason(Settings, frozen=True, kw_only=True):
    """Why, for whoever reads it later."""

    reason: Annotated[str, Meta(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True)
class HoldAccount:
    """Lock, unlock or close the run's account; a run without an account does nothing."""

    what: What
    reason: str

    async def apply(self, tx: Tx, around: Applying) -> None:
        if self.what == "unlock":
            await require_proof(tx, around)
        if around.account_id is None:
            return
        account = await accounts.get_by_id(tx, around.keyring, around.account_id)
        if account is not None:
            await accounts.hold(tx, around.brand_id, account.ref, self.what, self.reason, around.at)

    def play(self, stage: Stage) -> None:
        stage.note(f"{self.what}s the account: {self.reason}")


def done(_settings: Reason) -> Sequence[str]:
    """The one exit."""
    return ("done",)
