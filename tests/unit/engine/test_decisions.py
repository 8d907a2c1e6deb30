"""The decision table of section f.4, row by row."""

import pytest

from looop_gui.engine.decisions import Decision, LinkState, Permissions, decide, narrow
from looop_gui.model.directory import ObjectType
from looop_gui.model.mapping import ALL_ACTIONS, TargetObjectActions

U, M, X = LinkState.UNLINKED, LinkState.MANAGED, LinkState.UNMANAGED
YES, NO, ANY = (True,), (False,), (True, False)

ROWS = [
    # linked, hard-deleted, active, in scope -> action (the reference's rows in its order)
    (U, NO, YES, YES, Decision.PROVISION),
    (U, NO, NO, ANY, Decision.SKIP),
    (U, NO, YES, NO, Decision.SKIP),
    (M, NO, YES, YES, Decision.UPDATE),
    (M, NO, NO, ANY, Decision.DISABLE),
    (M, NO, YES, NO, Decision.LEAVE),
    (M, YES, ANY, ANY, Decision.DELETE),
    (X, YES, ANY, ANY, Decision.NOTHING),
    (X, NO, NO, ANY, Decision.NOTHING),
    (X, NO, YES, NO, Decision.NOTHING),
    (X, NO, YES, YES, Decision.UPDATE),
    (U, YES, ANY, ANY, Decision.NOTHING),
]


@pytest.mark.parametrize(("link", "gone", "active", "scope", "decision"), ROWS)
def test_row(
    link: LinkState,
    gone: tuple[bool, ...],
    active: tuple[bool, ...],
    scope: tuple[bool, ...],
    decision: Decision,
) -> None:
    for hard_deleted in gone:
        for is_active in active:
            for in_scope in scope:
                assert (
                    decide(link, hard_deleted=hard_deleted, active=is_active, in_scope=in_scope)
                    is decision
                )


def test_the_rows_above_cover_every_combination() -> None:
    covered = sum(len(gone) * len(active) * len(scope) for _, gone, active, scope, _ in ROWS)

    assert covered == 3 * 2 * 2 * 2


def permissions(**changes: object) -> Permissions:
    usual: dict[str, object] = {
        "actions": ALL_ACTIONS,
        "skip_out_of_scope_deletions": False,
        "supports_soft_delete": True,
        "maps_soft_deletion": True,
    }
    return Permissions(**(usual | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("decision", list(Decision))
def test_people_keep_every_decision_with_the_usual_settings(decision: Decision) -> None:
    assert narrow(decision, ObjectType.USER, permissions()) == (decision, "")


@pytest.mark.parametrize("decision", [Decision.DISABLE, Decision.LEAVE])
def test_groups_are_deleted_because_they_cannot_be_disabled(decision: Decision) -> None:
    assert narrow(decision, ObjectType.GROUP, permissions())[0] is Decision.DELETE


@pytest.mark.parametrize("decision", [Decision.DISABLE, Decision.LEAVE])
def test_people_are_deleted_where_the_target_knows_no_soft_deletion(decision: Decision) -> None:
    given = permissions(supports_soft_delete=False)

    assert narrow(decision, ObjectType.USER, given)[0] is Decision.DELETE


@pytest.mark.parametrize("kind", list(ObjectType))
def test_skip_out_of_scope_deletions_covers_scope_exits_only(kind: ObjectType) -> None:
    given = permissions(skip_out_of_scope_deletions=True)

    assert narrow(Decision.LEAVE, kind, given)[0] is Decision.SKIP
    assert narrow(Decision.DELETE, kind, given)[0] is Decision.DELETE


def test_nothing_is_sent_for_a_disable_without_is_soft_deleted_in_the_mapping() -> None:
    given = permissions(maps_soft_deletion=False)

    assert narrow(Decision.DISABLE, ObjectType.USER, given)[0] is Decision.SKIP
    assert narrow(Decision.UPDATE, ObjectType.USER, given)[0] is Decision.UPDATE


def test_without_update_people_are_not_disabled_either() -> None:
    given = permissions(actions=TargetObjectActions.CREATE | TargetObjectActions.DELETE)

    assert narrow(Decision.DISABLE, ObjectType.USER, given) == (Decision.SKIP, "UpdateNotAllowed")
    assert narrow(Decision.DELETE, ObjectType.USER, given)[0] is Decision.DELETE


def test_without_delete_hard_deleted_people_are_left() -> None:
    given = permissions(actions=TargetObjectActions.CREATE | TargetObjectActions.UPDATE)

    assert narrow(Decision.DELETE, ObjectType.USER, given) == (Decision.SKIP, "DeleteNotAllowed")


@pytest.mark.parametrize("kind", list(ObjectType))
@pytest.mark.parametrize(
    "decision", [Decision.DISABLE, Decision.LEAVE, Decision.DELETE, Decision.RETRACT]
)
def test_append_only_takes_nothing_away(decision: Decision, kind: ObjectType) -> None:
    assert narrow(decision, kind, permissions(append_only=True)) == (Decision.SKIP, "AppendOnly")


@pytest.mark.parametrize("decision", [Decision.PROVISION, Decision.UPDATE])
def test_append_only_still_creates_and_updates(decision: Decision) -> None:
    given = permissions(append_only=True)
    assert narrow(decision, ObjectType.USER, given) == (decision, "")
