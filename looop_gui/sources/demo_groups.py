"""The groups of the demo company and who is assigned to the application with which role."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random

from looop_gui.sources.demo_people import Row, Workforce, object_id

_FIRST_TEAMS = 8
_PEOPLE_PER_TEAM_GROUP = 50
_PEOPLE_PER_PROJECT = 20
_DEPARTMENT_ROLES = {
    "Engineering": "learner",
    "Sales": "learner",
    "Customer Success": "learner",
    "People & Culture": "author",
}


@dataclass(slots=True)
class Grouping:
    """Rows of groups.csv, members.csv and assignments.csv in the making."""

    random: Random
    groups: list[Row] = field(default_factory=list)
    members: list[Row] = field(default_factory=list)
    assignments: list[Row] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, member_ids: Iterable[str], description: str = "") -> str:
        """A group with its direct members (people and groups); returns its id."""
        group_id = object_id(self.random)
        name = self._unique(name)
        nickname = "".join(c for c in name.lower().replace(" ", "-") if c.isalnum() or c == "-")
        self.groups.append(
            {
                "id": group_id,
                "displayName": name,
                "mailNickname": nickname,
                "description": description,
                "securityEnabled": "True",
            }
        )
        self.members += [{"groupId": group_id, "memberId": member} for member in member_ids]
        return group_id

    def _unique(self, name: str) -> str:
        """Groups are matched by displayName, so no two may have the same."""
        used = self.names.get(name, 0) + 1
        self.names[name] = used
        return name if used == 1 else f"{name} {used}"

    def assign(self, principal_ids: Iterable[str], role: str = "") -> None:
        """Assigns people or groups with a role's value; an empty one is Default Access."""
        self.assignments += [{"principalId": one, "appRole": role} for one in principal_ids]


def make_groups(workforce: Workforce) -> Grouping:
    """Groups flat and nested, one empty, one not security-enabled, and the assignments."""
    grouping = Grouping(workforce.random)
    departments = _by_department(workforce, grouping)
    _company_wide(workforce, grouping, departments)
    for office in workforce.company["offices"]:
        members = _with(workforce, "city", office["city"])
        if members:
            grouping.add(f"Office {office['city']}", members)
    projects = _projects(workforce, grouping)
    _teams(workforce, grouping)
    _assign(workforce, grouping, departments, projects)
    return grouping


def _ids(workforce: Workforce, wanted: Callable[[Row], bool]) -> list[str]:
    return [row["id"] for row in workforce.rows if wanted(row)]


def _with(workforce: Workforce, column: str, value: str) -> list[str]:
    return _ids(workforce, lambda row: row.get(column) == value)


def _by_department(workforce: Workforce, grouping: Grouping) -> dict[str, str]:
    groups = {}
    for department in workforce.company["departments"]:
        name = department["name"]
        members = _with(workforce, "department", name)
        if members:
            groups[name] = grouping.add(name, members, f"Everybody in {name}")
    return groups


def _company_wide(workforce: Workforce, grouping: Grouping, departments: dict[str, str]) -> None:
    grouping.add("All staff", departments.values(), "Nested: the groups of all departments")
    managers = {row["manager"]: None for row in workforce.rows if row.get("manager")}
    grouping.add("Managers", managers, "Everybody with direct reports")
    grouping.add("Guests", _with(workforce, "userType", "Guest"))
    grouping.add("Alumni", (), "Empty")
    grouping.add("Newsletter", [row["id"] for row in workforce.rows[::3]], "Mail only")
    grouping.groups[-1]["securityEnabled"] = "False"


def _projects(workforce: Workforce, grouping: Grouping) -> list[str]:
    """Project groups across the company; each second one has a nested group of helpers."""
    random, everybody = grouping.random, [row["id"] for row in workforce.rows]
    made = []
    projects = workforce.company["projects"][: 1 + len(everybody) // _PEOPLE_PER_PROJECT]
    for number, name in enumerate(projects):
        members = random.sample(everybody, max(1, len(everybody) * random.randint(2, 6) // 100))
        if number % 2:
            helpers = random.sample(everybody, max(1, len(members) // 4))
            members.append(grouping.add(f"Project {name} helpers", helpers))
        made.append(grouping.add(f"Project {name}", members, f"Works on {name}"))
    return made


def _teams(workforce: Workforce, grouping: Grouping) -> None:
    """A group for each of the first teams, as large companies have them by the hundred."""
    reports: dict[str, list[str]] = {}
    for row in workforce.rows:
        if row.get("manager"):
            reports.setdefault(row["manager"], []).append(row["id"])
    names = {row["id"]: row["displayName"] for row in workforce.rows}
    most = _FIRST_TEAMS + len(workforce.rows) // _PEOPLE_PER_TEAM_GROUP
    for lead, members in list(reports.items())[:most]:
        grouping.add(f"Team of {names[lead]}", [lead, *members])


def _assign(
    workforce: Workforce, grouping: Grouping, departments: dict[str, str], projects: list[str]
) -> None:
    random = grouping.random
    names = {row["displayName"]: row["id"] for row in grouping.groups}
    for name, role in _DEPARTMENT_ROLES.items():
        if name in departments:
            grouping.assign([departments[name]], role)
    grouping.assign([projects[0]])
    grouping.assign([names["All staff"]], "learner")
    grouping.assign([names["Managers"]], "learner")
    single = _ids(workforce, lambda row: row.get("department") in {"Finance", "Legal", "Product"})
    grouping.assign(random.sample(single, len(single) // 3))
    grouping.assign(_with(workforce, "department", "IT")[:3], "administrator")
    guests = _with(workforce, "userType", "Guest")
    grouping.assign(guests[::4], "learner")
