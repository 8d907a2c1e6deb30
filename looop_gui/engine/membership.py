"""A group's members as references: who is put into it and taken out of it (section f.5).

They are written in batches after the groups themselves, as far as both ends are linked.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from msgspec.structs import replace

from looop_gui.engine.adapting import BuildRequest
from looop_gui.engine.before_images import note_members_before, note_members_doubt
from looop_gui.engine.conversation import Conversation, ObjectOutcome, ObjectTask
from looop_gui.engine.exporting import ATTEMPTS, write
from looop_gui.engine.failure import ObjectFailedError, ObjectSkippedError
from looop_gui.engine.group_members import member_changes, members_held
from looop_gui.engine.record import ObjectRecord
from looop_gui.engine.references import (
    UNSURE,
    note_export,
    note_failure,
    reference_record,
    settled_digest,
)
from looop_gui.engine.request_limits import members_in_one_request
from looop_gui.engine.view import CycleView
from looop_gui.model.job import Link
from looop_gui.model.provisioning_log import ProvisioningStatus, StepType
from looop_gui.scim.dialect import add_members_request, batches, remove_members_request


def provision_members(task: ObjectTask, view: CycleView) -> Conversation[ObjectOutcome | None]:
    """Write a group's members in batches; None when there is nothing to write."""
    link = view.links.get(task.source_id)
    if view.rules.groups.members is None or link is None or not link.managed:
        return None
    if task.references_uncertain or any(one.startswith(UNSURE) for one in link.members):
        try:
            link = yield from _read_back(link, view)
        except ObjectFailedError as failure:
            record = reference_record(task, link, view)
            record.link = replace(link, members=link.members | {UNSURE})
            return note_failure(record, failure)
    members = task.source.members if task.source is not None else ()
    targets = _linked_members(members, view)
    wanted = set(targets)
    if targets and not link.members and view.keeps_images and task.source_id not in view.created:
        link = yield from _with_those_there(link, targets, view)
    maybe = {member[len(UNSURE) :] for member in link.members if member.startswith(UNSURE)}
    certain = {member for member in link.members if not member.startswith(UNSURE)}
    added = sorted(wanted - certain)
    removed = sorted((certain | maybe) - wanted - view.left_out)
    left_behind = view.left_behind.get(task.source_id, ())
    exported = view.links[task.source_id].members
    chosen = task.chosen_members
    if chosen is not None:
        added, removed = sorted((wanted & chosen) - certain), []
    elif not (added or removed or left_behind) and link.members == exported:
        return None
    # What a cut-off attempt of this cycle has written counts as written by it.
    arrived = task.references_uncertain and link.members != exported
    link = replace(link, members=frozenset(certain) | _marked(maybe - wanted))
    record = reference_record(task, link, view)
    record.maybe = frozenset(maybe)
    left_out = len(set(members)) - len(wanted) if chosen is None else len(chosen - wanted)
    there = "" if chosen is None else f"; {len(chosen & certain)} of those chosen are there already"
    record.step(
        "EntrySynchronizationUpdate",
        StepType.REFERENCE_RESOLUTION,
        f"{len(added)} members to add and {len(removed)} to remove; {left_out} are not provisioned"
        f"{there}",
        {"added": str(len(added)), "removed": str(len(removed)), "notProvisioned": str(left_out)},
    )
    try:
        yield from _export_members(
            _Membership(record, link, view),
            {key: targets[key] for key in added},
            {key: view.links[key].target_id for key in removed if key in view.links},
            [key for key in removed if key not in view.links],
        )
        yield from _remove_left_behind(record, link, view, left_behind)
    except ObjectFailedError as failure:
        return note_failure(record, failure)
    if record.link is not None:
        record.link = replace(record.link, source_digest=settled_digest(task, view))
    if not record.wrote and not arrived:
        return record.skipped(ObjectSkippedError("RedundantExport", "Nothing had to be sent."))
    note_export(record, view, "members")
    return record.succeeded()


def _linked_members(members: Iterable[str], view: CycleView) -> dict[str, str]:
    """The target ids of those members that are linked and managed, by source id."""
    known = view.links.get
    return {
        key: link.target_id for key in members if (link := known(key)) is not None and link.managed
    }


class _Membership:
    """What is known of a group's members while they are written.

    The link is made at the end and not for every batch: to copy the members of a large group
    hundreds of times takes longer than to send them.
    """

    def __init__(self, record: ObjectRecord, link: Link, view: CycleView) -> None:
        self.record = record
        self.link = link
        self.view = view
        self._known = set(link.members)
        self._unsure = False

    def wrote(self, *, added: Sequence[str] = (), removed: Sequence[str] = ()) -> None:
        """The target has acknowledged a batch."""
        record, known = self.record, self._known
        if removed or self._unsure:
            known.difference_update(removed, _marked(removed), _marked(added))
        known.update(added)
        record.wrote += 1
        record.added += added
        record.removed += removed

    def may_have_written(self, batch: Sequence[str]) -> None:
        """The outcome of a batch stays unknown: its members are marked as unsure."""
        self._known.difference_update(batch)
        self._known |= _marked(batch)
        self._unsure = True

    def without(self, gone: Iterable[str]) -> None:
        """Those who were deleted in the target are no members of anything any more."""
        self._known.difference_update(gone, _marked(gone))

    def keep(self, *, failed: bool = False) -> None:
        """Put it into the record's link; of a failure only what it has changed."""
        if self.record.wrote or self._unsure or not failed:
            self.record.link = replace(self.link, members=frozenset(self._known))


