"""The second pass of an undo: managers and members, when everybody is there again."""

from collections.abc import Iterable, Sequence
from functools import partial

from msgspec.structs import replace

from looop_gui.engine.adapting import BuildRequest
from looop_gui.engine.before_images import (
    note_doubt,
    note_manager,
    note_members_before,
    note_members_doubt,
)
from looop_gui.engine.conversation import Conversation, ObjectOutcome, ObjectTask
from looop_gui.engine.exporting import read_linked, verified_update, write
from looop_gui.engine.failure import (
    ObjectFailedError,
    ObjectSkippedError,
    failure_of_answer,
    incompatible,
)
from looop_gui.engine.members_shown import shown_ids
from looop_gui.engine.object_steps import concluded, note_export
from looop_gui.engine.processing import PlannedChange
from looop_gui.engine.record import ObjectRecord
from looop_gui.engine.references import UNSURE
from looop_gui.engine.request_limits import members_in_one_request
from looop_gui.engine.undo_skips import is_as_before, members_gone, missing_members
from looop_gui.engine.undo_values import manager_of, member_ids, planned_value
from looop_gui.engine.undo_work import UndoState
from looop_gui.engine.view import CycleView
from looop_gui.model.before_image import BeforeImage, ImageKind
from looop_gui.model.connection import Dialect
from looop_gui.model.job import Link
from looop_gui.model.provisioning_log import (
    ModifiedProperty,
    ProvisioningAction,
    ProvisioningStatus,
    StepType,
)
from looop_gui.scim.dialect import (
    add_members_request,
    batches,
    remove_members_request,
    resource_path,
)
from looop_gui.scim.messages import JsonObject, ScimRequest
from looop_gui.scim.target_path import TargetPath, reference_id


def undo_manager(
    task: ObjectTask, image: BeforeImage, view: CycleView, state: UndoState
) -> Conversation[ObjectOutcome | None]:
    """Give a person the manager back who had to be made anew first."""
    rule = view.rules.users.manager
    link = view.links.get(task.source_id)
    if rule is None or link is None:
        return None
    if image.resource is not None:
        before = manager_of(image.resource)
    else:
        values = {text: was for text, was, _ in image.values}
        before = reference_id(values.get(rule.path.text))
    record = _record(task, link, image, view)
    putting = _put_manager_back(record, link, rule.path, before, view, state)
    return (yield from concluded(record, putting))


def _put_manager_back(
    record: ObjectRecord,
    link: Link,
    path: TargetPath,
    before: str | None,
    view: CycleView,
    state: UndoState,
) -> Conversation[None]:
    wanted = state.id_now(before)
    if wanted is None:
        why = _why([state.gone.get(before or "", before or "")], view, state)[0]
        words = f"The manager from before the cycle is missing: {why}."
        raise ObjectSkippedError("ReferenceGone", words)
    current = yield from read_linked(link.object_type, link.target_id)
    held = reference_id(path.read(current))

    def plan_again(now: JsonObject) -> list[PlannedChange]:
        present = reference_id(path.read(now))
        if present == wanted:
            return []
        return [planned_value(path, present, wanted, reference=True)]

    planned = plan_again(current)
    if not planned:
        record.link = replace(link, manager=view.owners.get(wanted, UNSURE), source_digest="")
        raise is_as_before()
    record.modified.extend(item.modified for item in planned)
    note_manager(record, link.target_id, path.text, held, wanted, lost=False)
    try:
        yield from verified_update(link.object_type, link.target_id, planned, plan_again, view)
    except ObjectFailedError as failure:
        note_doubt(record, failure)
        raise
    record.wrote += 1
    record.link = replace(link, manager=view.owners.get(wanted, UNSURE), source_digest="")
    note_export(record, view, "EntryExportUpdate", "put back (manager)")


def undo_members(
    task: ObjectTask, image: BeforeImage, view: CycleView, state: UndoState
) -> Conversation[ObjectOutcome | None]:
    """Take out of a group whom the cycle put there, and put back whom it took out."""
    link = view.links.get(task.source_id)
    if link is None or image.kind is ImageKind.CREATED:
        return None
    record = _record(task, link, image, view)
    return (yield from concluded(record, _put_members_back(record, link, image, view, state)))


def _put_members_back(
    record: ObjectRecord, link: Link, image: BeforeImage, view: CycleView, state: UndoState
) -> Conversation[None]:
    request = ScimRequest("GET", resource_path(link.object_type, link.target_id))
    response = yield request
    if not response.ok:
        raise failure_of_answer(request, response)
    if not isinstance(response.body, dict):
        raise incompatible(request, "is not a SCIM resource but other text")
    added, removed, gone = _members(image, view, state)
    held = _held(response.body, link, image, view, (added, removed))
    present = set(held)
    # A target that keeps the deleted as members: the new ones take their places.
    renewed = {old for old, new in state.new_ids.items() if new != old and new in set(removed)}
    stale = [key for key in held if key in renewed]
    take = [key for key in (*added, *stale) if key in present]
    give = [key for key in removed if key not in present]
    record.step(
        "EntrySynchronizationUpdate",
        StepType.REFERENCE_RESOLUTION,
        f"{len(give)} members to put back and {len(take)} to take out; "
        f"{len(gone)} who were in it are missing",
        {"added": str(len(give)), "removed": str(len(take)), "gone": str(len(gone))},
    )
    why = _why(gone, view, state)
    link = _link_now(link, view, present, added, removed)
    record.link = link
    if not take and not give:
        raise members_gone(why) if gone else is_as_before()
    if gone:
        words, warning = missing_members(why), ProvisioningStatus.WARNING
        record.step("EntrySynchronizationSkip", StepType.REFERENCE_RESOLUTION, words, None, warning)
    if give:
        record.modified.append(ModifiedProperty("members", None, shown_ids(give)))
    if take:
        record.modified.append(ModifiedProperty("members", shown_ids(take), None))
    yield from _write_members(record, link, view, give, take)
    note_export(record, view, "EntryExportUpdate", "put back (members)")


