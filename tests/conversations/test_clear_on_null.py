"""With clear on null, a value goes where the source has none any more; Entra leaves it (c.6)."""

from dataclasses import replace

import pytest

from looop_gui.engine.decisions import Decision
from looop_gui.engine.provisioning import provision_object
from looop_gui.model.connection import Dialect
from looop_gui.model.mapping import AttributeMapping, FlowType, MappingType

READ, PATCH = "GET /Users/u100", "PATCH /Users/u100"
IGNORED = 'IIF([department]="", IgnoreAttributeFlow, [department])'


def direct(target: str, source: str, **more: object) -> AttributeMapping:
    return AttributeMapping(target, MappingType.DIRECT, source, **more)  # type: ignore[arg-type]


@pytest.fixture
def update(world, dialogue, make_person):
    """Carries an update of Ann, who is linked, with or without the setting."""

    def carry(script, *, clear=True, dialect=Dialect.ENTRA_LEGACY, **attributes):
        world.settings = replace(world.settings, clear_on_null=clear)
        world.dialect = dialect
        world.link("ann", "u100")
        task = world.task(make_person(**attributes), Decision.UPDATE)
        return dialogue(provision_object(task, world.view), script)

    return carry


@pytest.mark.parametrize(
    ("dialect", "op"),
    [
        (Dialect.ENTRA_LEGACY, "Remove"),
        (Dialect.ENTRA_COMPLIANT, "remove"),
        (Dialect.RFC7644, "remove"),
    ],
)
def test_a_value_that_the_source_lost_is_removed(world, update, make_resource, dialect, op):
    world.map_users(direct("title", "jobTitle"))
    there = make_resource(title="Boss")

    talk = update([(READ, (200, there)), (PATCH, 204)], dialect=dialect, jobTitle=None)

    assert talk.operations() == [{"op": op, "path": "title"}]
    change = talk.result.modified_properties[0]
    assert (change.display_name, change.old_value, change.new_value) == ("title", "Boss", None)


def test_without_the_setting_it_stays_as_in_entra(world, update, make_resource):
    world.map_users(direct("title", "jobTitle"))

    talk = update([(READ, (200, make_resource(title="Boss")))], clear=False, jobTitle=None)

    assert talk.result.skip_reason == "RedundantExport"


@pytest.mark.parametrize("held", [None, ""])
def test_nothing_is_cleared_twice(world, update, make_resource, held):
    world.map_users(direct("title", "jobTitle"))

    talk = update([(READ, (200, make_resource(title=held)))], jobTitle=None)

    assert talk.result.skip_reason == "RedundantExport"


@pytest.mark.parametrize(
    "mapping",
    [
        direct("title", "jobTitle", flow_type=FlowType.OBJECT_ADD_ONLY),
        direct("title", "jobTitle", matching_priority=2),
        AttributeMapping("title", MappingType.EXPRESSION, IGNORED),
        AttributeMapping("title", MappingType.NONE, ""),
    ],
    ids=["only during creation", "matched by", "ignored", "not mapped"],
)
def test_what_must_stay_stays(world, update, make_resource, mapping):
    world.map_users(mapping)

    talk = update([(READ, (200, make_resource(title="Boss")))], jobTitle=None, department=None)

    assert talk.result.skip_reason == "RedundantExport"
