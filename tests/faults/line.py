"""The line between a company's server and Sparekey: it breaks, and one calls again."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import httpx

#: How long a caller insists before the test calls it lost.
_PATIENCE_SECONDS = 90.0
_PAUSE_SECONDS = 0.03


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered in the end, and whether an earlier try may have been carried out."""

    status: int
    body: Any
    was_repeated: bool


@dataclass(slots=True)
class Line:
    """Speaks to the servers in turn; a request without an answer is sent again, to the next."""

    client: httpx.AsyncClient
    repeats: int = 0
    unavailable: int = 0

    def __str__(self) -> str:
        return f"repeated={self.repeats} unavailable={self.unavailable}"

    async def insist(
        self, path: str, body: object, *, method: str = "POST", key: str | None = None
    ) -> Answer:
        """Send until there is an answer, with the same Idempotency-Key when there is one."""
        headers = {} if key is None else {"Idempotency-Key": key}
        until = time.monotonic() + _PATIENCE_SECONDS
        was_repeated = False
        while time.monotonic() < until:
            answered = await self.once(path, body, method=method, headers=headers)
            if answered is not None and answered.status_code != 503:
                return Answer(answered.status_code, answered.json(), was_repeated)
            self.unavailable += answered is not None
            self.repeats += 1
            was_repeated = True
            await asyncio.sleep(_PAUSE_SECONDS)
        raise AssertionError(f"{method} {path} had no answer for {_PATIENCE_SECONDS} s")

    async def once(
        self,
        path: str,
        body: object,
        *,
        method: str = "POST",
        headers: dict[str, str] | None = None,
    ) -> httpx.Response | None:
        """Send once; None when the connection was refused or broke."""
        try:
            return await self.client.request(method, path, json=body, headers=headers)
        except httpx.TransportError:
            return None
