"""What a cycle would do, as the review page shows it: numbers, names, sentences."""

from dataclasses import dataclass

from looop_gui.model.directory import ObjectType
from looop_gui.model.job import CycleCounts, CycleKind
from looop_gui.model.provisioning_log import ProvisioningLogEntry


@dataclass(frozen=True, slots=True)
class ForecastGroup:
    """All objects that would be treated alike: how many, and who (the first hundreds).

    `action` is create, update, disable, delete, skip or fail; `names` are (source id, name).
    """

    action: str
    object_type: ObjectType
    count: int
    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Forecast:
    """The result of a dry run: nothing was written, neither in the target nor in the store.

    `requests` counts what a real cycle would send, `writes` those of them that change the target.
    `sentences` say it in words, the most important first; `entries` are the provisioning log's
    entries as the cycle would write them.
    """

    kind: CycleKind
    users: CycleCounts
    groups: CycleCounts
    members_added: int
    members_removed: int
    requests: int
    writes: int
    by_action: tuple[ForecastGroup, ...]
    sentences: tuple[str, ...]
    guard: str = ""
    entries: tuple[ProvisioningLogEntry, ...] = ()
