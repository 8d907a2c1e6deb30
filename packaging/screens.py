"""Takes pictures of the real application, offscreen: `python packaging/screens.py [OUTPUT]`.

Writes `light/NN-page-state.png` and `dark/NN-page-state.png`. Further scenes are registered by
adding a list of `Scene` to `all_scenes`. `--only TEXT` takes those whose name has the text.
"""

import argparse
import asyncio
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent)]

from PySide6.QtCore import Qt, QtMsgType, qInstallMessageHandler  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402
from qasync import QEventLoop  # noqa: E402

from looop_gui.app import make_application  # noqa: E402
from looop_gui.ui.palettes import Appearance  # noqa: E402
from pseudo_translation import PseudoGerman  # noqa: E402
from scene import Scene, Stage, picture  # noqa: E402
from screens_drift import SCENES as DRIFT_SCENES  # noqa: E402
from screens_links import SCENES as LINKS_SCENES  # noqa: E402
from screens_log import SCENES as LOG_SCENES  # noqa: E402
from screens_on_demand import SCENES as ON_DEMAND_SCENES  # noqa: E402
from screens_plan import SCENES as PLAN_SCENES  # noqa: E402
from screens_undo import SCENES as UNDO_SCENES  # noqa: E402
from screens_window import SCENES as WINDOW_SCENES  # noqa: E402


def all_scenes() -> list[Scene]:
    """The scenes of everybody, in order of their names."""
    scenes = [*WINDOW_SCENES, *LOG_SCENES, *LINKS_SCENES, *ON_DEMAND_SCENES, *PLAN_SCENES]
    scenes += [*UNDO_SCENES, *DRIFT_SCENES]
    try:
        from screens_wizard import SCENES as WIZARD_SCENES
    except ImportError:
        return sorted(scenes, key=lambda scene: scene.name)
    return sorted([*scenes, *WIZARD_SCENES], key=lambda scene: scene.name)


def main() -> int:
    """Take all pictures; gives 1 when a scene failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", nargs="?", type=Path, default=Path("build/screens"))
    parser.add_argument("--only", default="", help="Only scenes whose name has this text.")
    options = parser.parse_args()
    qInstallMessageHandler(_drop_plugin_notes)
    application = make_application()
    loop = QEventLoop(application)
    asyncio.set_event_loop(loop)
    with loop:
        failed = loop.run_until_complete(_take_all(application, options.output, options.only))
    for name in failed:
        print(f"failed: {name}", file=sys.stderr)
    sys.stdout.flush()
    return 1 if failed else 0


async def _take_all(application: QApplication, output: Path, only: str) -> list[str]:
    failed = []
    for scene in all_scenes():
        if only and only not in scene.name:
            continue
        began = time.monotonic()
        try:
            await _take(application, scene, output)
        except Exception as error:  # noqa: BLE001 - one failing scene must not keep the others
            failed.append(f"{scene.name}: {type(error).__name__}: {error}")
        print(f"{scene.name}: {time.monotonic() - began:.1f} s", flush=True)
    return failed


async def _take(application: QApplication, scene: Scene, output: Path) -> None:
    german = PseudoGerman() if "german" in scene.name else None
    if german is not None:
        application.installTranslator(german)
    mirrored = "right-to-left" in scene.name
    application.setLayoutDirection(
        Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight
    )
    stage = Stage(application)
    try:
        await stage.open()
        stage.window.resize(scene.size)
        widget = await scene.arrange(stage)
        ratio = 2.0 if "200-percent" in scene.name else 1.0
        for appearance in (Appearance.LIGHT, Appearance.DARK):
            stage.running.theme.apply(appearance)
            await stage.settle(0.15)
            picture(widget, output / str(appearance) / f"{scene.name}.png", ratio)
    finally:
        await stage.close()
        if german is not None:
            application.removeTranslator(german)
        application.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def _drop_plugin_notes(kind: QtMsgType, context: object, message: str) -> None:
    if "propagateSizeHints" not in message:
        print(message, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
