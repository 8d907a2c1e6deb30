"""The program's entry: the application, the command line, or the engine process of a window."""

import sys
from pathlib import Path

from looop_gui.cli.root import ApplicationOpener, root


def main() -> None:
    """Run what the arguments ask for; without a command, open the application."""
    if sys.argv[1:2] == ["--engine"]:
        from looop_gui.services.engine_process import run_engine_process

        sys.exit(run_engine_process(sys.argv[2:]))
    root(prog_name="looop-gui", obj=ApplicationOpener(_open_application, _self_check))


def _open_application(data_folder: Path | None, demo_users: int | None) -> int:
    """Open the window; imported late, because the command line must not wait for Qt."""
    from looop_gui.app import run_application

    return run_application(data_folder, demo_users=demo_users)


def _self_check() -> int:
    """Open the window offscreen, migrate a fresh store, run a cycle against the embedded tenant."""
    from looop_gui.app import self_check

    return self_check()


if __name__ == "__main__":
    main()
