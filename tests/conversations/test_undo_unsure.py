"""An undo of a run that never learnt whether a create had arrived."""

from datetime import UTC, datetime, timedelta

import pytest

from looop_gui.engine.conversation import Unsure
from looop_gui.engine.owners import Owners
from looop_gui.engine.undo_unsure import undo_unsure
from looop_gui.engine.undo_work import UndoState, unsure_work
from looop_gui.model.connection import ConnectionSettings
from looop_gui.model.directory import ObjectType
from looop_gui.model.provisioning_log import ProvisioningAction, ProvisioningStatus

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
FIND = 'GET /Users?filter=userName eq "ann@contoso.com"'
WITHIN, BEFORE, AFTER = "2026-11-24T12:00:05Z", "2026-11-24T11:00:00Z", "2026-11-24T13:00:00Z"


@pytest.fixture
def undone(world, dialogue):
    def carry(script, *, disable=False):
        names = {"ann": (ObjectType.USER, Unsure(("ann@contoso.com",), NOW))}
        (task,) = unsure_work(names, world.links, "Undoes the cycle")
        state = UndoState({}, disable, NOW, NOW + timedelta(minutes=1))
        view = world.view
        view.owners = Owners(world.links.values())
        return dialogue(undo_unsure(task, view, state), script).result

    return carry


def test_what_was_made_within_the_run_goes_again(undone, make_resource, make_list):
    made = make_resource(meta={"created": WITHIN})

    outcome = undone([(FIND, make_list(made)), ("DELETE /Users/u100", 204)])

    assert (outcome.action, outcome.status) == (
        ProvisioningAction.DELETE,
        ProvisioningStatus.SUCCESS,
    )
    assert outcome.image.resource["userName"] == "ann@contoso.com"


def test_or_is_disabled(undone, make_resource, make_list):
    made = make_resource(meta={"created": WITHIN})

    outcome = undone([(FIND, make_list(made)), ("PATCH /Users/u100", 204)], disable=True)

    assert outcome.action is ProvisioningAction.DISABLE
    assert outcome.wrote == 1


@pytest.mark.parametrize("answer", [(), ({"created": BEFORE},)])
def test_what_never_arrived_or_was_there_before_is_no_matter(
    undone, make_resource, make_list, answer
):
    outcome = undone([(FIND, make_list(*(make_resource(meta=meta) for meta in answer)))])

    assert outcome.skip_reason == "RedundantExport"


@pytest.mark.parametrize("meta", [{}, {"created": AFTER}])
def test_what_may_be_the_run_s_is_listed_and_stays(undone, make_resource, make_list, meta):
    outcome = undone([(FIND, make_list(make_resource(meta=meta)))])

    assert outcome.skip_reason == "MayBeCreated"
    assert "u100" in outcome.error.reason


def test_somebody_else_s_account_stays(world, undone, make_resource, make_list):
    world.link("bob", "u100")

    outcome = undone([(FIND, make_list(make_resource(meta={"created": WITHIN})))])

    assert outcome.skip_reason == "RedundantExport"


def test_what_is_append_only_stays(world, undone, make_resource, make_list):
    world.settings = ConnectionSettings(append_only=True)

    outcome = undone([(FIND, make_list(make_resource(meta={"created": WITHIN})))])

    assert outcome.skip_reason == "AppendOnly"


def test_who_is_linked_since_needs_no_search(world):
    names = {"ann": (ObjectType.USER, Unsure(("ann@contoso.com",), NOW))}
    world.link("ann", "u100")

    assert unsure_work(names, world.links, "") == ()
