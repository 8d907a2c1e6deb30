"""A random directory, and the edits that happen to it between two cycles."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from looop_gui.model.directory import (
    AppRoleAssignment,
    DirectoryObject,
    DirectorySnapshot,
    ObjectType,
)

DEPARTMENTS = ("Sales", "R&D", "Human Resources", "sales", "Größe 'quoted' \"text\" 100%")
NAMES = ("Ann", "Bob", "Cyd", "Dúnya", "Eve O'Hara", "李", "  Fay  ", "Gus+Max")


@dataclass
class Entry:
    """A person or group of the directory, changeable."""

    id: str
    kind: ObjectType
    attributes: dict[str, Any]
    deleted: bool = False

    @property
    def active(self) -> bool:
        return not self.deleted and self.attributes.get("accountEnabled") != "False"


@dataclass
class SimulatedCompany:
    """People and groups by id, and the ids that are assigned to the application."""

    random: Random
    people: dict[str, Entry] = field(default_factory=dict)
    groups: dict[str, Entry] = field(default_factory=dict)
    assigned: set[str] = field(default_factory=set)
    retired: list[str] = field(default_factory=list)
    version: int = 0
    made: int = 0

    def fill(self, people: int, groups: int) -> None:
        for _ in range(people):
            self.hire()
        for _ in range(groups):
            self.found_group()
        everybody = [*self.people, *self.groups]
        self.assigned = {one for one in everybody if self.random.random() < 0.6}

    def snapshot(self) -> DirectorySnapshot:
        return DirectorySnapshot(
            {key: _frozen(one) for key, one in self.people.items()},
            {key: _frozen(one) for key, one in self.groups.items()},
            tuple(AppRoleAssignment(one) for one in sorted(self.assigned)),
            f"version {self.version}",
        )

    def hire(self) -> str:
        random = self.random
        self.made += 1
        source_id = f"p{self.made}"
        name = f"user{self.made}@contoso.com"
        if self.retired and random.random() < 0.3:
            name = self.retired.pop()
        attributes: dict[str, Any] = {
            "userPrincipalName": name,
            "displayName": f"Person {self.made}",
            "givenName": random.choice(NAMES),
            "surname": f"Number {self.made}",
            "accountEnabled": "False" if random.random() < 0.1 else "True",
            "mail": name if random.random() < 0.8 else None,
            "department": random.choice(DEPARTMENTS) if random.random() < 0.8 else None,
            "employeeId": str(self.made) if random.random() < 0.5 else None,
        }
        self.people[source_id] = Entry(source_id, ObjectType.USER, _present(attributes))
        self._set_manager(self.people[source_id])
        return source_id

    def found_group(self) -> str:
        self.made += 1
        source_id = f"g{self.made}"
        attributes = {
            "displayName": f"Group {self.made}",
            "securityEnabled": "False" if self.random.random() < 0.1 else "True",
        }
        self.groups[source_id] = Entry(source_id, ObjectType.GROUP, attributes)
        self._set_members(self.groups[source_id])
        return source_id

    def edit(self) -> str:
        """Change something at random; returns what, in words."""
        self.version += 1
        change = self.random.choice(_EDITS)
        return f"{change.__name__.strip('_')}: {change(self)}"

    def _person(self) -> Entry:
        return self.random.choice(list(self.people.values()))

    def _group(self) -> Entry:
        if not self.groups:
            self.found_group()
        return self.random.choice(list(self.groups.values()))

    def _set_manager(self, person: Entry) -> None:
        others = [one for one in self.people if one != person.id]
        if others and self.random.random() < 0.7:
            person.attributes["manager"] = self.random.choice(others)
        else:
            person.attributes.pop("manager", None)

    def _set_members(self, group: Entry) -> None:
        pool = [*self.people, *(one for one in self.groups if one != group.id)]
        size = self.random.randint(0, min(6, len(pool)))
        group.attributes["members"] = tuple(self.random.sample(pool, size))


def _hire(company: SimulatedCompany) -> str:
    source_id = company.hire()
    if company.random.random() < 0.7:
        company.assigned.add(source_id)
    return source_id


def _change_attribute(company: SimulatedCompany) -> str:
    person, random = company._person(), company.random
    name = random.choice(("givenName", "surname", "mail", "department", "employeeId"))
    if random.random() < 0.25:
        person.attributes.pop(name, None)
    elif name == "department":
        person.attributes[name] = random.choice(DEPARTMENTS)
    else:
        person.attributes[name] = f"{random.choice(NAMES)} {company.version}"
    return f"{person.id} {name} = {person.attributes.get(name)!r}"


def _change_letter_case(company: SimulatedCompany) -> str:
    person = company._person()
    person.attributes["userPrincipalName"] = person.attributes["userPrincipalName"].swapcase()
    return person.id


def _rename(company: SimulatedCompany) -> str:
    person = company._person()
    company.retired.append(person.attributes["userPrincipalName"])
    person.attributes["userPrincipalName"] = f"renamed{company.version}@contoso.com"
    return person.id


def _rename_to_freed_name(company: SimulatedCompany) -> str:
    person = company._person()
    if not company.retired:
        return "nobody"
    freed = company.retired.pop()
    company.retired.append(person.attributes["userPrincipalName"])
    person.attributes["userPrincipalName"] = freed
    return f"{person.id} = {freed}"


def _disable(company: SimulatedCompany) -> str:
    person = company._person()
    person.attributes["accountEnabled"] = "False"
    return person.id


def _enable(company: SimulatedCompany) -> str:
    person = company._person()
    person.attributes["accountEnabled"] = "True"
    return person.id


def _delete_softly(company: SimulatedCompany) -> str:
    one = company._person() if company.random.random() < 0.7 else company._group()
    one.deleted = True
    return one.id


def _restore(company: SimulatedCompany) -> str:
    deleted = [one for one in (*company.people.values(), *company.groups.values()) if one.deleted]
    if not deleted:
        return "nobody"
    one = company.random.choice(deleted)
    one.deleted = False
    return one.id


def _delete_for_good(company: SimulatedCompany) -> str:
    if company.random.random() < 0.7:
        if len(company.people) < 3:
            return "nobody"
        one = company._person()
        del company.people[one.id]
        company.retired.append(one.attributes["userPrincipalName"])
    else:
        one = company._group()
        del company.groups[one.id]
    company.assigned.discard(one.id)
    return one.id


def _assign(company: SimulatedCompany) -> str:
    one = company.random.choice([*company.people, *company.groups])
    company.assigned.add(one)
    return one


def _unassign(company: SimulatedCompany) -> str:
    if not company.assigned:
        return "nobody"
    one = company.random.choice(sorted(company.assigned))
    company.assigned.discard(one)
    return one


def _change_manager(company: SimulatedCompany) -> str:
    person = company._person()
    company._set_manager(person)
    return f"{person.id} -> {person.attributes.get('manager')}"


def _change_members(company: SimulatedCompany) -> str:
    group = company._group()
    company._set_members(group)
    return f"{group.id} = {group.attributes['members']}"


def _found_group(company: SimulatedCompany) -> str:
    source_id = company.found_group()
    company.assigned.add(source_id)
    return source_id


def _rename_group(company: SimulatedCompany) -> str:
    group = company._group()
    group.attributes["displayName"] = f"Group renamed {company.version}"
    return group.id


_EDITS = (
    *(_hire, _change_attribute, _change_attribute, _change_letter_case, _rename),
    *(_rename_to_freed_name, _disable, _enable, _delete_softly, _restore, _delete_for_good),
    *(_assign, _assign, _unassign, _change_manager, _change_members, _change_members),
    *(_found_group, _rename_group),
)


def _frozen(entry: Entry) -> DirectoryObject:
    return DirectoryObject(entry.id, entry.kind, dict(entry.attributes), entry.deleted)


def _present(attributes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if value is not None}
