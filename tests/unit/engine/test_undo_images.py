"""The before-images of one cycle, joined to one for each object, and the order of its undo."""

from typing import Any

import pytest

from looop_gui.engine.rules import ConnectionRules, compile_rules
from looop_gui.engine.undo_images import joined_images, referring_to_lost
from looop_gui.engine.undo_values import is_as, planned_value, still_holds, whole_elements
from looop_gui.engine.undo_work import UndoState, undo_work
from looop_gui.model.before_image import BeforeImage, ImageKind
from looop_gui.model.connection import Application, ConnectionSettings, Dialect
from looop_gui.model.directory import ObjectType
from looop_gui.model.job import Link
from looop_gui.scim.target_path import target_path
from looop_gui.setup.default_mappings import default_schema

MANAGER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager"


MANAGED_BY_U1 = {MANAGER.rpartition(":")[0]: {"manager": "u1"}}


def image(kind: str, source_id: str = "ann", **more: Any) -> BeforeImage:
    object_type = more.pop("object_type", ObjectType.USER)
    target_id = more.pop("target_id", f"u-{source_id}")
    return BeforeImage(ImageKind(kind), object_type, source_id, target_id, source_id, **more)


def joined(*images: BeforeImage) -> list[BeforeImage]:
    return joined_images(images, MANAGER)


CASES = [
    pytest.param(
        [
            image("updated", values=(("title", "a", "b"),)),
            image("updated", values=(("title", "b", "c"), ("nickName", None, "x"))),
        ],
        image("updated", values=(("title", "a", "c"), ("nickName", None, "x"))),
        id="the first value before, the last after",
    ),
    pytest.param(
        [
            image("created", values=(("title", None, "a"),)),
            image("updated", values=((MANAGER, None, "u1"),)),
        ],
        image("created", values=(("title", None, "a"), (MANAGER, None, "u1"))),
        id="created, then given a manager",
    ),
    pytest.param(
        [
            image("updated", values=(("title", "a", "b"),)),
            image("deleted", resource={"id": "u-ann", "title": "b", "userName": "ann"}),
        ],
        image("deleted", resource={"id": "u-ann", "title": "a", "userName": "ann"}),
        id="changed, then deleted: as before both",
    ),
    pytest.param(
        [
            image("deleted", resource={"id": "u-ann", "title": "a"}),
            image("created", target_id="u2", values=(("title", None, "b"),)),
        ],
        image("updated", target_id="u2", values=(("title", "a", "b"),)),
        id="deleted and made anew: an update of what is there now",
    ),
    pytest.param(
        [
            image("manager", values=(("", "u1", None),)),
            image("updated", values=((MANAGER, None, "u2"),), lost=True),
        ],
        image("updated", values=((MANAGER, "u1", "u2"),)),
        id="a manager who was deleted is known though the update does not know",
    ),
    pytest.param(
        [image("members", added=("p1", "p2")), image("members", removed=("p2", "p3"))],
        image("updated", added=("p1",), removed=("p3",)),
        id="whoever was added and removed is neither",
    ),
    pytest.param(
        [image("updated", values=(("title", "a", "b"),)), image("updated", lost=True)],
        image("updated", values=(("title", "a", "b"),), lost=True),
        id="lost once is lost",
    ),
    pytest.param(
        [
            image("updated", values=(("title", "a", "b"),), doubtful=True),
            image("updated", lost=True),
        ],
        image("updated", values=(("title", "a", "b"),)),
        id="what is found to be written was kept before the crash",
    ),
    pytest.param(
        [
            image("deleted", resource={"id": "u-ann"}, removed=("p1",), doubtful=True),
            image("deleted", lost=True),
        ],
        image("deleted", resource={"id": "u-ann"}, removed=("p1",)),
        id="what is found to be deleted was kept before the crash",
    ),
    pytest.param(
        [
            image("deleted", resource={"id": "u-ann", "title": "a"}, doubtful=True),
            image("updated", values=(("title", "a", "b"),)),
        ],
        image("updated", values=(("title", "a", "b"),)),
        id="a deletion that was cut off before it was sent, and not wanted any more",
    ),
    pytest.param(
        [
            image("deleted", resource={"id": "u-ann"}, doubtful=True),
            image("manager", values=(("", "u1", None),)),
        ],
        image("deleted", resource={"id": "u-ann", **MANAGED_BY_U1}, doubtful=True),
        id="a deletion of which it is not known, and its manager was deleted as well",
    ),
    pytest.param(
        [
            image("updated", values=(("title", "a", "b"),), doubtful=True),
            image("created", values=(("title", None, "b"),)),
        ],
        image("created", values=(("title", None, "b"),)),
        id="made by an attempt that was cut off, and changed by the next one",
    ),
    pytest.param(
        [
            image("created", values=(("title", None, "a"),)),
            image("deleted", resource={"id": "u-ann"}, doubtful=True),
        ],
        image("created", values=(("title", None, "a"),)),
        id="created, and a deletion that may not have arrived",
    ),
]


@pytest.mark.parametrize(("images", "expected"), CASES)
def test_images_are_joined(images: list[BeforeImage], expected: BeforeImage) -> None:
    assert joined(*images) == [expected]


