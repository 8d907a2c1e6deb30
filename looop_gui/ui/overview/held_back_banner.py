"""The banner for a cycle that a guard held back: what is safe, the list, and to allow it once."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from looop_gui.model.job import JobState
from looop_gui.services.provisioning_jobs import HELD_BACK
from looop_gui.ui.theme import Theme
from looop_gui.ui.widgets.banner import Banner, Tone
from looop_gui.ui.widgets.buttons import button


class HeldBackBanner(Banner):
    """Shown while something is held back and no cycle runs (section f.8).

    `on_list` shows what was held back, `on_allow` asks whether it may pass once, `on_reject`
    whether it is to be refused.
    """

    def __init__(
        self,
        theme: Theme,
        on_list: Callable[[], object],
        on_allow: Callable[[], object],
        on_reject: Callable[[], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, parent)
        self._on_allow = on_allow
        self._list_button = button(theme, self.tr("Show the list"), on_list)
        self.reject_button = button(theme, self.tr("Reject"), on_reject)
        row = self.layout()
        assert isinstance(row, QHBoxLayout)
        for place, one in enumerate((self._list_button, self.reject_button), _AFTER_THE_WORDS):
            one.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            row.insertWidget(place, one)

    def show_state(self, state: JobState) -> None:
        """Say what the job holds back, or hide when that is nothing or a cycle runs."""
        if not holds_back(state) or state.running_cycle is not None:
            self.clear()
            return
        what = state.quarantine.sentence if state.quarantine is not None else ""
        next_step = self.tr(
            "Look at the list. If it is meant, allow it once; if not, reject it and correct the "
            "source or the scope."
        )
        self.say(
            Tone.DANGER,
            self.tr("The cycle was held back. Nothing was written."),
            f"{what} {next_step}".strip(),
            action=self.tr("Allow once"),
            on_action=self._on_allow,
            closable=False,
        )


def holds_back(state: JobState) -> bool:
    """Whether the quarantine of a job is a guard's, so that it can be allowed once."""
    return state.quarantine is not None and HELD_BACK in state.extra


_AFTER_THE_WORDS = 2
