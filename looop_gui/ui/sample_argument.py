"""What other pages hand to the attribute mapping to show a person or group as its sample."""

from dataclasses import dataclass

from looop_gui.model.directory import ObjectType


@dataclass(frozen=True, slots=True)
class SampleArgument:
    """A person or group of the source by id."""

    object_type: ObjectType
    source_id: str
