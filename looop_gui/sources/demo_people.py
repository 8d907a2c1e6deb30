"""The people of the demo company as rows of users.csv.

Person 0 leads the company and the next ones a department each; then every department fills up
team by team, so that `manager` makes a tree at any size.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from looop_gui.sources.demo_names import NameBook, PersonName

_FIRST_HIRING = date(2009, 1, 1)
_DAYS_OF_HIRING = 6_400
_TEAM = 8
_FIRST_EMPLOYEE_ID = 100_000

Row = dict[str, str]


@dataclass(slots=True)
class Workforce:
    """The rows in the making, and who leads what (object ids)."""

    company: dict[str, Any]
    random: Random
    names: NameBook = field(default_factory=NameBook)
    rows: list[Row] = field(default_factory=list)
    heads: dict[str, str] = field(default_factory=dict)
    leads: dict[str, str] = field(default_factory=dict)
    team_sizes: dict[str, int] = field(default_factory=dict)
    aliases: dict[str, int] = field(default_factory=dict)


def object_id(random: Random) -> str:
    """A new object id."""
    return str(UUID(int=random.getrandbits(128), version=4))


def hire_people(company: dict[str, Any], count: int, random: Random) -> Workforce:
    """The company with `count` people, guests and people who have left included."""
    workforce = Workforce(company, random)
    departments = company["departments"]
    shares = [department["share"] for department in departments]
    for index in range(count):
        if index == 0:
            _hire(workforce, departments[0], "Chief Executive Officer", manager="")
        elif index <= len(departments):
            department = departments[index - 1]
            chief = workforce.rows[0]["id"]
            row = _hire(workforce, department, department["head"], manager=chief)
            workforce.heads[department["name"]] = row["id"]
        elif random.random() < 0.04:
            _invite_guest(workforce)
        else:
            _hire_member(workforce, random.choices(departments, shares)[0])
    return workforce


def _hire_member(workforce: Workforce, department: dict[str, Any]) -> None:
    """Fills the department's current team, or opens the next one with its lead."""
    name, random = department["name"], workforce.random
    if name not in workforce.leads or workforce.team_sizes[name] >= _TEAM:
        row = _hire(workforce, department, department["lead"], workforce.heads[name])
        workforce.leads[name], workforce.team_sizes[name] = row["id"], 0
        return
    workforce.team_sizes[name] += 1
    row = _hire(workforce, department, random.choice(department["titles"]), workforce.leads[name])
    _leave_or_lack(row, random)


def _leave_or_lack(row: Row, random: Random) -> None:
    """Some people are disabled or deleted; some records are incomplete, as records are."""
    fate = random.random()
    if fate < 0.03:
        row["accountEnabled"] = "False"
    elif fate < 0.05:
        row["deletedDateTime"] = (
            f"2026-10-{random.randint(1, 31):02}T{random.randint(6, 18):02}:00:00Z"
        )
    for column, probability in (
        ("mail", 0.015),
        ("department", 0.01),
        ("jobTitle", 0.02),
        ("givenName", 0.005),
        ("employeeId", 0.01),
        ("telephoneNumber", 0.1),
    ):
        if random.random() < probability:
            row[column] = ""


def _hire(workforce: Workforce, department: dict[str, Any], title: str, manager: str) -> Row:
    random, company = workforce.random, workforce.company
    offices = company["offices"]
    office = random.choices(offices, [office["share"] for office in offices])[0]
    language = random.choices(office["languages"], _falling(len(office["languages"])))[0]
    name = workforce.names.draw(language, random)
    alias = _unique_alias(workforce, name)
    address = f"{alias}@{company['domain']}"
    row = {
        "userPrincipalName": address,
        "displayName": name.display,
        "surname": name.surname,
        "mail": address,
        "givenName": name.given,
        "id": object_id(random),
        "userType": "Member",
        "jobTitle": title,
        "department": department["name"],
        "accountEnabled": "True",
        "mailNickname": alias,
        "companyName": company["name"],
        "employeeId": str(_FIRST_EMPLOYEE_ID + len(workforce.rows)),
        "employeeHireDate": _hiring_date(random),
        "manager": manager,
        "preferredLanguage": language,
        "extensionAttribute1": department["area"],
    }
    row |= _workplace(office, random)
    workforce.rows.append(row)
    return row


def _falling(count: int) -> list[int]:
    """Weights for an office's languages: the first is spoken most."""
    return [5, *([2] * (count - 1))]


def _workplace(office: dict[str, Any], random: Random) -> Row:
    number = random.randint(1, 60)
    street = f"{office['street']} {number}"
    if number % 20 == 0:
        street = f"{street},\nRoom {number}"
    return {
        "usageLocation": office["usageLocation"],
        "streetAddress": street,
        "state": office["state"],
        "country": office["country"],
        "physicalDeliveryOfficeName": f"{number % 9 + 1}/{random.randint(1, 40):02}",
        "city": office["city"],
        "postalCode": office["postalCode"],
        "telephoneNumber": f"{office['phone']} {random.randint(1_000_000, 9_999_999)}",
        "mobile": f"{office['phone'].split()[0]} 7{random.randint(10_000_000, 99_999_999)}"
        if number % 2
        else "",
    }


def _hiring_date(random: Random) -> str:
    return (_FIRST_HIRING + timedelta(days=random.randrange(_DAYS_OF_HIRING))).isoformat()


def _unique_alias(workforce: Workforce, name: PersonName) -> str:
    used = workforce.aliases.get(name.alias, 0) + 1
    workforce.aliases[name.alias] = used
    return name.alias if used == 1 else f"{name.alias}{used}"


def _invite_guest(workforce: Workforce) -> None:
    """A guest of a partner: her name at home is inside her userPrincipalName (section b.2)."""
    random, company = workforce.random, workforce.company
    office = random.choice(company["offices"])
    name = workforce.names.draw(random.choice(office["languages"]), random)
    home = random.choice(company["partnerDomains"])
    alias = _unique_alias(workforce, name)
    workforce.rows.append(
        {
            "userPrincipalName": f"{alias}_{home}#EXT#@{company['domain']}",
            "displayName": f"{name.display} ({home.partition('.')[0]})",
            "surname": name.surname,
            "mail": f"{alias}@{home}",
            "givenName": name.given,
            "id": object_id(random),
            "userType": "Guest",
            "accountEnabled": "True",
            "usageLocation": office["usageLocation"],
            "country": office["country"],
            "companyName": home,
            "mailNickname": f"{alias}_{home}",
        }
    )
