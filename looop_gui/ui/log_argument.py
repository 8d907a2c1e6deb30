"""What other pages hand to the provisioning log to show a part of it."""

from dataclasses import dataclass

from looop_gui.model.provisioning_log import ProvisioningAction, ProvisioningStatus


@dataclass(frozen=True, slots=True)
class LogArgument:
    """A person or a cycle, statuses and actions; `words` is what the chip for it says."""

    words: str
    source_id: str = ""
    cycle_id: str = ""
    statuses: frozenset[ProvisioningStatus] = frozenset()
    actions: frozenset[ProvisioningAction] = frozenset()
