"""The statements of audiences."""

from dataclasses import dataclass

from sparekey.db import statement
from sparekey.nodes.model import Audience

add = statement(
    """INSERT INTO nodes.audience (id, brand_id, flow, per_hour, filter, state, expected, made_at,
        changed_at)
    VALUES (:id, :brand, :flow, :per_hour, (:filter::text)::jsonb, :state, :expected, :at, :at)"""
)

invite = statement(
    """INSERT INTO nodes.invited (audience_id, number, ref)
    SELECT :id, :first + given.number, given.ref
    FROM unnest(:refs::text[]) WITH ORDINALITY AS given (ref, number)"""
)

run_filled = statement(
    """UPDATE nodes.audience SET state = 'running', expected = :expected, changed_at = :at
    WHERE id = :id AND state = 'filling'"""
)

find = statement(
    """SELECT id, brand_id, flow, per_hour, filter::text, state, expected, begun, spared, turn,
        last, made_at
    FROM nodes.audience WHERE id = :id""",
    returns=Audience,
)


@dataclass(frozen=True, slots=True)
class InvitedRow:
    number: int
    ref: str


invited = statement(
    """SELECT number, ref FROM nodes.invited
    WHERE audience_id = :id ORDER BY number LIMIT :limit""",
    returns=InvitedRow,
)

forget_invited = statement(
    "DELETE FROM nodes.invited WHERE audience_id = :id AND number <= :number"
)

# Of two that did the same batch the second moves nothing on.
move_on = statement(
    """UPDATE nodes.audience
    SET turn = turn + 1, last = coalesce(:last, last), begun = begun + :begun,
        spared = spared + :spared, state = CASE WHEN :is_over THEN 'done' ELSE state END,
        changed_at = :at
    WHERE id = :id AND turn = :turn AND state = 'running'"""
)

stop = statement(
    """UPDATE nodes.audience SET state = 'stopped', changed_at = :at
    WHERE id = :id AND brand_id = :brand AND state IN ('filling', 'running')"""
)

forget_stopped = statement("DELETE FROM nodes.invited WHERE audience_id = :id")