def _held(
    resource: JsonObject,
    link: Link,
    image: BeforeImage,
    view: CycleView,
    written: tuple[list[str], list[str]],
) -> list[str]:
    """The target ids of those who are in a group; `written` were put in and taken out by the run.

    Of a target that does not show members, what was exported last counts (quirk 29). Where it is
    not known whether the run's own write has arrived, it counts as arrived: to take it back twice
    does no harm.
    """
    shown = member_ids(resource)
    if shown is not None or view.shown.members:
        return shown or []
    held = [view.links[key].target_id for key in link.members if key in view.links]
    if image.doubtful:
        added, removed = written
        held = [key for key in dict.fromkeys((*held, *added)) if key not in removed]
    return held


def _link_now(
    link: Link, view: CycleView, present: set[str], added: list[str], removed: list[str]
) -> Link:
    """The link with what an attempt of this undo that was cut off had done already."""
    there = _known((key for key in removed if key in present), view)
    gone = _known((key for key in added if key not in present), view)
    members = (link.members | frozenset(there)) - frozenset(gone)
    return replace(link, members=members, source_digest="")


def _why(source_ids: Iterable[str], view: CycleView, state: UndoState) -> list[str]:
    return [state.why_missing(key, left_out=key in view.left_out) for key in source_ids]


def _members(
    image: BeforeImage, view: CycleView, state: UndoState
) -> tuple[list[str], list[str], list[str]]:
    """The target ids of those whom the cycle added, and of those whom it removed, as far as there;
    and the source ids of the removed who are not.

    Of a group that was made anew, everybody who was in it has been removed.
    """
    removed = [view.links[key].target_id for key in image.removed if key in view.links]
    gone = [key for key in image.removed if key not in view.links]
    if image.resource is not None:
        before = member_ids(image.resource) or []
        held = [now for key in before if (now := state.id_now(key)) is not None]
        gone += [state.gone[key] for key in before if state.id_now(key) is None]
        return [], list(dict.fromkeys((*held, *removed))), list(dict.fromkeys(gone))
    return [view.links[key].target_id for key in image.added if key in view.links], removed, gone


def _write_members(
    record: ObjectRecord, link: Link, view: CycleView, give: list[str], take: list[str]
) -> Conversation[None]:
    """Send the batches; what was acknowledged is in the record's link after each.

    Where groups are written whole, it is one request: a second one would begin with what the
    target has made of the first, which no plan can know.
    """
    settings = view.rules.settings
    size = members_in_one_request(settings.member_batch_size, settings.request_limits)
    link = replace(link, source_digest="")
    if view.puts:
        added, removed = _known(give, view), _known(take, view)
        build = partial(_all_members, link.target_id, give, take)
        yield from _write_noted(record, view, build, added=added, removed=removed)
        record.added += added
        record.removed += removed
        members = (link.members | frozenset(record.added)) - frozenset(record.removed)
        record.link, record.wrote = replace(link, members=members), record.wrote + 1
        return
    for batch in batches(give, size):
        known = _known(batch, view)
        build = partial(add_members_request, link.target_id, batch)
        yield from _write_noted(record, view, build, added=known)
        link = replace(link, members=link.members | frozenset(known))
        record.link, record.wrote = link, record.wrote + 1
        record.added += known
    for batch in batches(take, size):
        known = _known(batch, view)
        build = partial(remove_members_request, link.target_id, batch)
        yield from _write_noted(record, view, build, removed=known)
        link = replace(link, members=link.members - frozenset(known))
        record.link, record.wrote = link, record.wrote + 1
        record.removed += known


def _write_noted(
    record: ObjectRecord,
    view: CycleView,
    build: BuildRequest,
    *,
    added: Sequence[str] = (),
    removed: Sequence[str] = (),
) -> Conversation[None]:
    note_members_before(record, added, removed)
    try:
        yield from write(view, build)
    except ObjectFailedError as failure:
        note_members_doubt(record, failure, added, removed)
        raise


def _known(target_ids: Iterable[str], view: CycleView) -> list[str]:
    return [view.owners[key] for key in target_ids if key in view.owners]


def _all_members(target_id: str, give: list[str], take: list[str], dialect: Dialect) -> ScimRequest:
    """Adding and removing members in one PATCH, which `put_instead` turns into one PUT."""
    requests = [add_members_request(target_id, give, dialect)] if give else []
    requests += [remove_members_request(target_id, take, dialect)] if take else []
    bodies: list[JsonObject] = [request.body for request in requests if request.body is not None]
    operations = [one for body in bodies for one in body["Operations"]]
    first = requests[0]
    body = {**bodies[0], "Operations": operations}
    return ScimRequest(first.method, first.path, first.query, first.headers, body)


def _record(task: ObjectTask, link: Link, image: BeforeImage, view: CycleView) -> ObjectRecord:
    task = replace(task, link=link)
    record = ObjectRecord(task, ProvisioningAction.UPDATE, view.on_step, view.ahead)
    record.target_name = image.name
    return record
