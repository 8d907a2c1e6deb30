"""What a source directory is to the rest of the program, and how one is opened."""

from pathlib import Path
from typing import Protocol

from looop_gui.model.connection import SourceSettings, SourceType
from looop_gui.model.directory import DirectorySnapshot
from looop_gui.sources.demo import DemoSource
from looop_gui.sources.files import FilesSource


class SourceDirectory(Protocol):
    """A directory that can be read. Both methods block: call them in a thread."""

    def read(self) -> DirectorySnapshot:
        """All people, groups and assignments now. Raises SourceError."""
        ...

    def digest(self) -> str:
        """The digest that `read` would give now, found without parsing. Raises SourceError."""
        ...


def open_source(settings: SourceSettings, data_folder: Path) -> SourceDirectory:
    """The source directory of these settings; a relative folder lies in `data_folder`.

    The demo company is a folder of files too, made at its first reading, so that it can be
    edited. Opening reads nothing.
    """
    folder = source_folder(settings, data_folder)
    if settings.type is SourceType.DEMO:
        return DemoSource(folder, settings)
    return FilesSource(folder, settings)


def source_folder(settings: SourceSettings, data_folder: Path) -> Path:
    """Where the files of a source lie; a demo company without folder has one by size and seed."""
    folder = settings.folder
    if settings.type is SourceType.DEMO and not folder:
        folder = f"demo/company-{settings.users}-{settings.seed}"
    return data_folder / Path(folder).expanduser()
