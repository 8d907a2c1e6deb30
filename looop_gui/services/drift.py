"""The drift check as a service: on demand, and with a repair.

A check on demand is a dry run, so it writes nothing anywhere. A repair is a cycle, with its guards.
"""

from dataclasses import replace

from looop_gui.model.connection import DriftCheck
from looop_gui.model.drift import DriftReport
from looop_gui.model.errors import ConfigurationError
from looop_gui.model.job import Cycle, CycleKind
from looop_gui.services.cycle_rehearsal import OnProgress
from looop_gui.services.dry_runs import DryRunService
from looop_gui.services.engine_local import CycleOrder
from looop_gui.services.provisioning import ProvisioningService


class DriftService:
    """What can be asked about drift. All raise WorkbenchError."""

    def __init__(self, dry_runs: DryRunService, provisioning: ProvisioningService) -> None:
        self._dry_runs = dry_runs
        self._provisioning = provisioning

    async def check(self, connection_id: str, on_progress: OnProgress | None = None) -> DriftReport:
        """What differs in the target of a saved connection; writes nothing.

        Raises ConfigurationError when the next cycle is an initial one, which compares everybody.
        """
        return await self.check_order(await self._provisioning.order_of(connection_id), on_progress)

    async def check_order(
        self, order: CycleOrder, on_progress: OnProgress | None = None
    ) -> DriftReport:
        """The same for a connection that need not be saved."""
        checked = replace(order, drift=DriftCheck.REPORT, kind=CycleKind.INCREMENTAL)
        report = (await self._dry_runs.dry_run(checked, on_progress)).drift
        if report is None:
            raise ConfigurationError(
                "Nothing can be compared yet: the next cycle is an initial one, which looks at "
                "everybody.",
                safe="Nothing was written.",
                next_step="Run a cycle, then check the drift.",
            )
        return report

    async def repair(self, connection_id: str) -> Cycle:
        """Run a cycle of a saved connection that also writes what differs in the target."""
        return await self.repair_order(await self._provisioning.order_of(connection_id))

    async def repair_order(self, order: CycleOrder) -> Cycle:
        """The same for a connection that need not be saved."""
        return await self._provisioning.run_order(replace(order, drift=DriftCheck.REPAIR))
