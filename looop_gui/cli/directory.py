"""`looop-gui directory`: makes and changes folders of directory files."""

from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import click

from looop_gui.cli.root import unused_data_dir_option
from looop_gui.model.errors import SourceError
from looop_gui.sources.demo import generate
from looop_gui.sources.editing import DirectoryEditor
from looop_gui.sources.folder_writing import write_folder
from looop_gui.sources.preview import preview
from looop_gui.sources.typical_day import typical_day

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FAULTY = 1
_UNUSABLE = 2


@click.group("directory")
@unused_data_dir_option
def command() -> None:
    """Make, check and change folders of directory files (users.csv, groups.csv, ...)."""


@command.command("generate")
@unused_data_dir_option
@click.option(
    "--users",
    type=click.IntRange(min=1),
    default=200,
    show_default=True,
    help="How many people, guests and deleted ones included.",
)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="Another seed gives another company."
)
@click.option("--force", is_flag=True, help="Replace the files of a folder that has some already.")
@click.argument("folder", type=_FOLDER)
@click.pass_context
def generate_command(
    context: click.Context, users: int, seed: int, force: bool, folder: Path
) -> None:
    """Write an invented company to FOLDER, the same one for the same size and seed."""
    if (folder / "users.csv").exists() and not force:
        click.echo(f"{folder} has a users.csv already. Add --force to replace it.", err=True)
        context.exit(_UNUSABLE)
    try:
        company = generate(users, seed)
        write_folder(company, folder)
    except SourceError as error:
        _fail(context, error)
    click.echo(
        f"{len(company.users)} people, {len(company.groups)} groups and"
        f" {len(company.assignments)} assignments were written to {folder}.",
        err=True,
    )


@command.command("check")
@unused_data_dir_option
@click.argument("folder", type=click.Path(exists=True, path_type=Path))
@click.pass_context
def check_command(context: click.Context, folder: Path) -> None:
    """Read FOLDER (or a users file) and list what is wrong with it, line by line.

    Exit code 0 when nothing is wrong, 1 when rows are, 2 when the folder cannot be used.
    """
    try:
        shown = preview(folder)
    except SourceError as error:
        _fail(context, error)
    for problem in shown.problems:
        click.echo(f"{problem.file}:{problem.line}: {problem.sentence}")
    if shown.refusal:
        click.echo(f"{shown.refusal} {shown.next_step}", err=True)
        context.exit(_UNUSABLE)
    click.echo(
        f"{shown.users} people, {shown.groups} groups and {shown.assignments} assignments;"
        f" {shown.file} is {shown.encoding}.",
        err=True,
    )
    context.exit(_FAULTY if shown.problems else 0)


@command.command("change")
@unused_data_dir_option
@click.option("--seed", type=int, default=1, show_default=True, help="Which day it is.")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.pass_context
def change_command(context: click.Context, seed: int, folder: Path) -> None:
    """Let a typical day pass in FOLDER: people join, move, marry, pause and leave."""
    try:
        changes = typical_day(DirectoryEditor(folder, lambda: datetime.now(UTC)), seed)
    except SourceError as error:
        _fail(context, error)
    for sentence in changes:
        click.echo(sentence)


def _fail(context: click.Context, error: SourceError) -> NoReturn:
    for sentence in (error.sentence, error.safe, error.next_step):
        if sentence:
            click.echo(sentence, err=True)
    context.exit(_UNUSABLE)
