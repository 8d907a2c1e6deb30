"""A plan as a file: JSON, to be read, attached to a change request, and applied."""

from pathlib import Path

import msgspec

from looop_gui.engine.plan import plan_problem
from looop_gui.engine.plan_thinning import thinned
from looop_gui.model.connection import Connection
from looop_gui.model.errors import ConfigurationError
from looop_gui.model.plan import Plan
from looop_gui.services.plan_page import plan_content


def write_plan(path: Path, plan: Plan) -> None:
    """Write a plan, readable by its owner only: it names people. Raises ConfigurationError.

    As a page where the file's name ends with .html, which cannot be applied; else as JSON.
    """
    content = plan_content(plan, as_page=path.suffix.lower() in (".html", ".htm"))
    try:
        path.touch(mode=0o600)
        path.write_bytes(content)
    except OSError as error:
        raise ConfigurationError(
            f"The plan could not be written to {path}: {error.strerror}.",
            safe="Nothing was sent to the target.",
        ) from error


def read_plan(path: Path, connection: Connection) -> Plan:
    """Read a plan of this connection. Raises ConfigurationError.

    What was taken out of the file takes its consequences along. The engine looks at it again, and
    at whether the configuration is still the plan's.
    """
    try:
        plan = msgspec.json.decode(path.read_bytes(), type=Plan)
    except (OSError, msgspec.DecodeError) as error:
        raise ConfigurationError(
            f"{path} is not a plan: {error}.",
            safe="Nothing was sent to the target.",
            next_step="sync --plan-out FILE.json makes one that can be applied.",
        ) from error
    digest = plan.configuration_digest
    problem = plan_problem(plan, connection.id, connection.target.tenant_url, digest)
    if problem:
        raise ConfigurationError(f"{path}: {problem}", safe="Nothing was sent to the target.")
    return thinned(plan)
