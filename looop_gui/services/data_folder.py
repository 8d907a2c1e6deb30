"""Where a user's data lie when no folder was named."""

from pathlib import Path

from platformdirs import user_data_path


def usual_data_folder() -> Path:
    """The folder of this user, as the platform has it; it need not exist."""
    return user_data_path("looop-gui", appauthor=False)
