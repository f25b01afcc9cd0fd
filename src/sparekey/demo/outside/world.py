"""The whole outside world: the carrier, the mail server, and what the customers see of them."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sparekey.demo.installation import LOOPBACK, Connection
from sparekey.demo.outside import programs
from sparekey.demo.outside.mail import ANSWERS, Postfix, mail_server
from sparekey.demo.outside.smsc import Smsc, smsc
from sparekey.demo.stage import Inbox, Received


@dataclass(frozen=True, slots=True)
class Outside:
    """It stands in for the sandbox's screens: here is what really arrived."""

    smsc: Smsc
    mail: Postfix

    def open(self, inbox: Inbox) -> None:
        """A handset is switched on anyway; a mailbox has to be there before mail comes."""
        if not inbox.is_phone:
            self.mail.open_mailbox(inbox.address)

    async def read(self, inbox: Inbox) -> Sequence[Received]:
        """Everything that arrived, oldest first."""
        if inbox.is_phone:
            return self.smsc.handsets[inbox.address]
        return self.mail.mailbox(inbox.address)

    @property
    def connections(self) -> list[Connection]:
        """How a brand is connected to it: one gateway for texts, one for emails."""
        carrier = {
            "host": LOOPBACK,
            "port": str(self.smsc.port),
            "security": "none",
            "system_id": "acme",
            "password": self.smsc.password.reveal(),
            "per_second": "50",
        }
        mail = {
            "host": LOOPBACK,
            "port": str(self.mail.port),
            "security": "none",
            "sender": "no-reply@acme.example",
            "bounces": f"bounce@{ANSWERS}",
            "replies": f"reply@{ANSWERS}",
        }
        return [Connection("carrier", "smpp", carrier), Connection("mail", "smtp", mail)]


@asynccontextmanager
async def outside() -> AsyncGenerator[Outside]:
    """Everything outside, running for the length of the block; CannotStart says what is missing."""
    master, node = programs.postfix(), programs.node()
    async with smsc(node, programs.packages(node)) as carrier, mail_server(master) as mail:
        yield Outside(carrier, mail)
