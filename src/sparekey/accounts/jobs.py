"""What accounts do in the background: forgetting what nobody can undo any more, and counting."""

from sparekey import accounts, jobs

jobs.every("accounts.sweep", "23 * * * *")
jobs.every("accounts.count", "37 * * * *")


@jobs.handles("accounts.sweep")
async def sweep(context: jobs.Context, _payload: jobs.Payload) -> None:
    """Retired addresses, settled changes and old browsers go; repeating it does no harm."""
    async with context.db.transaction() as tx:
        await accounts.sweep(tx, context.clock())


@jobs.handles("accounts.count")
async def count(context: jobs.Context, _payload: jobs.Payload) -> None:
    """Tell the guard how many accounts there are to spray at."""
    await accounts.count(context.db)