def _export_members(
    membership: _Membership,
    added: Mapping[str, str],
    removed: Mapping[str, str],
    gone: Sequence[str],
) -> Conversation[None]:
    """Send the batches; `added` and `removed` are target ids by source id.

    Who is `gone` has no link: she was deleted in the target, and her membership with her.
    """
    record, settings = membership.record, membership.view.rules.settings
    size = members_in_one_request(settings.member_batch_size, settings.request_limits)
    record.modified.extend(member_changes(added.values(), removed.values()))
    try:
        for batch in batches(added, size):
            yield from _add_batch(membership, batch, added)
            membership.wrote(added=batch)
        for batch in batches(removed, size):
            yield from _remove_batch(membership, batch, removed)
            membership.wrote(removed=batch)
    except ObjectFailedError:
        membership.keep(failed=True)
        raise
    membership.without(gone)
    membership.keep()


def _remove_left_behind(
    record: ObjectRecord, link: Link, view: CycleView, ids: Sequence[str]
) -> Conversation[None]:
    """Take out members who are nobody's in the target. That it refuses is noted, and no failure."""
    settings = view.rules.settings
    size = members_in_one_request(settings.member_batch_size, settings.request_limits)
    for batch in batches(ids, size):
        try:
            yield from write(view, partial(remove_members_request, link.target_id, batch))
        except ObjectFailedError as failure:
            if failure.unsure or failure.code not in ("BadRequest", "InvalidAnchor"):
                raise
            record.step(
                "EntrySynchronizationSkip",
                StepType.EXPORT,
                "The target refuses to take out members that it has deleted itself",
                {"reason": failure.reason},
                ProvisioningStatus.WARNING,
            )
            return
        record.wrote += 1
        record.modified += member_changes((), batch)


def _add_batch(
    membership: _Membership, batch: Sequence[str], targets: Mapping[str, str]
) -> Conversation[None]:
    """Put members into a group; what may have arrived is read back, and only the rest sent again.

    Adding twice should be adding once (RFC 7644 section 3.5.2.1), and there are targets that then
    hold a member twice.
    """
    doubt: ObjectFailedError | None = None
    link = membership.link
    while batch:
        build = partial(add_members_request, link.target_id, [targets[key] for key in batch])
        try:
            return (yield from _write_batch(membership, build, added=batch, attempts=1))
        except ObjectFailedError as failure:
            if doubt is not None or not failure.unsure:
                raise
            doubt = failure
        try:
            held = yield from members_held(link)
        except ObjectFailedError:
            raise doubt from None
        batch = [key for key in batch if held is None or targets[key] not in held]
    return None


def _remove_batch(
    membership: _Membership, batch: Sequence[str], targets: Mapping[str, str]
) -> Conversation[None]:
    """Take members out of a group.

    A target may refuse to remove who is no member (noTarget, RFC 7644 section 3.12), because an
    earlier removal has arrived or somebody did it by hand; then only the others are removed.
    """
    refused: ObjectFailedError | None = None
    link = membership.link
    while batch:
        build = partial(remove_members_request, link.target_id, [targets[key] for key in batch])
        try:
            return (yield from _write_batch(membership, build, removed=batch))
        except ObjectFailedError as failure:
            if refused is not None or failure.code not in ("BadRequest", "InvalidAnchor"):
                raise
            refused = failure
        try:
            held = yield from members_held(link)
        except ObjectFailedError:
            raise refused from None
        left = [key for key in batch if held is None or targets[key] in held]
        if len(left) == len(batch):
            raise refused
        batch = left
    return None


def _write_batch(
    membership: _Membership,
    build: BuildRequest,
    *,
    added: Sequence[str] = (),
    removed: Sequence[str] = (),
    attempts: int = ATTEMPTS,
) -> Conversation[None]:
    """Send a batch. When its outcome stays unknown, its members are marked as unsure."""
    record = membership.record
    note_members_before(record, added, removed)
    try:
        yield from write(membership.view, build, attempts=attempts)
    except ObjectFailedError as failure:
        note_members_doubt(record, failure, added, removed)
        if failure.unsure:
            membership.may_have_written((*added, *removed))
        raise


def _marked(members: Iterable[str]) -> frozenset[str]:
    return frozenset(UNSURE + member_id for member_id in members)


def _read_back(link: Link, view: CycleView) -> Conversation[Link]:
    """The link with the members that the target has now, where it says so (quirk 29).

    Raises ObjectFailedError when the target cannot be asked; nobody knows then whom to remove.
    """
    ids = yield from members_held(link)
    if ids is None and not view.shown.members:
        return replace(link, members=link.members - {UNSURE})
    known = (_member_of(view, link, key) for key in ids or ())
    return replace(link, members=frozenset(key for key in known if key is not None))


def _with_those_there(
    link: Link, targets: Mapping[str, str], view: CycleView
) -> Conversation[Link]:
    """The link of a group that was there before, with those of its wanted members who were, too.

    They are not added once more, and an undo of this run must not take them out. Where the group
    cannot be read they are.
    """
    try:
        held = (yield from members_held(link)) or set()
    except ObjectFailedError:
        return link
    return replace(link, members=frozenset(key for key, one in targets.items() if one in held))


def _member_of(view: CycleView, link: Link, target_id: str) -> str | None:
    """Who it is that the target calls so: of a person and a group, who was made a member."""
    found = view.owners.all(target_id)
    first = found[0] if found else None
    return next((key for key in found if {key, UNSURE + key} & link.members), first)
