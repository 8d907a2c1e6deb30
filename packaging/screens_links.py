"""Scenes of links: the list, a comparison, the accounts of the target, ambiguous ones."""

from functools import partial

from PySide6.QtWidgets import QWidget

from looop_gui.model.directory import ObjectType
from looop_gui.services.account_discovery import AccountState
from looop_gui.services.roster import read_roster
from looop_gui.ui.links.link_dialog import LinkDialog
from looop_gui.ui.links.page import LinksPage
from scene import SMALLEST_SIZE, Scene, Stage
from screens_window import empty, synced


async def _page(stage: Stage) -> LinksPage:
    await synced(stage, "links")
    page = stage.window.page
    assert isinstance(page, LinksPage)
    await stage.until(lambda: page.links.model.rowCount() > 0)
    return page


async def typical(stage: Stage) -> QWidget:
    """All links."""
    await _page(stage)
    await stage.settle()
    return stage.window


async def comparison(stage: Stage) -> QWidget:
    """Somebody whose name was changed, compared."""
    page = await _page(stage)
    found = await stage.services.links.links(page._id, "", ObjectType.USER, limit=1)
    row = found.rows[0]
    await stage.services.directory.edit(
        page._id,
        lambda editor: editor.change_attribute(row.link.source_id, "givenName", "Zenobia"),
    )
    page.links.table.selectRow(page.links.model.row_of(row.link.source_id))
    await stage.until(lambda: page.links.inspector.comparison is not None)
    await stage.settle()
    return stage.window


async def _loose(stage: Stage) -> LinksPage:
    """Accounts that nobody has any more: three unlinked, one given to somebody else."""
    page = await _page(stage)
    links = stage.services.links
    roster = await read_roster(stage.services, page._id)
    people = [row for row in roster.rows if row.entry.object_type is ObjectType.USER]
    strangers = [row.entry.id for row in people if not row.in_scope]
    rows = (await links.links(page._id, "", ObjectType.USER, limit=8)).rows
    for row in rows[:4]:
        await links.unlink(page._id, row.link.source_id)
    await links.link(page._id, strangers[0], rows[0].link.target_id)
    await links.link(page._id, rows[0].link.source_id, rows[1].link.target_id)
    await links.unlink(page._id, strangers[0])
    page.tabs.setCurrentWidget(page.accounts)
    page.accounts.read()
    await stage.until(lambda: page.accounts.discovery is not None)
    await stage.settle()
    return page


async def unread(stage: Stage) -> QWidget:
    """The second tab before anything was read."""
    page = await _page(stage)
    page.tabs.setCurrentWidget(page.accounts)
    await stage.settle()
    return stage.window


async def discovery(stage: Stage) -> QWidget:
    """Accounts in the target and what they are."""
    page = await _loose(stage)
    page.accounts.table.selectRow(2)
    await stage.settle()
    return stage.window


async def ambiguous(stage: Stage) -> QWidget:
    """Only the ambiguous ones."""
    page = await _loose(stage)
    page.accounts.state_chips[AccountState.AMBIGUOUS].click()
    page.accounts.table.selectRow(0)
    await stage.settle()
    return stage.window


async def link_dialog(stage: Stage) -> QWidget:
    """Link to…"""
    page = await _loose(stage)
    page.accounts.state_chips[AccountState.MATCHING].click()
    page.accounts.table.selectRow(0)
    page.accounts.open_dialog()
    dialog = stage.window.findChild(LinkDialog)
    await stage.until(lambda: dialog.sources.found.count() > 0)
    await stage.settle()
    return dialog


SCENES = [
    Scene("64-links-empty", partial(empty, page="links")),
    Scene("65-links-typical", typical),
    Scene("66-links-comparison", comparison),
    Scene("67-accounts-unread", unread),
    Scene("68-accounts-discovery", discovery),
    Scene("69-accounts-ambiguous", ambiguous),
    Scene("69-accounts-link-to", link_dialog),
    Scene("82-links-smallest", comparison, size=SMALLEST_SIZE),
]
