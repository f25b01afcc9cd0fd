"""The statements of drafts, published versions and tried cases."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sparekey.db import statement


@dataclass(frozen=True, slots=True)
class FlowRow:
    """A flow: its draft and what of it is live."""

    id: UUID
    brand_id: int
    name: str
    draft: str
    revision: int
    changed_by: UUID | None
    changed_at: datetime
    live_version: int | None
    trial_version: int | None
    trial_share: int | None


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A published version."""

    id: int
    flow_id: UUID
    number: int
    brand_id: int
    document: str
    pins: str
    reason: str
    published_by: UUID | None
    published_at: datetime
    ended_at: datetime | None
    ended_for: str | None


@dataclass(frozen=True, slots=True)
class Number:
    """The number of a version."""

    id: int
    number: int


@dataclass(frozen=True, slots=True)
class Count:
    """How often an exit was taken."""

    node: int
    exit: int
    count: int


@dataclass(frozen=True, slots=True)
class Here:
    """How many runs stand at a node now."""

    node: int
    waiting: int
    parked: int


@dataclass(frozen=True, slots=True)
class Reached:
    """How many runs of a version ended with an outcome."""

    outcome: str
    is_good: bool
    count: int


@dataclass(frozen=True, slots=True)
class Trial:
    """A version on trial beside the live one."""

    flow_id: UUID
    brand_id: int
    live_version: int
    trial_version: int


@dataclass(frozen=True, slots=True)
class Trigger:
    """A start of a live flow."""

    brand_id: int
    flow_id: UUID
    name: str
    word: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Tried:
    """A way that was tried and what it came to."""

    name: str
    script: str
    outcome: str
    messages: list[str]


add = statement(
    """INSERT INTO flows.flow (id, brand_id, name, draft, revision, changed_by, changed_at)
    VALUES (:id, :brand, :name, :draft, 1, :by, :at)
    ON CONFLICT (brand_id, name) DO NOTHING"""
)

# The revision that the writer had read decides: of two who changed the same one, one is refused.
change = statement(
    """UPDATE flows.flow
    SET draft = :draft, revision = revision + 1, changed_by = :by, changed_at = :at
    WHERE id = :id AND revision = :revision"""
)

find = statement(
    """SELECT id, brand_id, name, draft, revision, changed_by, changed_at, live_version,
        trial_version, trial_share
    FROM flows.flow WHERE brand_id = :brand AND name = :name""",
    returns=FlowRow,
)

# Whoever publishes or rolls back holds this row, so versions are numbered in their order.
lock = statement(
    """SELECT id, brand_id, name, draft, revision, changed_by, changed_at, live_version,
        trial_version, trial_share
    FROM flows.flow WHERE brand_id = :brand AND name = :name FOR UPDATE""",
    returns=FlowRow,
)

listed = statement(
    """SELECT id, brand_id, name, draft, revision, changed_by, changed_at, live_version,
        trial_version, trial_share
    FROM flows.flow WHERE brand_id = :brand ORDER BY name""",
    returns=FlowRow,
)

publish = statement(
    """INSERT INTO flows.version (flow_id, number, brand_id, document, pins, reason,
        published_by, published_at)
    SELECT :flow, 1 + coalesce(max(number), 0), :brand, :document, (:pins::text)::jsonb, :reason,
        :by, :at
    FROM flows.version WHERE flow_id = :flow
    RETURNING id, flow_id, number, brand_id, document, pins::text, reason, published_by,
        published_at, ended_at, ended_for""",
    returns=VersionRow,
)

go_live = statement(
    """UPDATE flows.flow
    SET live_version = :version, trial_version = NULL, trial_share = NULL
    WHERE id = :id"""
)

go_on_trial = statement(
    "UPDATE flows.flow SET trial_version = :version, trial_share = :share WHERE id = :id"
)

# Nothing happens when somebody else has decided about this trial meanwhile.
end_trial = statement(
    """UPDATE flows.flow SET trial_version = NULL, trial_share = NULL
    WHERE id = :id AND trial_version = :version"""
)

end_version = statement(
    """UPDATE flows.version SET ended_at = :at, ended_for = :reason
    WHERE id = :id AND ended_at IS NULL"""
)

