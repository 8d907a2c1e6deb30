"""Whether an object has a value to be matched by: without one it is skipped (section f.2)."""

from collections.abc import Callable

from looop_gui.model.directory import DirectoryObject
from looop_gui.model.mapping import MappingType, ObjectMapping


def matching_sources(mapping: ObjectMapping) -> tuple[str, ...]:
    """The source attributes of the matching attributes, all of them Direct; else none.

    Where a matching attribute is a constant or an expression, everybody is taken to have a value.
    """
    matching = mapping.matching
    sources = [m.source for m in matching if m.mapping_type is MappingType.DIRECT]
    return tuple(dict.fromkeys(sources)) if len(sources) == len(matching) else ()


def matching_test(mapping: ObjectMapping) -> Callable[[DirectoryObject], bool]:
    """Whether an object has a value for one of `matching_sources`, or there are none."""
    sources = matching_sources(mapping)
    if not sources:
        return lambda entry: True
    return lambda entry: any(
        entry.attributes.get(source) or (source == "objectId" and entry.id) for source in sources
    )
