"""What accounts do in the background: forgetting what nobody can undo any more."""

from sparekey import accounts, jobs

jobs.every("accounts.sweep", "23 * * * *")


@jobs.handles("accounts.sweep")
async def sweep(context: jobs.Context, _payload: jobs.Payload) -> None:
    """Retired addresses, settled changes and old browsers go; repeating it does no harm."""
    async with context.db.transaction() as tx:
        await accounts.sweep(tx, context.clock())
