"""The scenes of the wizard and of the editors of mappings and scope."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from looop_gui.model.connection import Application
from looop_gui.model.directory import ObjectType
from looop_gui.model.mapping import MappingType
from looop_gui.model.scope import FilterClause, FilterGroup, FilterOperator
from looop_gui.setup.draft import SetupStep
from scene import SMALLEST_SIZE, Scene, Stage
from screens_window import synced

PORTAL = Path(__file__).resolve().parent.parent / "tests" / "samples" / "directory" / "portal"
Arrange = Callable[[Stage], Awaitable[QWidget]]


async def start(stage: Stage, application: Application = Application.DEMO) -> Any:
    """The wizard on its first page."""
    stage.window.set_up._prepare(application=application)
    await stage.until(lambda: hasattr(stage.window.stack.currentWidget(), "session"))
    await stage.settle()
    return stage.window.stack.currentWidget()


async def walk(stage: Stage, step: SetupStep) -> Any:
    """The demo's wizard on that page, everything before it done."""
    wizard = await start(stage)
    while wizard.session.draft.step is not step:
        if wizard.session.draft.step is SetupStep.PREPARATION:
            await stage.until(wizard.page.demo.reset.isEnabled)
        if wizard.session.draft.step is SetupStep.CREDENTIALS:
            wizard.page.checks.test.click()
            await stage.until(lambda: bool(wizard.session.draft.tested_url))
        if wizard.session.draft.step is SetupStep.SOURCE:
            await stage.until(lambda: bool(wizard.session.facts.users))
        wizard.foot.next.click()
        await stage.settle()
    return wizard


def at(step: SetupStep) -> Arrange:
    """A scene of the wizard on a page."""

    async def scene(stage: Stage) -> QWidget:
        await walk(stage, step)
        return stage.window

    return scene


async def looop_steps(stage: Stage) -> QWidget:
    """The steps in Looop's admin console."""
    wizard = await start(stage, Application.LOOOP)
    wizard.foot.next.click()
    await stage.settle()
    return stage.window


async def credentials_empty(stage: Stage) -> QWidget:
    """Admin credentials before anything was typed."""
    wizard = await start(stage, Application.LOOOP)
    wizard.foot.next.click()
    wizard.foot.next.click()
    await stage.settle()
    return stage.window


async def credentials_wrong_url(stage: Stage) -> QWidget:
    """A tenant URL that cannot be used."""
    await credentials_empty(stage)
    page = stage.window.stack.currentWidget().page  # type: ignore[union-attr, attr-defined]
    page.url.setText("http://contoso.looop.co/scim/v2/Users")
    page.url.editingFinished.emit()
    await stage.settle()
    return stage.window


async def credentials_failing(stage: Stage) -> QWidget:
    """A token that the tenant refuses."""
    wizard = await walk(stage, SetupStep.CREDENTIALS)
    wizard.page.token.setText("not-the-token")
    wizard.session.set_token("not-the-token")
    wizard.page.checks.test.click()
    await stage.until(lambda: "not work" in wizard.page.checks.verdict.text())
    await stage.settle()
    return stage.window


async def credentials_tested(stage: Stage) -> QWidget:
    """Test Connection passed."""
    wizard = await walk(stage, SetupStep.CREDENTIALS)
    wizard.page.checks.test.click()
    await stage.until(lambda: bool(wizard.session.draft.tested_url))
    await stage.settle()
    return stage.window


async def source_files(stage: Stage) -> QWidget:
    """The preview of an export with defects."""
    wizard = await walk(stage, SetupStep.SOURCE)
    page = wizard.page
    page.files.radio.click()
    page.panel.folder.setText(str(PORTAL))
    page.panel.folder.editingFinished.emit()
    await stage.until(lambda: page.panel.problems_model.rowCount() > 0)
    page.panel.folder.setText("/home/anna/export")
    await stage.settle()
    return stage.window


async def mapping_inspector(stage: Stage) -> QWidget:
    """A row of the user mappings selected in the wizard."""
    wizard = await walk(stage, SetupStep.USER_MAPPINGS)
    wizard.page.editor.select(1)
    await stage.settle(1.0)
    return stage.window


async def review(stage: Stage) -> QWidget:
    """The review with its forecast."""
    wizard = await walk(stage, SetupStep.REVIEW)
    await stage.until(lambda: wizard.page.forecast is not None)
    await stage.settle()
    return stage.window


async def live(stage: Stage) -> QWidget:
    """The first cycle has ended."""
    await review(stage)
    wizard: Any = stage.window.stack.currentWidget()
    wizard.foot.next.click()
    await stage.until(lambda: wizard.live is not None and wizard.live.job is not None)
    await stage.until(lambda: wizard.live.job.last_cycle is not None, 60)
    await stage.settle(1.0)
    return stage.window


async def live_busy(stage: Stage) -> QWidget:
    """The first cycle in the middle of its work."""
    wizard = await walk(stage, SetupStep.SOURCE)
    wizard.page.company_size.setValue(3000)
    await stage.until(lambda: wizard.session.facts.users == 3000)
    while wizard.session.draft.step is not SetupStep.REVIEW:
        wizard.foot.next.click()
        await stage.settle()
    await stage.until(lambda: wizard.page.forecast is not None)
    await stage.services.tenants.set_fault(wizard.session.draft.id, "latency=40ms")
    wizard.foot.next.click()
    await stage.until(lambda: wizard.live is not None)
    await stage.settle(5.0)
    return stage.window