def test_what_was_created_and_deleted_by_the_same_cycle_needs_no_undo() -> None:
    assert joined(image("created"), image("deleted", resource={"id": "u-ann"})) == []


def test_a_manager_without_a_mapping_is_not_put_back() -> None:
    assert joined_images([image("manager", values=(("", "u1", None),))], "") == []


@pytest.mark.parametrize(
    ("wanted", "held", "same"),
    [
        ("SALES", "Sales", False),
        (True, "True", True),
        (None, "", True),
        (None, [], True),
        (["a", "b"], ["b", "a"], True),
        ([{"value": "a", "$ref": "x"}], [{"value": "a"}], True),
        ([{"value": "a", "type": "work"}], [{"value": "a"}], False),
        (False, None, False),
    ],
)
def test_as_before_is_asked_strictly(wanted: Any, held: Any, same: bool) -> None:
    assert is_as(wanted, held) is same


@pytest.mark.parametrize(
    ("after", "held", "same"),
    [
        ("A@x.org", "a@x.org", True),
        ([{"value": "a", "type": "t"}], [{"value": "A", "display": "d"}], True),
        ("a", "b", False),
        ("a", None, False),
    ],
)
def test_whether_somebody_else_has_changed_it_is_asked_tolerantly(
    after: Any, held: Any, same: bool
) -> None:
    assert still_holds(None, after, held) is same


def test_an_element_that_becomes_empty_goes_as_a_whole() -> None:
    path = target_path('emails[type eq "work"].value')
    change = planned_value(path, "a@x.org", None)

    whole = whole_elements([change], {"emails": [{"type": "work", "value": "a@x.org"}]})
    part = whole_elements([change], {"emails": [{"type": "work", "value": "a", "display": "d"}]})

    assert [one.change.path.text for one in whole] == ['emails[type eq "work"]']
    assert part == [change]


@pytest.fixture
def rules() -> ConnectionRules:
    schema = default_schema(Application.LOOOP)
    return compile_rules(schema, ConnectionSettings(), Dialect.RFC7644, "Looop")


def test_what_was_created_goes_last_and_members_without_a_first_pass(
    rules: ConnectionRules,
) -> None:
    group = image("members", "g", object_type=ObjectType.GROUP, added=("ann",))
    work = undo_work(
        joined(image("created"), image("updated", "bob", values=(("title", "a", "b"),)), group),
        {},
        rules,
        "",
    )

    assert [task.source_id for task in work.first] == ["bob"]
    assert [task.source_id for task in work.members_only] == ["g"]
    assert [task.source_id for task in work.last] == ["ann"]


def test_a_name_is_freed_before_it_is_given_back(rules: ConnectionRules) -> None:
    """ann became x, bob became ann, and cyd was created as bob."""
    work = undo_work(
        joined(
            image("updated", "ann", values=(("userName", "ann", "x"),)),
            image("updated", "bob", values=(("userName", "bob", "ann"),)),
            image("created", "cyd", values=(("userName", None, "bob"),)),
        ),
        {},
        rules,
        "",
    )

    assert [(task.source_id, task.wave) for task in work.first] == [
        ("cyd", 0),
        ("bob", 1),
        ("ann", 2),
    ]
    assert work.last == ()


def test_people_who_swapped_names_do_not_wait_for_each_other_for_ever(
    rules: ConnectionRules,
) -> None:
    work = undo_work(
        joined(
            image("updated", "ann", values=(("userName", "a", "b"),)),
            image("updated", "bob", values=(("userName", "b", "a"),)),
        ),
        {},
        rules,
        "",
    )

    assert {task.source_id for task in work.first} == {"ann", "bob"}


def test_an_id_leads_to_the_resource_made_anew() -> None:
    state = UndoState({"ann": image("deleted", resource={"id": "u-ann"})})
    assert state.id_now("u-ann") is None
    assert state.id_now("other") == "other"

    state.new_ids["u-ann"] = "u9"

    assert state.id_now("u-ann") == "u9"


@pytest.mark.parametrize("doubtful", [True, False])
def test_who_refers_to_somebody_whose_deletion_was_cut_off_is_known_by_the_links(
    doubtful: bool,
) -> None:
    """A deletion that was acknowledged was noted by its cycle with what it took from others."""
    images = [
        image("deleted", resource={"id": "u-ann"}, doubtful=doubtful),
        image("created", "new", object_type=ObjectType.GROUP),
    ]
    links = [
        Link("bob", "u-bob", ObjectType.USER, "bob", manager="ann"),
        Link("sales", "g1", ObjectType.GROUP, "sales", members=frozenset({"ann", "bob"})),
        Link("new", "u-new", ObjectType.GROUP, "new", members=frozenset({"ann"})),
    ]

    found = referring_to_lost(images, links)

    noted = [(one.kind, one.source_id, one.removed, one.values) for one in found]
    assert noted == (
        [
            (ImageKind.MANAGER, "bob", (), (("", "u-ann", None),)),
            (ImageKind.MEMBERS, "sales", ("ann",), ()),
        ]
        if doubtful
        else []
    )
