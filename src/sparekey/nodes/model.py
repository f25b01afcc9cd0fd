"""An audience as a value: whom a flow is started for, and how fast."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sparekey import accounts
from sparekey.flows import Finding

#: So many are begun at a time.
MOST_AT_ONCE = 200
_HOUR = 3600
_YES_OR_NO = ("second_factor", "has_password", "verified_email", "verified_phone")
FIELDS = ("language", *_YES_OR_NO)


class AudienceState(StrEnum):
    """How far it has come."""

    FILLING = "filling"
    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Audience:
    """A flow that is started for many."""

    id: UUID
    brand_id: int
    flow: str
    per_hour: int
    filter: str | None
    state: str
    expected: int
    begun: int
    spared: int
    turn: int
    last: UUID | None
    made_at: datetime

    @property
    def batch(self) -> int:
        """So many are begun at a time: a minute's worth, and never many."""
        return max(1, min(MOST_AT_ONCE, self.per_hour // 60))

    @property
    def pause(self) -> timedelta:
        """From one batch to the next."""
        return timedelta(seconds=self.batch * _HOUR / self.per_hour)


def read_filter(where: Mapping[str, Sequence[str]]) -> accounts.Filter:
    """What a start's `where` asks for; `faults_of` says beforehand what cannot be asked."""
    said = {name: None if name not in where else where[name][0] == "yes" for name in _YES_OR_NO}
    return accounts.Filter(languages=where.get("language"), **said)


def faults_of(where: Mapping[str, Sequence[str]]) -> list[Finding]:
    """What no filter can ask for."""
    found: list[Finding] = []
    for name, values in where.items():
        if name not in FIELDS:
            there = ", ".join(FIELDS)
            found.append(Finding("audience.field", f"Accounts have no {name}. There are: {there}."))
        elif name in _YES_OR_NO and list(values) not in (["yes"], ["no"]):
            found.append(Finding("audience.value", f"{name} takes one of: yes, no."))
    return found
