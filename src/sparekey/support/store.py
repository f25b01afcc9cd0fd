"""The statements of tickets. A state is changed from a state: of two who do, one comes too late."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sparekey.db import statement
from sparekey.support.model import State, Ticket, Topic


@dataclass(frozen=True, slots=True)
class TicketRow:
    id: UUID
    brand_id: int
    account_id: UUID | None
    about: UUID
    topic: str
    state: str
    opened_at: datetime
    changed_at: datetime

    @property
    def ticket(self) -> Ticket:
        """The ticket this row is."""
        return Ticket(
            self.id,
            self.brand_id,
            self.account_id,
            self.about,
            Topic(self.topic),
            State(self.state),
            self.opened_at,
            self.changed_at,
        )


@dataclass(frozen=True, slots=True)
class MessageRow:
    id: UUID
    author: str
    source: UUID | None
    sealed: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    id: UUID
    was_there: bool


# A ticket that is there already is opened again; `xmax` tells the one from the other.
OPEN = statement(
    """INSERT INTO support.ticket AS t (id, brand_id, account_id, about, topic, state, opened_at,
        changed_at)
    VALUES (:id, :brand, :account, :about, :topic, 'open', :at, :at)
    ON CONFLICT (about, topic) DO UPDATE SET state = 'open', changed_at = :at
    RETURNING t.id, t.xmax <> 0 AS was_there""",
    returns=Opened,
)

CHANGE = statement(
    """UPDATE support.ticket SET state = :state, changed_at = :at
    WHERE id = :id AND brand_id = :brand AND state = ANY (:from_states::text[])"""
)

CLOSE = statement(
    """UPDATE support.ticket SET state = 'closed', changed_at = :at
    WHERE state = 'solved' AND changed_at <= :before"""
)

FIND = statement(
    """SELECT id, brand_id, account_id, about, topic, state, opened_at, changed_at
    FROM support.ticket WHERE id = :id AND brand_id = :brand""",
    returns=TicketRow,
)

PAGE = statement(
    """SELECT id, brand_id, account_id, about, topic, state, opened_at, changed_at
    FROM support.ticket
    WHERE brand_id = :brand AND id < :before
      AND (:state::text IS NULL OR state = :state) AND (:account::uuid IS NULL
      OR account_id = :account)
    ORDER BY id DESC LIMIT :limit""",
    returns=TicketRow,
)

# Into which a thing itself spoke last; several, when at the same moment.
SPOKEN_LAST = statement(
    """SELECT t.id FROM support.ticket AS t
    JOIN support.message AS m ON m.ticket_id = t.id AND m.source = t.about
    WHERE t.about = :about
    ORDER BY m.at DESC FETCH FIRST 1 ROW WITH TIES""",
    returns=UUID,
)

SAY = statement(
    """INSERT INTO support.message (id, ticket_id, author, source, sealed, at)
    VALUES (:id, :ticket, :author, :source, :sealed, :at)"""
)

SAID = statement(
    """SELECT id, author, source, sealed, at FROM support.message
    WHERE ticket_id = :ticket ORDER BY id""",
    returns=MessageRow,
)
