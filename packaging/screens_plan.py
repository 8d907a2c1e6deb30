"""Scenes of the page *Plan*: made, of thousands, stopped by a guard, and while it is written."""

from collections import Counter
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from looop_gui.model.connection import ConnectionSettings
from looop_gui.model.plan import ReferenceKind
from looop_gui.ui.plan.page import PlanPage
from scene import SMALLEST_SIZE, Scene, Stage

ID = "demo"


async def plan_empty(stage: Stage) -> QWidget:
    """Before a plan is made."""
    await _open(stage)
    return stage.window


async def plan_made(stage: Stage) -> QWidget:
    """A plan, made and read."""
    page = await _made(stage)
    page.review.table.selectRow(4)
    await stage.settle(0.5)
    return stage.window


async def plan_without_managers(stage: Stage) -> QWidget:
    """The two managers of most are left out, and a third one is selected."""
    page = await _made(stage)
    plan = page.plan
    assert plan is not None
    managers = Counter(
        reference.source_id
        for one in plan.objects
        for reference in one.depends
        if reference.kind is ReferenceKind.MANAGER
    )
    rows = reversed(list(enumerate(page.review.model._rows)))
    places = {row.source_id: n for n, row in rows}
    first, second, third = (places[key] for key, _ in managers.most_common(3))
    page.review.model.toggle(first)
    page.review.model.toggle(second)
    page.review.table.selectRow(third)
    await stage.settle(0.5)
    return stage.window


async def plan_many(stage: Stage) -> QWidget:
    """4,000 people of whom many change their department; some are left out."""
    await stage.demo_connection(connection_id=ID, users=4000)
    await stage.services.provisioning.run_cycle(ID)

    def change(editor: object) -> str:
        from looop_gui.sources.headings import FileKind

        with editor.together():  # type: ignore[attr-defined]
            for number, row in enumerate(editor.rows(FileKind.USER)):  # type: ignore[attr-defined]
                if number % 3 == 0:
                    editor.change_attribute(  # type: ignore[attr-defined]
                        row["id"], "department", f"{row.get('department', '')} (EMEA)"
                    )
                if number % 100 == 5:
                    editor.set_enabled(row["id"], False)  # type: ignore[attr-defined]
        return "Departments have other names."

    await stage.services.directory.edit(ID, change)
    page = await _made_of(stage)
    for row in (2, 3, 5):
        page.review.model.toggle(row)
    page.review.table.selectRow(7)
    await stage.settle(0.5)
    return stage.window


async def plan_guarded(stage: Stage) -> QWidget:
    """A guard objects, and its list is shown."""
    await stage.demo_connection(
        connection_id=ID, settings=ConnectionSettings(limit_creates=50, requests_per_second=1000.0)
    )
    await _made_of(stage)
    return stage.window


async def plan_asking(stage: Stage) -> QWidget:
    """While the tenant is asked: how far it is."""
    page = await _slow(stage, 1500)
    page.make()
    await stage.until(lambda: "Export" in page.loading.words and page.loading.isVisible())
    await stage.settle(0.4)
    return stage.window


async def plan_writing(stage: Stage) -> QWidget:
    """While exactly the plan is written."""
    page = await _slow(stage, 200)
    page.make()
    await stage.until(lambda: page.plan is not None)
    plan = page.kept()
    assert plan is not None
    page._apply(plan, allow=False)
    await stage.until(lambda: "Writing to" in page.loading.words and page.loading.isVisible())
    await stage.settle(1.0)
    return stage.window


async def plan_applied(stage: Stage) -> QWidget:
    """After it was written: the numbers, and its result to be exported."""
    page = await _made(stage)
    plan = page.kept()
    assert plan is not None
    page._apply(plan, allow=False)
    await stage.until(lambda: "applied" in page.banner.sentence)
    await stage.settle(0.4)
    return stage.window


async def _slow(stage: Stage, users: int) -> PlanPage:
    from looop_gui.model.connection import MatchingStrategy

    settings = ConnectionSettings(
        requests_per_second=1000.0, concurrency=1, matching=MatchingStrategy.FILTER
    )
    await stage.demo_connection(connection_id=ID, users=users, settings=settings)
    await stage.services.tenants.set_fault(ID, "latency=20ms")
    return await _shown(stage)


async def _open(stage: Stage) -> PlanPage:
    await stage.demo_connection(connection_id=ID)
    return await _shown(stage)


async def _shown(stage: Stage) -> PlanPage:
    await stage.show(ID, "plan")
    page = stage.window.page
    assert isinstance(page, PlanPage)
    await stage.until(lambda: page._document is not None)
    return page


async def _made(stage: Stage) -> PlanPage:
    await stage.demo_connection(connection_id=ID)
    return await _made_of(stage)


async def _made_of(stage: Stage) -> PlanPage:
    page = await _shown(stage)
    page.make()
    await stage.until(lambda: page.plan is not None)
    await stage.settle(0.5)
    return page


_MADE = Scene("49-plan-made", plan_made)
_GUARDED = Scene("49-plan-guarded", plan_guarded)
SCENES: list[Scene] = [
    Scene("48-plan-empty", plan_empty),
    _MADE,
    _GUARDED,
    Scene("49-plan-many", plan_many),
    Scene("49-plan-without-managers", plan_without_managers),
    Scene("49-plan-asking", plan_asking),
    Scene("49-plan-writing", plan_writing),
    Scene("49-plan-applied", plan_applied),
    replace(_MADE, name="80-plan-smallest", size=SMALLEST_SIZE),
    replace(_GUARDED, name="80-plan-guarded-smallest", size=SMALLEST_SIZE),
]
