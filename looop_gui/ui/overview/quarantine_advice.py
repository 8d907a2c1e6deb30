"""What to do about a quarantine, by its reason, and the page where that is done."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from looop_gui.model.job import QuarantineReason
from looop_gui.model.provisioning_log import ProvisioningStatus
from looop_gui.ui.log_argument import LogArgument
from looop_gui.ui.settings_argument import CREDENTIALS

translate = QCoreApplication.translate

_TOO_MANY_FAILURES = frozenset(
    {
        QuarantineReason.BASE_ESCROW_THRESHOLD,
        QuarantineReason.TOTAL_ESCROW_THRESHOLD,
        QuarantineReason.ESCROW_PROPORTION_THRESHOLD,
    }
)


@dataclass(frozen=True, slots=True)
class QuarantineAdvice:
    """What to do in a sentence, and the button that leads to the page where it is done."""

    remedy: str
    action: str
    page: str
    argument: object = None


def quarantine_advice(reason: QuarantineReason) -> QuarantineAdvice:
    """The advice for a reason, in the language of the window."""
    if reason in _TOO_MANY_FAILURES:
        failures = LogArgument(
            translate("QuarantineAdvice", "Failures"),
            statuses=frozenset({ProvisioningStatus.FAILURE}),
        )
        return QuarantineAdvice(
            translate(
                "QuarantineAdvice",
                "What to do: open the failures, mend their cause in the mapping, the source or the "
                "target, then press Run now.",
            ),
            translate("QuarantineAdvice", "Show the failures"),
            "provisioning_log",
            failures,
        )
    if reason is QuarantineReason.INGESTION_INTERRUPTED:
        return QuarantineAdvice(
            translate(
                "QuarantineAdvice",
                "What to do: make the source directory readable again, then press Run now.",
            ),
            translate("QuarantineAdvice", "Open the settings"),
            "settings",
        )
    if reason is QuarantineReason.TOO_MANY_DELETES:
        return QuarantineAdvice(
            translate(
                "QuarantineAdvice",
                "It was rejected. What to do: correct the source, the scope or the limits, look at "
                "a dry run, then start provisioning.",
            ),
            translate("QuarantineAdvice", "Dry run"),
            "plan",
        )
    if reason is QuarantineReason.ON_DEMAND:
        return QuarantineAdvice(
            translate("QuarantineAdvice", "What to do: press Run now when provisioning may go on."),
            translate("QuarantineAdvice", "Open the settings"),
            "settings",
        )
    return QuarantineAdvice(
        translate(
            "QuarantineAdvice",
            "What to do: correct the tenant URL or the secret token in the settings, press Test "
            "Connection there, then Run now.",
        ),
        translate("QuarantineAdvice", "Open the settings"),
        "settings",
        CREDENTIALS,
    )
