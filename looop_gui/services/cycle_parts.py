"""What every cycle is made of, be it a run, a dry run, or an undo: its row, view and asking."""

import asyncio
import uuid
from datetime import datetime
from random import Random

from looop_gui.engine.rules import ConnectionRules
from looop_gui.engine.view import CycleView
from looop_gui.expressions.values import EvaluationContext
from looop_gui.model.errors import CredentialsError, TargetError
from looop_gui.model.job import Cycle, CycleKind, CycleState
from looop_gui.services.cycle_asking import Asking, Sender, Traffic
from looop_gui.services.cycle_blocks import CycleMemory
from looop_gui.services.cycle_failures import CycleFailedError
from looop_gui.services.cycle_resuming import StoredState
from looop_gui.services.cycle_setting import CycleSetting
from looop_gui.services.request_pace import pace_of


def new_cycle(setting: CycleSetting, kind: CycleKind, *, undoes: str = "") -> Cycle:
    """The row of a cycle that begins now."""
    return Cycle(
        id=new_guid(setting.random),
        connection_id=setting.connection.id,
        kind=kind,
        state=CycleState.RUNNING,
        began=setting.clock.now(),
        ended=None,
        undoes=undoes,
    )


def view_of(
    setting: CycleSetting,
    rules: ConnectionRules,
    state: StoredState,
    memory: CycleMemory,
    cycle: Cycle,
    now: datetime | None = None,
) -> CycleView:
    """What the objects of a cycle see, with what the job remembers of the target.

    `now` is what expressions take for the present where the cycle goes on with one that had begun.
    """
    view = CycleView(
        rules,
        memory.links,
        EvaluationContext(now or cycle.began, setting.random),
        cycle.began,
        owners=memory.owners,
        escrows=memory.escrows,
        keeps_images=True,
    )
    view.adapt(state.job.adaptation)
    return view


def asking_of(
    setting: CycleSetting,
    sender: Sender,
    stopping: asyncio.Event,
    *,
    writes: bool = True,
    concurrency: int | None = None,
    traffic: Traffic | None = None,
    gathers: bool = False,
) -> Asking:
    """Asks the target as fast as the connection allows; without `writes` for a dry run."""
    connection = setting.connection
    return Asking(
        sender,
        setting.clock,
        setting.random,
        pace=pace_of(connection, writes=writes),
        concurrency=connection.settings.concurrency if concurrency is None else concurrency,
        stopping=stopping,
        traffic=traffic,
        gathers=gathers,
    )


def refusal_of(error: CycleFailedError) -> TargetError:
    """Why a dry run could not be made."""
    failure = error.failure
    kind = CredentialsError if failure.credentials else TargetError
    return kind(failure.sentence, safe="Nothing was written.")


def identifiers(random: Random) -> tuple[str, str]:
    """Two GUIDs that nobody has, for the probe."""
    return new_guid(random), new_guid(random)


def new_guid(random: Random) -> str:
    """A random GUID."""
    return str(uuid.UUID(int=random.getrandbits(128), version=4))
