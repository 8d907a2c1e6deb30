"""Set up the virtual environment and what Qt needs from the system; standard library only.

Run by every target of the Makefile. It does nothing when the stamp in the environment equals the
digest of the locks, so that the second run starts at once.
"""

import argparse
import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
LOCKS = {False: "requirements.lock", True: "requirements-dev.lock"}

# The shared libraries that Qt loads, with the Debian package of each. Ubuntu 24.04 renamed
# libglib2.0-0, so that name is tried in both forms.
SYSTEM_LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libbrotlidec.so.1": "libbrotli1",
}
DISPLAY_LIBRARIES = {
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}


def main() -> int:
    """Set up what is missing; return an exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--venv", type=Path, default=Path(".venv"))
    parser.add_argument("--development", action="store_true")
    arguments = parser.parse_args()
    environment = (CHECKOUT / arguments.venv).absolute()
    stamp = environment / ("stamp-development" if arguments.development else "stamp")
    wanted = wanted_stamp(arguments.development)
    fuller = environment / "stamp-development"
    if any(
        s.exists() and s.read_text() == w
        for s, w in ((stamp, wanted), (fuller, wanted_stamp(True)))
    ):
        return 0
    if not install_system_libraries() or not make_environment(environment):
        return 1
    if not install_packages(environment, arguments.development):
        return 1
    stamp.write_text(wanted)
    return 0


def wanted_stamp(development: bool) -> str:
    """The digest of what the environment was made from."""
    digest = hashlib.sha256(sys.version.encode())
    for name in (f"packaging/{LOCKS[development]}", "pyproject.toml"):
        digest.update((CHECKOUT / name).read_bytes())
    return digest.hexdigest()


def install_system_libraries() -> bool:
    """Install the shared libraries that Qt lacks, or print the exact command."""
    if sys.platform != "linux":
        return True
    wanted = dict(SYSTEM_LIBRARIES)
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        wanted |= DISPLAY_LIBRARIES
    missing = [package for library, package in wanted.items() if not loads(library)]
    if not has_fonts():
        missing.append("fonts-noto-core")
    if not missing:
        return True
    return apt_install(missing)


def loads(library: str) -> bool:
    """True when the dynamic linker finds the library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_fonts() -> bool:
    """True when any font is installed; without one Qt shows empty boxes."""
    places = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")
    return any(next(p.rglob("*.[to]t[fc]"), None) for p in places if p.is_dir())


def apt_install(packages: list[str]) -> bool:
    """Install Debian packages as root or through sudo without a question; else say how."""
    names = " ".join(packages)
    apt = shutil.which("apt-get")
    if apt is None:
        print(f"Qt needs system libraries that are not installed. On Debian they are: {names}")
        return False
    prefix = apt_prefix()
    if prefix is None:
        print("Qt needs system libraries that are not installed. Please run:")
        print(f"    sudo apt-get install --yes {names}")
        return False
    print(f"Installing system libraries: {names}", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*prefix, apt, "update", "-qq"], env=environment, check=False)
    install = [*prefix, apt, "install", "--yes", "-qq", "--no-install-recommends"]
    for choice in (packages, [renamed(p) for p in packages]):
        done = subprocess.run(
            [*install, *choice], env=environment, stdout=subprocess.DEVNULL, check=False
        )
        if done.returncode == 0:
            return True
    print(f"The system libraries could not be installed. Please run: apt-get install {names}")
    return False


def renamed(package: str) -> str:
    """The name of a package since the 64-bit time transition of Ubuntu 24.04 and Debian 13."""
    return "libglib2.0-0t64" if package == "libglib2.0-0" else package


def apt_prefix() -> list[str] | None:
    """How apt-get may be run: as it is (root), through sudo, or not at all."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if (
        sudo
        and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return [sudo, "-n"]
    return None


def make_environment(environment: Path) -> bool:
    """Make the virtual environment; Debian needs a package for that, installed if it may be."""
    if (environment / "bin" / "python").exists() and same_python(environment):
        return True
    print(f"Setting up {environment.name} with Python {sys.version.split()[0]}", flush=True)
    command = [sys.executable, "-m", "venv", "--clear", str(environment)]
    if subprocess.run(command, capture_output=True, check=False).returncode == 0:
        return True
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if not apt_install([f"python{version}-venv"]):
        return False
    return subprocess.run(command, check=False).returncode == 0


def same_python(environment: Path) -> bool:
    """True when the environment was made by a Python of this version."""
    asked = [str(environment / "bin" / "python"), "-c", "import sys; print(sys.version)"]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False)
    return answer.stdout.strip() == sys.version.strip()


def install_packages(environment: Path, development: bool) -> bool:
    """Install the locked packages (with their hashes) and the checkout itself."""
    print(
        "Installing the locked dependencies (the first time this takes a minute or two)", flush=True
    )
    pip = [str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    pip += ["--disable-pip-version-check"]
    lock = CHECKOUT / "packaging" / LOCKS[development]
    # The lock is complete, so pip resolves nothing: its resolver meets a dependency's "name[extra]"
    # before the pinned name, and refuses the lock as soon as the index has a newer release.
    wanted = [*pip, "--no-deps", "--require-hashes", "-r", str(lock)]
    if subprocess.run(wanted, check=False).returncode != 0:
        print("The dependencies could not be installed; nothing else was changed.")
        print("Check the network connection to the package index, then run the same command again.")
        return False
    here = [*pip, "--no-deps", "--no-build-isolation", "--editable", str(CHECKOUT)]
    return subprocess.run(here, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
