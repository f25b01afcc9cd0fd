"""What happens next, drawn by people: the engine that runs flows and knows no node.

A draft is checked, tried and published as a version that never changes; runs are rows that wait
for years at no cost. What a node is, its own file says: see `contract`.
"""

from sparekey.db import Archive
from sparekey.flows.checking import check
from sparekey.flows.contract import (
    Applying,
    Effect,
    End,
    Go,
    Hold,
    Jump,
    Node,
    NoSettings,
    Settings,
    Situation,
    Stage,
    Step,
    Stuck,
    go_on,
    then,
)
from sparekey.flows.engine import Moved, advance
from sparekey.flows.graph import Graph, read
from sparekey.flows.kinds import json_schema, registry, usable
from sparekey.flows.model import (
    KEEP_ENDED,
    MOST_RUNS_PER_ACCOUNT,
    WORD,
    Document,
    Event,
    Finding,
    Memory,
    Placed,
    Report,
    Run,
    Signal,
    encode,
    facts,
)
from sparekey.flows.script import Fault, Move, Played, Script
from sparekey.flows.service.comparing import Difference, compare
from sparekey.flows.service.drafting import change, create, find, listed, read_document
from sparekey.flows.service.judging import has_fallen, judge_trials
from sparekey.flows.service.publishing import Wish, numbered, publish, take_live, validate
from sparekey.flows.service.running import (
    Prepared,
    Start,
    begin,
    hear,
    hear_of_account,
    hear_reply,
    hear_words,
    is_awaited,
    is_there,
    prepare,
    standing_starts,
    still_waits,
    waiting_for,
)
from sparekey.flows.service.standing import Counts, Told, counts, retry, skip, stuck, tell
from sparekey.flows.service.trying import play
from sparekey.flows.service.working import waker
from sparekey.flows.store.drawings import FlowRow, Trigger, VersionRow

ARCHIVES = (Archive("flows.ended", keep=KEEP_ENDED),)

__all__ = [
    "ARCHIVES",
    "MOST_RUNS_PER_ACCOUNT",
    "WORD",
    "Applying",
    "Counts",
    "Difference",
    "Document",
    "Effect",
    "End",
    "Event",
    "Fault",
    "Finding",
    "FlowRow",
    "Go",
    "Graph",
    "Hold",
    "Jump",
    "Memory",
    "Move",
    "Moved",
    "NoSettings",
    "Node",
    "Placed",
    "Played",
    "Prepared",
    "Report",
    "Run",
    "Script",
    "Settings",
    "Signal",
    "Situation",
    "Stage",
    "Start",
    "Step",
    "Stuck",
    "Told",
    "Trigger",
    "VersionRow",
    "Wish",
    "advance",
    "begin",
    "change",
    "check",
    "compare",
    "counts",
    "create",
    "encode",
    "facts",
    "find",
    "go_on",
    "has_fallen",
    "hear",
    "hear_of_account",
    "hear_reply",
    "hear_words",
    "is_awaited",
    "is_there",
    "json_schema",
    "judge_trials",
    "listed",
    "numbered",
    "play",
    "prepare",
    "publish",
    "read",
    "read_document",
    "registry",
    "retry",
    "skip",
    "standing_starts",
    "still_waits",
    "stuck",
    "take_live",
    "tell",
    "then",
    "usable",
    "validate",
    "waiting_for",
    "waker",
]
