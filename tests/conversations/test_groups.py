"""Groups: first without members, then members in batches (sections f.5 and g.3)."""

from dataclasses import replace

import pytest

from looop_gui.engine.decisions import Decision
from looop_gui.engine.membership import provision_members
from looop_gui.engine.provisioning import provision_object
from looop_gui.model.connection import Dialect
from looop_gui.model.directory import ObjectType
from looop_gui.model.provisioning_log import ProvisioningStatus
from looop_gui.scim.messages import FailureKind, ScimResponse

FIND = 'GET /Groups?excludedAttributes=members&filter=displayName eq "Sales"'
PATCH = "PATCH /Groups/g100"
SALES = {"id": "g100", "displayName": "Sales", "externalId": "sales"}
LOST = ScimResponse(0, failure=FailureKind.CONNECTION_LOST, failure_text="The connection was lost.")


@pytest.fixture
def members(world, dialogue, make_group):
    """Carries the members' pass of Sales, linked to g100, with the people p0, p1, ... linked."""

    def carry(wanted, script, exported=(), people=5):
        for number in range(people):
            world.link(f"p{number}", f"u{number}")
        world.link("sales", "g100", object_type=ObjectType.GROUP, members=frozenset(exported))
        task = world.task(make_group("sales", *wanted), Decision.UPDATE)
        return dialogue(provision_members(task, world.view), script)

    return carry


def test_a_group_is_created_without_members(world, dialogue, make_group, make_list):
    talk = dialogue(
        provision_object(world.task(make_group("sales", "p1")), world.view),
        [(FIND, make_list()), ("POST /Groups", (201, SALES))],
    )

    assert talk.bodies[1] == {
        "schemas": [
            "urn:ietf:params:scim:schemas:core:2.0:Group",
            "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group",
        ],
        "meta": {"resourceType": "Group"},
        "displayName": "Sales",
        "externalId": "sales",
    }
    assert talk.result.references_left


def test_a_linked_group_is_read_without_members(world, dialogue, make_group):
    world.link("sales", "g100", object_type=ObjectType.GROUP)

    talk = dialogue(
        provision_object(
            world.task(make_group("sales", displayName="Sales EU"), Decision.UPDATE), world.view
        ),
        [("GET /Groups/g100?excludedAttributes=members", (200, SALES)), (PATCH, 204)],
    )

    assert talk.operations() == [{"op": "Replace", "path": "displayName", "value": "Sales EU"}]


@pytest.mark.parametrize(
    ("dialect", "added", "removed"),
    [
        (
            Dialect.ENTRA_LEGACY,
            {"op": "Add", "path": "members", "value": [{"$ref": None, "value": "u1"}]},
            {"op": "Remove", "path": "members", "value": [{"value": "u0"}]},
        ),
        (
            Dialect.ENTRA_COMPLIANT,
            {"op": "add", "path": "members", "value": [{"$ref": None, "value": "u1"}]},
            {"op": "remove", "path": 'members[value eq "u0"]'},
        ),
        (
            Dialect.RFC7644,
            {"op": "add", "path": "members", "value": [{"value": "u1"}]},
            {"op": "remove", "path": 'members[value eq "u0"]'},
        ),
    ],
)
def test_adds_and_removes_are_requests_apart(world, members, dialect, added, removed):
    world.dialect = dialect

    talk = members(["p1"], [(PATCH, 204), (PATCH, 204)], exported=["p0"])

    assert talk.operations(0) == [added]
    assert talk.operations(1) == [removed]
    assert talk.result.link.members == {"p1"}
    assert (talk.result.members_added, talk.result.members_removed) == (1, 1)


def test_members_go_in_batches(world, members):
    world.settings = replace(world.settings, member_batch_size=2)

    talk = members(["p0", "p1", "p2", "p3", "p4"], [(PATCH, 204)] * 3)

    sizes = [len(body["Operations"][0]["value"]) for body in talk.bodies]
    assert sizes == [2, 2, 1]


def test_only_members_that_are_linked_and_managed_are_sent(world, members):
    world.link("left", "u99", managed=False)

    talk = members(["p0", "left", "stranger"], [(PATCH, 204)])

    assert talk.result.link.members == {"p0"}
    assert talk.result.steps[0].details["notProvisioned"] == "2"


def test_a_nested_group_is_a_member_like_another(world, members):
    world.link("north", "g200", object_type=ObjectType.GROUP)

    talk = members(["north"], [(PATCH, 204)])

    assert talk.operations()[0]["value"] == [{"$ref": None, "value": "g200"}]


def test_members_that_were_exported_are_not_sent_again(members):
    assert members(["p0", "p1"], [], exported=["p0", "p1"]).result is None


def test_one_change_in_a_large_group_is_one_member(members):
    everybody = [f"p{number}" for number in range(3000)]

    talk = members([*everybody], [(PATCH, 204)], exported=everybody[1:], people=3000)

    assert talk.operations() == [
        {"op": "Add", "path": "members", "value": [{"$ref": None, "value": "u0"}]}
    ]


def test_somebody_deleted_in_the_target_is_no_member_to_remove(members):
    talk = members(["p0"], [], exported=["p0", "deleted"])

    assert talk.result.link.members == {"p0"}
    assert talk.result.wrote == 0


