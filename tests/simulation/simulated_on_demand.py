"""Provision on demand of the simulated engine, which may be killed at any step."""

from looop_gui.model.errors import WorkbenchError
from looop_gui.model.provisioning_log import ProvisioningLogEntry
from looop_gui.services.provisioning_on_demand import OnDemandOrder, provision_on_demand
from simulated_engine import SimulatedEngine, SimulatedWorker
from simulated_target import Fuse, KilledError


async def demand(
    engine: SimulatedEngine,
    source_id: str,
    members: tuple[str, ...] | None = None,
    kill_at: int = 0,
) -> ProvisioningLogEntry | WorkbenchError | None:
    """The object's entry, or why there is none; None when it was killed."""
    fuse = engine.fuse = Fuse(kill_at)
    setting = engine._setting(engine._new_sender(fuse), SimulatedWorker(engine.open(), fuse))
    try:
        return await provision_on_demand(setting, OnDemandOrder(source_id, True, members))
    except WorkbenchError as error:
        return error
    except (KilledError, BaseExceptionGroup):
        if not fuse.dead:
            raise
        engine.close()
        return None