async def mappings(stage: Stage) -> Any:
    """The page Attribute mapping with its editor of users."""
    await synced(stage, "mappings")
    page: Any = stage.window.page
    await stage.until(lambda: bool(page.editors))
    editor = page.editors[ObjectType.USER]
    await stage.until(lambda: bool(editor.live.previews))
    await stage.settle(0.8)
    return editor


async def mappings_table(stage: Stage) -> QWidget:
    """The table."""
    await mappings(stage)
    return stage.window


async def mappings_expression(stage: Stage) -> QWidget:
    """An expression with its step-through."""
    editor = await mappings(stage)
    text = 'Join(" - ", ToUpper([givenName]), [department])'
    expression = replace(editor.model.rows[3], mapping_type=MappingType.EXPRESSION, source=text)
    editor.model.change(3, expression, "")
    editor.select(3)
    editor.inspector.builder.step.click()
    await stage.settle(1.0)
    return stage.window


async def mappings_mistake(stage: Stage) -> QWidget:
    """A mistake in an expression."""
    editor = await mappings(stage)
    wrong = replace(editor.model.rows[1], source='Switch([IsSoftDeleted], , "False" "True"')
    editor.model.change(1, wrong, "")
    editor.select(1)
    await stage.settle(1.0)
    return stage.window


async def mappings_canvas(stage: Stage) -> QWidget:
    """The canvas with a join."""
    editor = await mappings(stage)
    location = "urn:ietf:params:scim:schemas:extension:Looop:2.0:User:location"
    editor._map("city", location)
    editor._map("country", location)
    editor.options.canvas.click()
    editor.select(-1)
    await stage.settle(1.0)
    return stage.window


async def mappings_canvas_keyboard(stage: Stage) -> QWidget:
    """A wire that is drawn with the keyboard."""
    editor = await mappings(stage)
    editor.options.canvas.click()
    editor.select(-1)
    await stage.settle(0.5)
    stage.window.activateWindow()
    await stage.until(stage.window.isActiveWindow)
    editor.canvas.setFocus()
    for key in ("c", "Space", "Right", "Right", "Down", "Down"):
        QTest.keyClick(editor.canvas, getattr(Qt.Key, f"Key_{key.title()}"))
    await stage.settle(0.8)
    return stage.window


async def scope(stage: Stage) -> Any:
    """The page Scope with a filter that is not saved."""
    await synced(stage, "scope")
    page: Any = stage.window.page
    await stage.until(lambda: page.editor is not None)
    panels = page.editor.panels[ObjectType.USER]
    panels.filters.add_filter()
    clauses = (
        FilterClause("department", FilterOperator.EQUALS, "Engineering"),
        FilterClause("country", FilterOperator.NOT_EQUALS, "Germany"),
    )
    panels.filters._change(0, FilterGroup("Engineers abroad", clauses), "")
    await stage.settle(1.0)
    return panels


async def scope_count(stage: Stage) -> QWidget:
    """Who leaves with the change."""
    await scope(stage)
    return stage.window


async def scope_explain(stage: Stage) -> QWidget:
    """Why one person is out."""
    panels = await scope(stage)
    stage.window.page.editor._explain(panels, panels.count.names.item(0).data(256))  # type: ignore[union-attr]
    await stage.settle(0.8)
    return stage.window


async def scope_census(stage: Stage) -> QWidget:
    """Everybody by reason."""
    panels = await scope(stage)
    panels.side.setCurrentIndex(2)
    await stage.settle()
    return stage.window


def _small(name: str, arrange: Arrange) -> Scene:
    return Scene(name, arrange, SMALLEST_SIZE)


SCENES = [
    Scene("10-wizard-welcome", at(SetupStep.WELCOME)),
    Scene("11-wizard-token-looop", looop_steps),
    Scene("11-wizard-token-demo", at(SetupStep.PREPARATION)),
    Scene("12-wizard-credentials-empty", credentials_empty),
    Scene("12-wizard-credentials-failing", credentials_failing),
    Scene("12-wizard-credentials-tested", credentials_tested),
    Scene("12-wizard-credentials-url", credentials_wrong_url),
    Scene("13-wizard-notification", at(SetupStep.NOTIFICATION)),
    Scene("14-wizard-source-demo", at(SetupStep.SOURCE)),
    Scene("14-wizard-source-files", source_files),
    Scene("15-wizard-user-mappings", mapping_inspector),
    Scene("16-wizard-group-mappings", at(SetupStep.GROUP_MAPPINGS)),
    Scene("17-wizard-scope", at(SetupStep.SCOPE)),
    Scene("18-wizard-review", review),
    Scene("19-wizard-live", live),
    Scene("19-wizard-live-busy", live_busy),
    Scene("35-mappings-table", mappings_table),
    Scene("36-mappings-expression", mappings_expression),
    Scene("36-mappings-mistake", mappings_mistake),
    Scene("37-mappings-canvas", mappings_canvas),
    Scene("37-mappings-canvas-keyboard", mappings_canvas_keyboard),
    Scene("38-scope-count", scope_count),
    Scene("38-scope-explain", scope_explain),
    Scene("38-scope-census", scope_census),
    _small("83-wizard-credentials-smallest", credentials_tested),
    _small("83-wizard-mappings-smallest", mapping_inspector),
    _small("83-wizard-live-smallest", live),
    _small("83-mappings-smallest", mappings_expression),
    Scene("84-mappings-200-percent", mappings_canvas),
    Scene("85-wizard-credentials-german", credentials_tested),
    Scene("85-mappings-german", mappings_expression),
    Scene("86-wizard-review-right-to-left", review),
    Scene("86-scope-right-to-left", scope_count),
]
