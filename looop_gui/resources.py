"""Finds the files of `resources/` from a checkout, an installed wheel or a frozen application."""

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any


@cache
def folder() -> Path:
    """The folder that holds the resources. Raises FileNotFoundError where none is installed."""
    package = Path(__file__).resolve().parent
    frozen = getattr(sys, "_MEIPASS", None)
    candidates = [package / "_resources", package.parent / "resources"]
    if frozen is not None:
        candidates[:0] = [Path(frozen) / "looop_gui" / "_resources", Path(frozen) / "resources"]
    for candidate in candidates:
        if (candidate / "mappings").is_dir():
            return candidate
    raise FileNotFoundError(f"No resources folder beside {package}")


def path(*parts: str) -> Path:
    """The path of one resource, e.g. `path("mappings", "looop.json")`; it need not exist."""
    return folder().joinpath(*parts)


def read_text(*parts: str) -> str:
    """One resource as text (UTF-8)."""
    return path(*parts).read_text(encoding="utf-8")


def read_bytes(*parts: str) -> bytes:
    """One resource as bytes."""
    return path(*parts).read_bytes()


def read_json(*parts: str) -> Any:
    """One JSON resource, parsed anew at each call."""
    return json.loads(read_bytes(*parts))
