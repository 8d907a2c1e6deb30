"""Digests of source objects: whether anything changed that the mapping reads.

A digest has two halves with a dot between: the object's own attributes, and whom it refers to. In a
link the second half says LEFT as long as the references have not been exported.
"""

from collections.abc import Mapping
from hashlib import blake2b

from looop_gui.engine.conversation import ObjectTask
from looop_gui.engine.decisions import Decision
from looop_gui.engine.rules import ObjectRules
from looop_gui.model.directory import DirectoryObject, ObjectType
from looop_gui.model.job import Link

LEFT = "left"
_SIZE = 8


def object_digest(
    rules: ObjectRules, candidate: DirectoryObject, *, soft_deleted: bool, roles: tuple[str, ...]
) -> str:
    """The digest of what the mapping reads of an object, and of its references."""
    values = map(candidate.attributes.get, rules.digest_sources)
    read = repr((soft_deleted, roles, list(values)))
    own = blake2b(read.encode("utf-8", "surrogatepass"), digest_size=_SIZE).hexdigest()
    return f"{own}.{_references_digest(candidate)}"


def own_half(digest: str) -> str:
    """The half of a digest that is of the object's own attributes."""
    return digest.partition(".")[0]


def with_references_left(digest: str) -> str:
    """The digest for a link whose references have not been exported."""
    return f"{own_half(digest)}.{LEFT}"


def references_changed(candidate: DirectoryObject, link: Link, links: Mapping[str, Link]) -> bool:
    """True when a manager or member that was not linked at the last export is so now."""
    if candidate.object_type is ObjectType.USER:
        manager = candidate.manager or ""
        found = links.get(manager)
        return found is not None and found.managed and link.manager != manager
    linked = {m for m in candidate.members if m in links and links[m].managed}
    return linked != link.members


def refers_to_others(task: ObjectTask) -> bool:
    """True when an object that was done refers to others since; its own attributes are the same."""
    if task.link is None or task.decision is not Decision.UPDATE:
        return False
    return task.link.source_digest not in (task.digest, with_references_left(task.digest))


def _references_digest(candidate: DirectoryObject) -> str:
    if candidate.object_type is ObjectType.USER:
        return candidate.manager or ""
    joined = "\n".join(sorted(candidate.members))
    return blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=_SIZE).hexdigest()
