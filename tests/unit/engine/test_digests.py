"""Whether whom an object refers to has changed since it was exported."""

import pytest

from looop_gui.engine.conversation import ObjectTask, ScopeFacts
from looop_gui.engine.decisions import Decision
from looop_gui.engine.digests import references_changed, refers_to_others, with_references_left
from looop_gui.model.directory import DirectoryObject, ObjectType
from looop_gui.model.job import Link

GROUP = DirectoryObject("g1", ObjectType.GROUP, {"displayName": "Sales"})


def link(source_id: str, *, digest: str = "", managed: bool = True) -> Link:
    return Link(
        source_id=source_id,
        target_id=f"t-{source_id}",
        object_type=ObjectType.USER,
        display_name=source_id,
        managed=managed,
        source_digest=digest,
    )


@pytest.mark.parametrize(
    ("exported", "decision", "expected"),
    [
        ("own.one", Decision.UPDATE, False),
        (with_references_left("own.one"), Decision.UPDATE, False),
        ("own.other", Decision.UPDATE, True),
        ("own.other", Decision.DISABLE, False),
    ],
)
def test_done_before_a_crash_and_with_other_references_since(
    exported: str, decision: Decision, expected: bool
) -> None:
    task = ObjectTask(
        object_type=ObjectType.GROUP,
        source_id="g1",
        source_name="Sales",
        decision=decision,
        source=GROUP,
        link=link("g1", digest=exported),
        scope=ScopeFacts(in_scope=True),
        digest="own.one",
    )

    assert refers_to_others(task) is expected


@pytest.mark.parametrize("managed", [True, False])
def test_a_manager_counts_as_linked_only_while_managed(managed: bool) -> None:
    ann = DirectoryObject("ann", ObjectType.USER, {"manager": "bob"})

    changed = references_changed(ann, link("ann"), {"bob": link("bob", managed=managed)})

    assert changed is managed
