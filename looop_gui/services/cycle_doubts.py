"""Reads whose references are in doubt before a cycle deletes somebody they may refer to."""

from looop_gui.engine.cycle import CycleInput, CycleWork
from looop_gui.engine.doubtful_references import doubtful_references, link_as_shown
from looop_gui.engine.view import CycleView
from looop_gui.services.cycle_asking import Asking
from looop_gui.services.cycle_blocks import CycleMemory
from looop_gui.services.cycle_drift import Checking


async def read_doubtful(
    asking: Asking, view: CycleView, memory: CycleMemory, given: CycleInput, work: CycleWork
) -> None:
    """Tell the memory whom they refer to; who cannot be read stays in doubt. StoppedError."""
    wanted = doubtful_references(given, work) if view.keeps_images else []
    if not wanted:
        return
    checking = Checking(asking, lambda: None)
    await checking.read(wanted, given.rules.settings.concurrency)
    for one in wanted:
        reading = checking.readings[one.link.source_id]
        if reading.resource is not None:
            memory.refers(link_as_shown(one.link, reading.resource, view))
