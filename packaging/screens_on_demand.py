"""Scenes of provision on demand and of the no-op certificate."""

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from looop_gui.model.directory import ObjectType
from looop_gui.model.mapping import AttributeDefinition, AttributeMapping, MappingType
from looop_gui.services.provisioning_on_demand import MOST_MEMBERS
from looop_gui.services.roster import read_roster
from looop_gui.ui.on_demand.page import OnDemandPage
from looop_gui.ui.overview.certificate_card import CertificateCard
from looop_gui.ui.overview.page import OverviewPage
from scene import SMALLEST_SIZE, Scene, Stage
from screens_window import empty, synced

PHONE = 'phoneNumbers[type eq "work"].value'


async def _page(stage: Stage) -> OnDemandPage:
    await empty(stage, "on_demand")
    page = stage.window.page
    assert isinstance(page, OnDemandPage)
    await stage.until(lambda: page.found.count() > 0)
    return page


async def _choose(page: OnDemandPage, stage: Stage, object_type: ObjectType) -> None:
    """Choose the first person or group in scope; a group with more members than may go with it."""
    least = 0 if object_type is ObjectType.USER else MOST_MEMBERS + 1
    roster = await read_roster(stage.services, page._id)
    people = {row.entry.id for row in roster.rows if row.entry.object_type is ObjectType.USER}
    one = next(
        row.entry
        for row in roster.rows
        if row.in_scope
        and row.entry.object_type is object_type
        and len(people.intersection(row.entry.members)) >= least
    )
    page.show_argument(one.id)
    await stage.until(lambda: page.chosen is not None and page.chosen.id == one.id)


async def steps(stage: Stage) -> QWidget:
    """Steps as they happen; the tenant is slow to answer."""
    page = await _page(stage)
    await _choose(page, stage, ObjectType.USER)
    await stage.services.tenants.set_fault(page._id, "latency=1500ms")
    page.provision_button.click()
    await stage.until(lambda: page.steps.count() > 3)
    await stage.settle()
    return stage.window


async def several(stage: Stage) -> QWidget:
    """Several people one after the other."""
    page = await _page(stage)
    for row in (1, 3, 4, 8):
        page.found.item(row).setSelected(True)
    page.found.setCurrentItem(page.found.item(8), page.found.selectionModel().SelectionFlag.Select)
    page.provision_button.click()
    await stage.until(lambda: page.results.count() == 4 and page.try_button.isEnabled())
    await stage.settle()
    return stage.window


async def members(stage: Stage) -> QWidget:
    """A group with the members that were chosen."""
    page = await _page(stage)
    await _choose(page, stage, ObjectType.GROUP)
    await stage.until(lambda: page.members.list.count() > MOST_MEMBERS)
    page.members.only.click()
    for row in range(2):
        page.members.list.item(row).setCheckState(page.members.list.item(row).checkState().Checked)
    page.try_button.click()
    await stage.until(lambda: page.results.count() == 3 and page.try_button.isEnabled())
    await stage.settle()
    return stage.window


async def draft(stage: Stage) -> QWidget:
    """The draft against the saved configuration."""
    page = await _page(stage)
    desk = stage.window.desk
    assert desk is not None
    document = await desk.documents.open(stage.services, page._id)
    mapping = document.schema.user_mapping
    rows = tuple(
        replace(row, mapping_type=MappingType.EXPRESSION, source="ToUpper([department])")
        if row.target_attribute.endswith("department")
        else row
        for row in mapping.attribute_mappings
    )
    edited = replace(document.schema, user_mapping=replace(mapping, attribute_mappings=rows))
    document.edit_schema("Department in capitals", edited)
    await _choose(page, stage, ObjectType.USER)
    await stage.until(page.draft_button.isVisible)
    page.draft_button.click()
    await stage.until(page.write_draft_button.isVisible)
    await stage.settle()
    return stage.window


async def _certificate(stage: Stage) -> CertificateCard:
    page = stage.window.page
    assert isinstance(page, OverviewPage)
    await stage.until(page.certificate.check_button.isEnabled)
    page.certificate.check()
    await stage.until(lambda: page.certificate.verdict.text().startswith("A second cycle"))
    return page.certificate


async def certified(stage: Stage) -> QWidget:
    """A second cycle would send nothing."""
    await synced(stage, "overview")
    card = await _certificate(stage)
    await stage.settle()
    return card


async def endless(stage: Stage) -> QWidget:
    """A tenant that keeps values in its own spelling."""
    await synced(stage, "overview")
    page = stage.window.page
    assert isinstance(page, OverviewPage)
    services, connection_id = stage.services, page._connection_id
    await services.tenants.set_quirk(connection_id, "values-normalised")
    await services.tenants.set_quirk(connection_id, "external-id-not-stored")
    schema = await services.mappings.schema(connection_id)
    mapping = schema.user_mapping
    phone = AttributeMapping(PHONE, MappingType.DIRECT, "telephoneNumber")
    rows = (*mapping.attribute_mappings, phone)
    known = (*schema.target_user_attributes, AttributeDefinition(PHONE))
    mapped = replace(mapping, attribute_mappings=rows)
    await services.mappings.save(
        connection_id, replace(schema, user_mapping=mapped, target_user_attributes=known)
    )
    await services.provisioning.run_cycle(connection_id)
    card = await _certificate(stage)
    await stage.settle()
    return card


SCENES = [
    Scene("46-on-demand-steps", steps),
    Scene("46-on-demand-several", several),
    Scene("46-on-demand-members", members),
    Scene("46-on-demand-draft", draft),
    Scene("47-certificate-clean", certified),
    Scene("47-certificate-endless", endless),
    Scene("82-on-demand-smallest", members, size=SMALLEST_SIZE),
]