def test_what_was_acknowledged_before_a_failure_is_remembered(world, members):
    world.settings = replace(world.settings, member_batch_size=2)

    talk = members(["p0", "p1", "p2", "p3"], [(PATCH, 204), (PATCH, 403)])

    assert talk.result.status is ProvisioningStatus.FAILURE
    assert talk.result.link.members == {"p0", "p1"}


READ = "GET /Groups/g100"


@pytest.mark.parametrize(
    ("held", "sent_again"),
    [
        ([], ["u0", "u1"]),
        (["u0"], ["u1"]),
        (["u0", "u1"], None),
        (None, ["u0", "u1"]),
    ],
)
def test_members_without_answer_are_read_back_and_the_rest_is_sent(members, held, sent_again):
    """scimmy holds a member twice who is added twice."""
    shown = {**SALES} if held is None else {**SALES, "members": [{"value": one} for one in held]}
    again = [(PATCH, 204)] if sent_again else []

    talk = members(["p0", "p1"], [(PATCH, LOST), (READ, (200, shown)), *again])

    assert talk.result.status is ProvisioningStatus.SUCCESS
    assert talk.result.link.members == {"p0", "p1"}
    if sent_again:
        assert [one["value"] for one in talk.operations()[0]["value"]] == sent_again


def test_who_was_a_member_before_is_neither_added_nor_taken_out_by_an_undo(
    world, dialogue, make_group
):
    world.link("sales", "g100", object_type=ObjectType.GROUP)
    world.link("p0", "u0")
    world.link("p1", "u1")
    view = world.view
    view.keeps_images = True
    shown = (200, {**SALES, "members": [{"value": "u0"}, {"value": "stranger"}]})
    task = world.task(make_group("sales", "p0", "p1"), Decision.UPDATE)

    talk = dialogue(provision_members(task, view), [(READ, shown), (PATCH, 204)])

    assert [one["value"] for one in talk.operations()[0]["value"]] == ["u1"]
    assert talk.result.image.added == ("p1",)
    assert talk.result.link.members == {"p0", "p1"}


def test_what_follows_a_batch_that_was_in_doubt_is_kept_for_an_undo(world, members):
    world.settings = replace(world.settings, member_batch_size=1)
    shown = (200, {**SALES, "members": [{"value": "u0"}]})

    talk = members(["p0", "p1"], [(PATCH, LOST), (READ, shown), (PATCH, 204)])

    assert talk.result.image.added == ("p0", "p1")
    assert not talk.result.image.doubtful


def test_members_that_cannot_be_read_back_stay_in_doubt(members):
    talk = members(["p0"], [(PATCH, LOST), (READ, 503)])

    assert talk.result.failed
    assert talk.result.link.members == {"?p0"}


@pytest.mark.parametrize(
    ("status", "may_be_there"), [(500, True), (503, True), (501, False), (400, False)]
)
def test_a_target_that_fails_may_have_taken_the_members_all_the_same(
    members, world, status, may_be_there
):
    """Else who leaves the group before the next try keeps what the group gives for ever."""
    world.settings = replace(world.settings, adapt_dialect=False)

    again = [(READ, (200, SALES)), (PATCH, status)] if may_be_there else []
    talk = members(["p0"], [(PATCH, status), *again])

    assert talk.result.failed
    kept = talk.result.link
    assert (kept is not None and "?p0" in kept.members) is may_be_there


NO_TARGET = (400, {"scimType": "noTarget", "detail": "No value of 'members' matches the filter."})


@pytest.fixture
def plain(world):
    world.dialect = Dialect.RFC7644
    return world


def removed_of(talk, number=-1):
    return [operation["path"] for operation in talk.operations(number)]


def test_who_is_no_member_any_more_need_not_be_removed(plain, members):
    """The removal of p1 arrived and its answer was lost: a strict target refuses it ever after."""
    there = (200, {**SALES, "members": [{"value": "u0"}, {"value": "u2"}]})

    talk = members(
        ["p0"],
        [(PATCH, LOST), (PATCH, NO_TARGET), (READ, there), (PATCH, 204)],
        exported=["p0", "p1", "p2"],
    )

    assert removed_of(talk, 0) == ['members[value eq "u1"]', 'members[value eq "u2"]']
    assert removed_of(talk) == ['members[value eq "u2"]']
    assert talk.result.link.members == {"p0"}


def test_a_removal_that_has_arrived_is_done(plain, members):
    there = (200, {**SALES, "members": [{"value": "u0"}]})

    talk = members(["p0"], [(PATCH, NO_TARGET), (READ, there)], exported=["p0", "p1", "p2"])

    assert talk.result.status is ProvisioningStatus.SUCCESS
    assert talk.result.link.members == {"p0"}


@pytest.mark.parametrize(
    "shown", [(200, {**SALES, "members": [{"value": "u0"}, {"value": "u1"}]}), (200, SALES), 404]
)
def test_a_removal_that_is_refused_for_another_reason_stays_a_failure(plain, members, shown):
    talk = members(["p0"], [(PATCH, NO_TARGET), (READ, shown)], exported=["p0", "p1"])

    assert talk.result.error.error_code == "BadRequest"
    assert "No value" in talk.result.error.reason
