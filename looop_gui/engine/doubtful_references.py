"""Whose references are in doubt since a write was cut off, and whom the target shows them to have.

Whoever is deleted is nobody's member and manager any more. The cycle notes that from the links, so
that an undo puts both back; but the link of somebody whose references were just being written when
a run was stopped does not say whom the target has. So these are read before anybody is deleted. It
is for the notes only: what has to be written is decided when it is written.
"""

from msgspec.structs import replace

from looop_gui.engine.cycle import CycleInput, CycleWork
from looop_gui.engine.decisions import Decision
from looop_gui.engine.drift import Candidate
from looop_gui.engine.references import UNSURE
from looop_gui.engine.undo_values import manager_of, member_ids
from looop_gui.engine.view import CycleView
from looop_gui.model.directory import ObjectType
from looop_gui.model.job import Link
from looop_gui.scim.messages import JsonObject


def doubtful_references(given: CycleInput, work: CycleWork) -> list[Candidate]:
    """The linked objects to read before a cycle that deletes somebody; none before another one."""
    if not any(task.decision is Decision.DELETE for task in work.tasks()):
        return []
    unfinished, escrows = given.unfinished, given.escrows
    touched = {*unfinished.uncertain, *unfinished.references_uncertain, *escrows}
    links = (given.links[key] for key in sorted(touched) if key in given.links)
    return [
        Candidate(link, link.display_name, given.snapshot.find(link.source_id))
        for link in links
        if _is_doubtful(link, given)
    ]


def _is_doubtful(link: Link, given: CycleInput) -> bool:
    if link.source_id in given.unfinished.references_uncertain:
        return True
    if link.object_type is ObjectType.GROUP:
        return any(one.startswith(UNSURE) for one in link.members)
    # A person's manager is mostly written together with the person.
    return link.manager == UNSURE or link.source_id in given.unfinished.uncertain


def link_as_shown(link: Link, resource: JsonObject, view: CycleView) -> Link:
    """The link with whom the resource refers to, as far as it shows that."""
    if link.object_type is ObjectType.USER:
        manager = manager_of(resource)
        return link if manager is None else replace(link, manager=view.owners.get(manager, ""))
    members = member_ids(resource)
    if members is None:
        return link
    return replace(link, members=frozenset(key for one in members for key in view.owners.all(one)))
