"""Scenes of what Entra leaves alone: drift, the grace period, and what a target forced."""

from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QScrollArea, QWidget

from looop_gui.model.connection import DriftCheck
from looop_gui.scim.messages import PATCH_OP, ScimRequest
from looop_gui.services.cycle_setting import open_target
from looop_gui.ui.links.page import LinksPage
from looop_gui.ui.overview.page import OverviewPage
from looop_gui.ui.settings.page import SettingsPage
from scene import SMALLEST_SIZE, Scene, Stage
from screens_window import synced


async def _tamper(stage: Stage, connection_id: str) -> None:
    """Change some accounts of the target by hand."""
    services = stage.services
    connection = await services.connections.get(connection_id)
    links = (await services.links.links(connection_id, "", limit=40)).rows
    people = [row.link for row in links if row.link.object_type == "User"]
    changes = (
        {"op": "replace", "path": "active", "value": False},
        {"op": "replace", "path": "name.familyName", "value": "Changed-By-Hand"},
        {"op": "replace", "path": 'emails[type eq "work"].value', "value": "somebody@else.org"},
    )
    token = await services.connections.token_of(connection)
    async with open_target(connection, token) as sender:
        for link, operation in zip(people, changes, strict=False):
            body = {"schemas": [PATCH_OP], "Operations": [operation]}
            await sender.send(ScimRequest("PATCH", f"/Users/{link.target_id}", body=body))
        await sender.send(ScimRequest("DELETE", f"/Users/{people[4].target_id}"))


async def drift(stage: Stage) -> QWidget:
    """What was changed by hand, attribute by attribute."""
    await synced(stage, "links")
    page = stage.window.page
    assert isinstance(page, LinksPage)
    await _tamper(stage, page._id)
    page.tabs.setCurrentWidget(page.drift)
    page.drift.check()
    await stage.until(lambda: page.drift.report is not None)
    await stage.settle()
    return stage.window


async def drift_unread(stage: Stage) -> QWidget:
    """The tab before anything was compared."""
    await synced(stage, "links")
    page = stage.window.page
    assert isinstance(page, LinksPage)
    page.tabs.setCurrentWidget(page.drift)
    await stage.settle()
    return stage.window


async def leaving(stage: Stage) -> QWidget:
    """Who waits to be deleted, and a target without PATCH, on the overview."""
    await synced(stage, "overview")
    page = stage.window.page
    assert isinstance(page, OverviewPage)
    services, connection_id = stage.services, page._connection_id
    saved = await services.connections.get(connection_id)
    settings = replace(saved.settings, delete_grace_days=30, drift_check=DriftCheck.REPORT)
    await services.connections.update(replace(saved, settings=settings))
    rows = (await services.links.links(connection_id, "", limit=40)).rows
    people = [row.link.source_id for row in rows if row.link.object_type == "User"][:3]

    await services.tenants.set_quirk(connection_id, "patch-not-implemented")
    for source_id in people:
        await services.directory.edit(
            connection_id, lambda editor, who=source_id: editor.delete_for_good(who)
        )
    await services.provisioning.run_cycle(connection_id)
    page.refresh()
    await stage.until(lambda: page.leaving.isVisible() and page.adaptation.isVisible())
    await stage.settle()
    for scroll in page.findChildren(QScrollArea):
        scroll.ensureWidgetVisible(page.adaptation)
    await stage.settle()
    return stage.window


async def settings(stage: Stage) -> QWidget:
    """The two groups of the page Settings."""
    await synced(stage, "settings")
    page = stage.window.page
    assert isinstance(page, SettingsPage)
    await stage.until(lambda: bool(page.identity.name.text()))
    page.leaving.grace.setValue(30)
    page.drift.mode.setCurrentIndex(1)
    await stage.settle()
    for scroll in page.findChildren(QScrollArea):
        scroll.ensureWidgetVisible(page.drift)
    await stage.settle()
    return stage.window


SCENES = [
    Scene("70-drift-unread", drift_unread),
    Scene("70-drift-found", drift),
    Scene("70-drift-smallest", partial(drift), size=SMALLEST_SIZE),
    Scene("70-overview-leaving", leaving),
    Scene("70-settings-leaving-and-drift", settings),
]
