"""What other pages hand to the attribute mapping to show one target attribute."""

from dataclasses import dataclass

from looop_gui.model.directory import ObjectType


@dataclass(frozen=True, slots=True)
class MappingArgument:
    """A target attribute of people or of groups."""

    object_type: ObjectType
    target_attribute: str
