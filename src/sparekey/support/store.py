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
    topics: list[str]
    state: str
    runs: int
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
            [Topic(one) for one in self.topics],
            State(self.state),
            self.runs,
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
class HandedOver:
    id: UUID
    topic: str
    state: str
    was_there: bool


# Of runs that hand over the same party at the same moment one opens the ticket; the others wait for
# it and join. A ticket that is solved meanwhile has left the index: the next run opens another.
# Only the run itself adds its row, so looking whether it was here before counts it once.
HAND_OVER = statement(
    """WITH ticket AS (
        INSERT INTO support.ticket AS t (id, brand_id, account_id, party, about, topic, topics,
            state, runs, opened_at, changed_at)
        VALUES (:id, :brand, :account, :party, :run, :topic, ARRAY[:topic], 'open', 1, :at, :at)
        ON CONFLICT (brand_id, party) WHERE state IN ('open', 'waiting') DO UPDATE
        SET runs = t.runs + (NOT EXISTS (
                SELECT FROM support.handed AS h WHERE h.ticket_id = t.id AND h.run_id = :run))::int,
            topics = CASE WHEN :topic = ANY (t.topics) THEN t.topics ELSE t.topics || :topic END,
            changed_at = :at
        RETURNING t.id, t.topic, t.state, t.xmax <> 0 AS was_there
    ), handed AS (
        INSERT INTO support.handed (ticket_id, run_id)
        SELECT id, :run FROM ticket
        ON CONFLICT DO NOTHING
    )
    SELECT id, topic, state, was_there FROM ticket""",
    returns=HandedOver,
)

# Under the lock of the ticket, which whoever hands over holds.
SAY_HANDED = statement(
    """INSERT INTO support.message (id, ticket_id, author, source, sealed, at)
    SELECT :id, :ticket, 'flow', :run, :sealed, :at
    WHERE :most > (
        SELECT count(*) FROM support.message WHERE ticket_id = :ticket AND author = 'flow')"""
)

# Most have ended long ago; an account has few that go on.
HANDED = statement(
    """SELECT h.run_id FROM support.handed AS h
    WHERE h.ticket_id = :ticket AND EXISTS (SELECT FROM flows.run AS r WHERE r.id = h.run_id)""",
    returns=UUID,
)

# Whoever takes the row away tells the run: once, however often somebody sets about it. One that has
# handed over again waits for the party's ticket of now.
TAKE_HANDED = statement(
    """DELETE FROM support.handed AS h
    WHERE h.ticket_id = :ticket AND h.run_id = :run AND NOT EXISTS (
        SELECT FROM support.ticket AS t
        JOIN support.ticket AS now ON now.brand_id = t.brand_id AND now.party = t.party
            AND now.state IN ('open', 'waiting')
        JOIN support.handed AS again ON again.ticket_id = now.id AND again.run_id = h.run_id
        WHERE t.id = h.ticket_id)"""
)

# Nothing joins a ticket that is solved.
FORGET_HANDED = statement("DELETE FROM support.handed WHERE ticket_id = :ticket")

# One that is opened again is not joined any more: another may have taken its place since.
CHANGE = statement(
    """UPDATE support.ticket
    SET state = :state, changed_at = :at, party = CASE WHEN state <> 'solved' THEN party END
    WHERE id = :id AND brand_id = :brand AND state = ANY (:from_states::text[])"""
)

CLOSE = statement(
    """UPDATE support.ticket SET state = 'closed', changed_at = :at, party = NULL
    WHERE state = 'solved' AND changed_at <= :before"""
)

FIND = statement(
    """SELECT id, brand_id, account_id, about, topic, topics, state, runs, opened_at, changed_at
    FROM support.ticket WHERE id = :id AND brand_id = :brand""",
    returns=TicketRow,
)

PAGE = statement(
    """SELECT id, brand_id, account_id, about, topic, topics, state, runs, opened_at, changed_at
    FROM support.ticket
    WHERE brand_id = :brand AND id < :before
      AND (:state::text IS NULL OR state = :state) AND (:account::uuid IS NULL
      OR account_id = :account)
    ORDER BY id DESC LIMIT :limit""",
    returns=TicketRow,
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
