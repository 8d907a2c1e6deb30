"""What all commands have in common: help, the data folder, a line in the help page, a display."""

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from looop_gui.cli.root import COMMANDS, ApplicationOpener, root
from looop_gui.services.data_folder import usual_data_folder

GROUPS_WITHOUT_DATA = {"mapping"}
"""Do nothing by themselves; their subcommands have the option."""


def commands() -> list[tuple[str, click.Command]]:
    """All commands and subcommands by their words."""
    assert isinstance(root, click.Group)
    context = click.Context(root)
    found: list[tuple[str, click.Command]] = []
    for name in COMMANDS:
        command = root.get_command(context, name)
        assert command is not None
        found.append((name, command))
        if isinstance(command, click.Group):
            found += [(f"{name} {sub}", one) for sub, one in command.commands.items()]
    return found


def test_every_command_takes_the_data_folder() -> None:
    lacking = [
        name
        for name, command in commands()
        if not any("--data-dir" in option.opts for option in command.params)
    ]
    assert set(lacking) == GROUPS_WITHOUT_DATA


def test_the_help_page_lists_every_command(checkout: Path) -> None:
    page = (checkout / "resources" / "help" / "command-line.md").read_text("utf-8")
    assert [name for name in COMMANDS if f"`looop-gui {name}" not in page] == []


def test_the_help_page_of_options_has_every_option_and_no_other(checkout: Path) -> None:
    page = (checkout / "resources" / "help" / "command-line-options.md").read_text("utf-8")
    told: dict[str, set[str]] = {}
    for section in page.split("\n## ")[1:]:
        title, _, body = section.partition("\n")
        rows = [line for line in body.splitlines() if line.startswith("| `-")]
        told[title] = set(re.findall(r"`(-[-a-z]+)", "\n".join(rows)))
    there = {
        name: {
            word
            for option in command.params
            if isinstance(option, click.Option) and not option.hidden
            for word in (*option.opts, *option.secondary_opts)
        }
        - {"--data-dir", "--help"}
        for name, command in [("looop-gui", root), *commands()]
    }
    assert told == {name: options for name, options in there.items() if options}


def test_every_option_says_what_it_does() -> None:
    silent = [
        (name, option.name)
        for name, command in commands()
        for option in command.params
        if isinstance(option, click.Option) and not option.help and not option.hidden
    ]
    assert silent == []


def test_help_pages_name_no_option_that_does_not_exist(checkout: Path) -> None:
    there = {
        word
        for _, command in [("", root), *commands()]
        for option in command.params
        for word in (*option.opts, *option.secondary_opts)
    }
    pages = [*(checkout / "resources" / "help").glob("*.md"), checkout / "README.md"]
    named = {
        word
        for page in pages
        for word in re.findall(r"(?<![\w-])--[a-z][a-z-]+", page.read_text("utf-8"))
    }
    assert named - there == {"--help"}


def test_without_a_display_the_window_is_refused_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    opened: list[object] = []
    opener = ApplicationOpener(lambda *given: opened.append(given) or 0, lambda: 0)

    result = CliRunner().invoke(root, [], obj=opener)

    assert result.exit_code == 2
    assert "There is no display" in result.stderr
    assert opened == []


def test_the_folder_named_before_the_command_counts(tmp_path: Path) -> None:
    result = CliRunner().invoke(root, ["--data-dir", str(tmp_path / "here"), "connections"])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "here" / "workbench.sqlite3").exists()
    assert not (usual_data_folder() / "workbench.sqlite3").exists()
