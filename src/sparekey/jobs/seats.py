"""The seats of a lane that tenants share: who comes next finds one, whoever was there before."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from sparekey.jobs.model import Job


@dataclass(slots=True)
class Seats:
    """So many jobs at once in this process, and of no tenant more than are left free.

    A tenant that takes all it can has half of them, however many more of its jobs wait. Several
    such leave ever less, and may for a while leave nothing: then whatever ends goes to who has
    least.
    """

    most: int
    _taken: dict[tuple[UUID, int], int] = field(default_factory=dict[tuple[UUID, int], int])

    @property
    def free(self) -> int:
        """How many more jobs may be at work."""
        return self.most - len(self._taken)

    @property
    def full(self) -> list[int]:
        """The tenants that get no seat now."""
        tenants = Counter(self._taken.values())
        return [tenant for tenant, taken in tenants.items() if taken >= self.free]

    def take(self, jobs: Iterable[Job]) -> None:
        """These are at work from now on."""
        for job in jobs:
            self._taken[job.id, job.fence] = job.tenant

    def leave(self, jobs: Iterable[Job]) -> None:
        """These are not, whatever became of them; to say it twice does nothing."""
        for job in jobs:
            self._taken.pop((job.id, job.fence), None)
