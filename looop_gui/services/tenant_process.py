"""The embedded tenant as a child process: started, spoken to, ended with its parent.

The child is this very program (`serve --console --exit-with-parent`). Its token is handed over on
its standard input, not in its arguments or environment, which can be listed. When this process
ends, however it ends, the child's standard input does too, and the child stops.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

import looop_gui
from looop_gui.model.errors import ConfigurationError, TargetError
from looop_gui.model.secret import SecretText
from looop_gui.store.sqlite_errors import store_errors

START_SECONDS = 30.0
STOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class TenantAddress:
    """Where a running tenant listens, its token, and the key of its console."""

    scim_endpoint: str
    token: SecretText
    console_endpoint: str
    console_key: SecretText

    @property
    def port(self) -> int:
        """The port of the SCIM endpoint."""
        return int(self.scim_endpoint.partition("://")[2].partition("/")[0].rpartition(":")[2])


@dataclass(slots=True)
class TenantProcess:
    """A running child. All methods may block and are called in a worker thread."""

    process: "subprocess.Popen[bytes]"
    address: TenantAddress

    @property
    def running(self) -> bool:
        """True until the child has ended."""
        return self.process.poll() is None

    def watch(self, on_end: Callable[[], None]) -> None:
        """Call `on_end` from another thread when the child ends."""

        def wait() -> None:
            self.process.wait()
            on_end()

        threading.Thread(target=wait, name="tenant", daemon=True).start()

    def stop(self) -> None:
        """Let the child finish what is under way; end it where it does not."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


def start_tenant(
    folder: Path, *, port: int, token: SecretText | None, organisation_domain: str
) -> TenantProcess:
    """Start a tenant whose data lie in `folder`, on `port` or, where that is taken, another.

    Blocks until it listens. Raises TargetError when it cannot be started, StoreError when the
    folder cannot be written.
    """
    try:
        return _started(folder, port, token, organisation_domain)
    except TargetError:
        if port == 0:
            raise
        return _started(folder, 0, token, organisation_domain)


def program_command() -> list[str]:
    """How this program starts itself: the frozen executable, or the interpreter and module."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    return [sys.executable, "-m", "looop_gui"]


def program_environment() -> dict[str, str]:
    """The environment in which a child finds this very package, wherever it is started."""
    environment = dict(os.environ)
    if not getattr(sys, "frozen", False):
        package = str(Path(looop_gui.__file__).resolve().parent.parent)
        known = environment.get("PYTHONPATH")
        environment["PYTHONPATH"] = f"{package}{os.pathsep}{known}" if known else package
    return environment


class _FirstLine(msgspec.Struct, rename="camel"):
    scim_endpoint: str
    token: str
    console_endpoint: str
    console_key: str


def _started(
    folder: Path, port: int, token: SecretText | None, organisation_domain: str
) -> TenantProcess:
    log = folder / "tenant.log"
    with store_errors(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        errors = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    command = [*program_command(), "serve", "--console", "--exit-with-parent"]
    command += ["--port", str(port), "--database", str(folder / "tenant.sqlite3")]
    if organisation_domain:
        command += ["--organisation-domain", organisation_domain]
    environment = program_environment()
    environment.pop("LOOOP_GUI_SERVE_TOKEN", None)
    if token:
        command.append("--token-from-stdin")
    try:
        process = subprocess.Popen(  # noqa: S603 - our own program with our own arguments
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, env=environment
        )
    except OSError as error:
        raise TargetError(f"The tenant could not be started: {error.strerror}.") from error
    finally:
        os.close(errors)
    if token:
        _hand_over(process, token)
    return TenantProcess(process, _address(process, log))


def _hand_over(process: "subprocess.Popen[bytes]", token: SecretText) -> None:
    """Who has ended already is told by its first line, which does not come."""
    stdin = process.stdin
    if stdin is not None:
        with suppress(OSError):
            stdin.write(token.reveal().encode() + b"\n")
            stdin.flush()


def _address(process: "subprocess.Popen[bytes]", log: Path) -> TenantAddress:
    """Read the first line, or end the child where none comes in time."""
    stdout = process.stdout
    if stdout is None:
        raise TargetError("The tenant has no standard output.")
    limit = threading.Timer(START_SECONDS, process.kill)
    limit.daemon = True
    limit.start()
    line = stdout.readline()
    limit.cancel()
    try:
        said = msgspec.json.decode(line, type=_FirstLine)
    except msgspec.DecodeError:
        process.kill()
        process.wait()
        stdout.close()
        if process.stdin is not None:
            process.stdin.close()
        raise TargetError(
            f"The tenant could not be started. {_last_words(log)}".strip(),
            next_step=f"Its messages are in {log}.",
        ) from None
    return TenantAddress(
        said.scim_endpoint,
        SecretText(said.token),
        said.console_endpoint,
        SecretText(said.console_key),
    )


def _last_words(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    return lines[-1][:300] if lines else ""


def free_of_surroundings(identifier: str) -> str:
    """An id that is safe as a folder's name. Raises ConfigurationError otherwise."""
    if not identifier or not all(c.isalnum() or c in "-_" for c in identifier):
        raise ConfigurationError(f"{identifier} cannot be the name of a folder.")
    return identifier
