"""The program's entry: the application, the command line, or the engine process of a window."""

import sys


def main() -> None:
    """Run what the arguments ask for; without a command, open the application."""
    if "--engine" in sys.argv[1:2]:
        from looop_gui.services.engine_process import run_engine_process

        sys.exit(run_engine_process(sys.argv[2:]))
    from looop_gui.cli.root import root

    root(prog_name="looop-gui")


if __name__ == "__main__":
    main()
