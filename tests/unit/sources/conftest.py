"""A folder of files, and the snapshot of it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from looop_gui.model.connection import SourceSettings, SourceType
from looop_gui.model.directory import DirectorySnapshot
from looop_gui.sources.files import FilesSource

ReadFolder = Callable[..., DirectorySnapshot]


@pytest.fixture
def read_folder(tmp_path: Path) -> ReadFolder:
    """Writes the given files (name, its dots as `_`, to text or bytes) and reads the folder."""

    def read(settings: SourceSettings | None = None, **files: str | bytes) -> DirectorySnapshot:
        for name, content in files.items():
            stem, _, suffix = name.rpartition("_")
            data = content if isinstance(content, bytes) else content.encode("utf-8")
            (tmp_path / f"{stem}.{suffix}").write_bytes(data)
        return FilesSource(tmp_path, settings or SourceSettings(SourceType.FILES)).read()

    return read
