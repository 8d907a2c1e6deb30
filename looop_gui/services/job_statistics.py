"""Statistics to date, as the portal shows them (section f.10)."""

from dataclasses import dataclass
from datetime import datetime
from functools import reduce

from looop_gui.model.job import Cycle, CycleCounts, CycleState
from looop_gui.services.provisioning import ProvisioningService

EVERY = -1
_EXPORTS = ("created", "updated", "disabled", "deleted")


@dataclass(frozen=True, slots=True)
class JobStatistics:
    """Totals and moments of a job; None for what never happened.

    `activity_id` is the last cycle's id, `seconds` its duration. A steady state is reached when a
    cycle ends without failures. `users` and `groups` are those in sync, `to_date` everything that
    was ever done.
    """

    job_id: str
    activity_id: str
    users: int
    groups: int
    last_execution: datetime | None
    last_successful_execution: datetime | None
    last_successful_execution_with_exports: datetime | None
    seconds: float
    steady_state_first_achieved: datetime | None
    steady_state_last_achieved: datetime | None
    successive_complete_failures: int
    cycles: int
    requests: int
    to_date: CycleCounts


async def job_statistics(provisioning: ProvisioningService, connection_id: str) -> JobStatistics:
    """The statistics of a saved connection's job. Raises ConfigurationError, StoreError."""
    job = await provisioning.job(connection_id)
    cycles = [
        cycle for cycle in await provisioning.cycles(connection_id, limit=EVERY) if cycle.ended
    ]
    successful = [c for c in cycles if c.state in _DONE]
    exporting = [c for c in successful if _exports(c)]
    steady = [c for c in cycles if c.state is CycleState.SUCCEEDED]
    last = cycles[0] if cycles else None
    return JobStatistics(
        job_id=connection_id,
        activity_id=last.id if last else "",
        users=job.linked_users,
        groups=job.linked_groups,
        last_execution=last.ended if last else None,
        last_successful_execution=successful[0].ended if successful else None,
        last_successful_execution_with_exports=exporting[0].ended if exporting else None,
        seconds=last.seconds if last else 0.0,
        steady_state_first_achieved=steady[-1].ended if steady else None,
        steady_state_last_achieved=steady[0].ended if steady else None,
        successive_complete_failures=_failures(cycles),
        cycles=len(cycles),
        requests=sum(cycle.requests for cycle in cycles),
        to_date=reduce(
            lambda counts, cycle: counts + cycle.users + cycle.groups, cycles, CycleCounts()
        ),
    )


_DONE = (CycleState.SUCCEEDED, CycleState.ENTRY_LEVEL_ERRORS)


def _exports(cycle: Cycle) -> int:
    counts = cycle.users + cycle.groups
    return sum(getattr(counts, name) for name in _EXPORTS)


def _failures(cycles: list[Cycle]) -> int:
    """How many cycles in a row failed as a whole, from the latest back."""
    number = 0
    for cycle in cycles:
        if cycle.state is not CycleState.FAILED:
            break
        number += 1
    return number