version = statement(
    """SELECT id, flow_id, number, brand_id, document, pins::text, reason, published_by,
        published_at, ended_at, ended_for
    FROM flows.version WHERE id = :id""",
    returns=VersionRow,
)

numbered = statement(
    """SELECT id, flow_id, number, brand_id, document, pins::text, reason, published_by,
        published_at, ended_at, ended_for
    FROM flows.version WHERE flow_id = :flow AND number = :number""",
    returns=VersionRow,
)

numbers = statement(
    "SELECT id, number FROM flows.version WHERE id = ANY (:ids::integer[])", returns=Number
)

versions = statement(
    """SELECT id, flow_id, number, brand_id, document, pins::text, reason, published_by,
        published_at, ended_at, ended_for
    FROM flows.version WHERE flow_id = :flow ORDER BY number DESC LIMIT :limit""",
    returns=VersionRow,
)

forget_triggers = statement("DELETE FROM flows.trigger WHERE flow_id = :flow")

# A start that another live flow answers to is left out: the row count tells.
set_triggers = statement(
    """INSERT INTO flows.trigger (brand_id, kind, word, flow_id, is_only)
    SELECT :brand, kind, word, :flow, is_only
    FROM unnest(:kinds::text[], :words::text[], :only::boolean[]) AS start (kind, word, is_only)
    ORDER BY kind, word
    ON CONFLICT DO NOTHING"""
)

triggered = statement(
    """SELECT f.id, f.brand_id, f.name, f.draft, f.revision, f.changed_by, f.changed_at,
        f.live_version, f.trial_version, f.trial_share
    FROM flows.trigger AS t JOIN flows.flow AS f ON f.id = t.flow_id
    WHERE t.brand_id = :brand AND t.kind = :kind AND t.word = :word
    ORDER BY f.name""",
    returns=FlowRow,
)

is_triggered = statement(
    """SELECT EXISTS (
        SELECT FROM flows.trigger
        WHERE brand_id = :brand AND kind = :kind AND (:word::text IS NULL OR word = :word)
    )""",
    returns=bool,
)

# Of one brand, or of all: what the clock starts is started by nobody.
standing = statement(
    """SELECT t.brand_id, f.id AS flow_id, f.name, t.word, v.published_at
    FROM flows.trigger AS t
    JOIN flows.flow AS f ON f.id = t.flow_id
    JOIN flows.version AS v ON v.id = f.live_version
    WHERE t.kind = :kind AND (:brand::integer IS NULL OR t.brand_id = :brand)
    ORDER BY t.brand_id, f.name, t.word""",
    returns=Trigger,
)

counts = statement(
    """SELECT node, exit, sum(count)::bigint AS count FROM flows.tally
    WHERE version_id = :version GROUP BY node, exit ORDER BY node, exit""",
    returns=Count,
)

outcomes = statement(
    """SELECT outcome, is_good, sum(count)::bigint AS count FROM flows.outcome
    WHERE version_id = :version GROUP BY outcome, is_good ORDER BY outcome, is_good""",
    returns=Reached,
)

here = statement(
    """SELECT node, count(*) FILTER (WHERE parked_at IS NULL) AS waiting,
        count(*) FILTER (WHERE parked_at IS NOT NULL) AS parked
    FROM flows.run WHERE version_id = :version GROUP BY node ORDER BY node""",
    returns=Here,
)

trials = statement(
    """SELECT id AS flow_id, brand_id, live_version, trial_version FROM flows.flow
    WHERE trial_version IS NOT NULL AND live_version IS NOT NULL""",
    returns=Trial,
)

keep_tried = statement(
    """INSERT INTO flows.tried (flow_id, name, script, outcome, messages)
    SELECT :flow, :name, :script, :outcome, :messages
    WHERE :most > (SELECT count(*) FROM flows.tried WHERE flow_id = :flow AND name <> :name)
    ON CONFLICT (flow_id, name) DO UPDATE
    SET script = excluded.script, outcome = excluded.outcome, messages = excluded.messages"""
)

forget_tried = statement("DELETE FROM flows.tried WHERE flow_id = :flow AND name = :name")

tried = statement(
    """SELECT name, script, outcome, messages
    FROM flows.tried WHERE flow_id = :flow ORDER BY name""",
    returns=Tried,
)
