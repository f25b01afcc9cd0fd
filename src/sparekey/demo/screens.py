"""The sandbox's phones and mailboxes, as Acme's key may read them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sparekey.demo.client import Client
from sparekey.demo.stage import Inbox, Received, require_status


@dataclass(frozen=True, slots=True)
class Screens:
    """Every address has one."""

    acme: Client

    def open(self, inbox: Inbox) -> None:
        """It is there already."""

    async def read(self, inbox: Inbox) -> Sequence[Received]:
        """All that an inbox has, oldest first; not shown."""
        asked = {"address": inbox.address}
        answer = await self.acme.call("POST", "/v1/sandbox/inbox", asked)
        require_status(answer, "POST", "/v1/sandbox/inbox", 200)
        return [
            Received(one["from"], one.get("subject"), one["text"]) for one in answer.json["data"]
        ]
