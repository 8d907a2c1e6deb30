"""Build for Linux: the wheel and a folder with everything in it; then prove that both work.

The folder is what a `.deb` or an AppImage would hold: the application, its desktop file, its icon
and its AppStream metadata, each validated where the validator is installed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
LINUX = CHECKOUT / "packaging" / "linux"
IDENTIFIER = "co.looop.ProvisioningWorkbench"


def main() -> int:
    """Build, validate, check; return an exit code."""
    wheel = build_wheel()
    folder = build_folder()
    validate_metadata()
    check(["-m", "looop_gui", "--self-check"], python_with(wheel), "the wheel")
    check(["--self-check"], folder / "looop-gui", "the folder build")
    print(f"Built {wheel.relative_to(CHECKOUT)} and {folder.relative_to(CHECKOUT)}")
    return 0


def build_wheel() -> Path:
    """Build the wheel and see that the resources are inside."""
    run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "build/wheel"],
        cwd=CHECKOUT,
    )
    wheel = max((CHECKOUT / "build" / "wheel").glob("*.whl"), key=lambda p: p.stat().st_mtime)
    names = zipfile.ZipFile(wheel).namelist()
    if not any(name.startswith("looop_gui/_resources/schemas/") for name in names):
        raise SystemExit("The wheel lacks the resources.")
    return wheel


def build_folder() -> Path:
    """Build the folder with PyInstaller and lay desktop file, icon and metadata beside it."""
    work = CHECKOUT / "build" / "pyinstaller"
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--distpath", str(work / "dist"), "--workpath", str(work / "work")]
    run([*command, str(CHECKOUT / "packaging" / "looop-gui.spec")], cwd=CHECKOUT)
    folder = work / "dist" / "looop-gui"
    share = folder / "share"
    for place, name in (
        ("applications", f"{IDENTIFIER}.desktop"),
        ("metainfo", f"{IDENTIFIER}.metainfo.xml"),
        ("icons/hicolor/scalable/apps", f"{IDENTIFIER}.svg"),
    ):
        (share / place).mkdir(parents=True, exist_ok=True)
        shutil.copy(LINUX / name, share / place)
    return folder


def validate_metadata() -> None:
    """Validate the desktop file and the AppStream metadata with the standard tools."""
    validators = (
        ["desktop-file-validate", str(LINUX / f"{IDENTIFIER}.desktop")],
        ["appstreamcli", "validate", "--no-net", str(LINUX / f"{IDENTIFIER}.metainfo.xml")],
    )
    for command in validators:
        if shutil.which(command[0]):
            run(command)
        else:
            print(f"{command[0]} is not installed; {Path(command[-1]).name} was not validated")


def python_with(wheel: Path) -> Path:
    """The Python of a new environment with the locked dependencies and this wheel."""
    environment = Path(tempfile.mkdtemp(prefix="looop-wheel-"))
    run([sys.executable, "-m", "venv", str(environment)])
    python = environment / "bin" / "python"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([*pip, "--require-hashes", "-r", str(CHECKOUT / "packaging" / "requirements.lock")])
    run([*pip, "--no-deps", str(wheel)])
    return python


def check(arguments: list[str], program: Path, what: str) -> None:
    """Run `--self-check` away from the checkout, so that only what was built is used."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    environment["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as empty:
        done = subprocess.run(
            [str(program), *arguments], cwd=empty, env=environment, timeout=300, check=False
        )
    if done.returncode != 0:
        raise SystemExit(f"The self-check of {what} failed with exit code {done.returncode}.")
    print(f"The self-check of {what} passed")


def run(command: list[str], cwd: Path | None = None) -> None:
    """Run a command that must succeed."""
    subprocess.run(command, cwd=cwd, check=True)


if __name__ == "__main__":
    sys.exit(main())
