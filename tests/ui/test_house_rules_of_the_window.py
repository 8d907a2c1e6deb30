"""What must not be in the window's code: nested loops, stray coroutines, lost translations."""

import ast
from pathlib import Path

import pytest

BANNED_CALLS = {"exec", "exec_", "create_task", "ensure_future"}


@pytest.fixture
def sources(checkout: Path) -> list[Path]:
    found = sorted((checkout / "looop_gui" / "ui").rglob("*.py"))
    assert len(found) > 50
    return [*found, checkout / "looop_gui" / "app.py"]


def calls(path: Path) -> list[tuple[str, int]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        (node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id, node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name)
    ]


def test_coroutines_start_in_one_place_and_no_loop_is_nested(sources: list[Path]) -> None:
    found = [
        f"{path.name}:{line} {name}"
        for path in sources
        if path.name != "tasks.py"
        for name, line in calls(path)
        if name in BANNED_CALLS
    ]
    assert not found


def test_no_async_slots(sources: list[Path]) -> None:
    assert not [path.name for path in sources if "asyncSlot" in path.read_text(encoding="utf-8")]


def test_signals_of_the_theme_and_the_bridge_are_connected_to_methods(sources: list[Path]) -> None:
    """A lambda outlives its page and then calls into a widget that is gone."""
    found = [
        f"{path.name}: {line.strip()}"
        for path in sources
        if path.name != "main_window.py"
        for line in path.read_text(encoding="utf-8").splitlines()
        if ("bridge." in line or "theme.changed" in line) and "connect(lambda" in line
    ]
    assert not found


def test_folders_of_pages_do_not_know_each_other(sources: list[Path], checkout: Path) -> None:
    ui = checkout / "looop_gui" / "ui"
    nouns = {folder.name for folder in ui.iterdir() if (folder / "page.py").exists()}
    nouns = nouns - {"widgets"} | {"wizard"}
    assert len(nouns) >= 8
    found = [
        f"{own} imports {module}"
        for path in sources
        if (own := path.relative_to(ui).parts[0] if ui in path.parents else "") in nouns
        for module in imported(path)
        if module.split(".")[2:3] and module.split(".")[2] in nouns - {own}
    ]
    assert not found


def imported(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return [module for module in modules if module.startswith("looop_gui.ui.")]
