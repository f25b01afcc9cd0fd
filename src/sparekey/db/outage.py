"""Which errors pass by themselves: the database restarts, is full, or others were in the way."""

import asyncpg

_PASSING = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the server ended between two messages of ours
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
)


def is_passing(error: BaseException) -> bool:
    """Whether the same statement may succeed later, without anybody changing it."""
    return isinstance(error, _PASSING)
