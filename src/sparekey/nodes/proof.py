"""The second time that proof is enforced: when it happens, whatever was drawn."""

from sparekey import recovery
from sparekey.db import Tx
from sparekey.flows import Applying, Stuck


async def require_proof(tx: Tx, around: Applying) -> None:
    """Raises Stuck unless the run's own recovery is proven, of this account and not over."""
    account = around.account_id
    if account is None or not await recovery.is_proven(
        tx, around.run, brand_id=around.brand_id, account_id=account, at=around.at
    ):
        raise Stuck("proof.missing")
