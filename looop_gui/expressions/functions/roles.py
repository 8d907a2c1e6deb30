"""The role functions: app role assignments as values (reference section c.7).

The attribute `appRoleAssignments` holds one text a role: a JSON object with id, value and
displayName as `role_text` writes it. A plain text is taken as the role's value.
"""

import json

from looop_gui.expressions.coercion import as_values
from looop_gui.expressions.signatures import function
from looop_gui.expressions.values import Value
from looop_gui.model.directory import AppRole

APP_ROLE_ASSIGNMENTS = "appRoleAssignments"
"""The name of the source attribute that the role functions read."""


def role_text(role: AppRole) -> str:
    """A role as the text that the attribute holds and that the service sends (section c.7)."""
    fields = {"id": role.id, "value": role.value, "displayName": role.display_name}
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def read_role(text: str) -> AppRole:
    """The role that a text of the attribute means; the opposite of `role_text`."""
    try:
        fields = json.loads(text) if text.startswith("{") else None
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        return AppRole("", text, text)
    name, value = str(fields.get("displayName") or ""), str(fields.get("value") or "")
    return AppRole(str(fields.get("id") or ""), value or name, name or value)


@function(
    "SingleAppRoleAssignment(source: List) -> String",
    ("SingleAppRoleAssignment([appRoleAssignments])", "Admin"),
)
def single_app_role_assignment(source: Value) -> Value:
    """Gives the value of the role that the person has, for roles[primary eq "True"].value.

    With several roles the first one is taken; the service's choice is undefined.
    """
    assigned = as_values(source)
    return read_role(assigned[0]).value if assigned else None


@function(
    "AppRoleAssignments(source: List) -> List",
    ("AppRoleAssignments([appRoleAssignments])", "Admin and User"),
)
def app_role_assignments(source: Value) -> Value:
    """Gives the values of all roles that the person has."""
    return tuple(read_role(text).value for text in as_values(source))


@function(
    "AppRoleAssignmentsComplex(source: List) -> List",
    ("AppRoleAssignmentsComplex([appRoleAssignments])", "two roles with id, value and name"),
)
def app_role_assignments_complex(source: Value) -> Value:
    """Gives all roles that the person has, each with id, value and display name.

    An update only adds roles to the target and never removes one.
    """
    return tuple(role_text(read_role(text)) for text in as_values(source))


@function(
    "AssertiveAppRoleAssignmentsComplex(source: List) -> List",
    ("AssertiveAppRoleAssignmentsComplex([appRoleAssignments])", "two roles with value and name"),
)
def assertive_app_role_assignments_complex(source: Value) -> Value:
    """Gives all roles that the person has; an update also removes the other roles in the target."""
    return tuple(role_text(read_role(text)) for text in as_values(source))


ROLE_FUNCTIONS = (
    single_app_role_assignment,
    app_role_assignments,
    app_role_assignments_complex,
    assertive_app_role_assignments_complex,
)
