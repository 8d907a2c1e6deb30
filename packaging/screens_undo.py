"""Scenes of undoing a run: the choice of it, its plan, and the overview afterwards."""

from PySide6.QtWidgets import QWidget

from looop_gui.model.job import ResetScope
from looop_gui.scim.messages import PATCH_OP, ScimRequest
from looop_gui.services.cycle_setting import open_target
from looop_gui.ui.overview.page import OverviewPage
from looop_gui.ui.overview.reset_dialog import ResetDialog
from looop_gui.ui.overview.undo_dialog import UndoDialog
from looop_gui.ui.plan.page import PlanPage
from looop_gui.ui.undo_argument import UndoArgument
from scene import SMALLEST_SIZE, Scene, Stage
from screens_window import synced


async def _edited(stage: Stage) -> OverviewPage:
    """The overview after an initial cycle and one with some changes."""
    await synced(stage, "overview")
    page = stage.window.page
    assert isinstance(page, OverviewPage)
    return page


async def choice(stage: Stage) -> QWidget:
    """The runs that can be undone."""
    page = await _edited(stage)
    dialog = UndoDialog(page._desk, page._connection_id, page)
    dialog.open()
    await stage.until(lambda: dialog.runs.count() > 0)
    await stage.settle()
    return dialog


async def reset(stage: Stage) -> QWidget:
    """Which parts of the state are forgotten."""
    page = await _edited(stage)
    dialog = ResetDialog(page._desk, page._connection_id, page)
    dialog.open()
    dialog.parts[ResetScope.WATERMARK].setChecked(True)
    await stage.settle()
    return dialog


async def plan(stage: Stage) -> QWidget:
    """The plan of an undo in which somebody is left alone."""
    overview = await _edited(stage)
    order = await stage.services.provisioning.order_of(overview._connection_id)
    operation = {"op": "replace", "path": "name.familyName", "value": "By hand"}
    body = {"schemas": [PATCH_OP], "Operations": [operation]}
    async with open_target(order.connection, order.token) as sender:
        listed = await sender.send(ScimRequest("GET", "/Users", (("count", "2"),)))
        for user in listed.body["Resources"]:
            await sender.send(ScimRequest("PATCH", f"/Users/{user['id']}", body=body))
    run = (await stage.services.undo.runs(overview._connection_id))[-1]
    stage.window.show_page("plan", UndoArgument(run.cycle.id))
    page = stage.window.page
    assert isinstance(page, PlanPage)
    await stage.until(lambda: page.plan is not None)
    await stage.settle(0.5)
    return stage.window


async def afterwards(stage: Stage) -> QWidget:
    """The overview when a run was undone."""
    overview = await _edited(stage)
    connection_id = overview._connection_id
    run = await stage.services.undo.run_named(connection_id, "last")
    made = await stage.services.undo.plan_saved(connection_id, run.cycle.id)
    await stage.services.provisioning.apply_plan(connection_id, made, allow=True)
    stage.window.show_page("overview")
    page = stage.window.page
    assert isinstance(page, OverviewPage)
    await stage.until(lambda: "undone" in page.banner.sentence)
    await stage.settle(0.5)
    return stage.window


SCENES = (
    Scene("90-reset-choice", reset),
    Scene("90-undo-choice", choice),
    Scene("91-undo-plan", plan),
    Scene("92-undo-plan-smallest", plan, size=SMALLEST_SIZE),
    Scene("93-undo-afterwards", afterwards),
)
