"""Makes people of the rows of users.csv or users.json (reference sections b.2 and c.5)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from looop_gui.model.directory import AttributeValue, DirectoryObject, ObjectType
from looop_gui.sources.headings import ENTRA_NAMES
from looop_gui.sources.records import Records, require_columns

BOOLEANS = {
    "true": "True",
    "false": "False",
    "yes": "True",
    "no": "False",
    "1": "True",
    "0": "False",
}
"""How a boolean may be written in a file, in lower case, and how the engine writes it."""

_GUEST_MARK = "#ext#@"


@dataclass(frozen=True, slots=True)
class People:
    """The people of a directory by object id, and whom a userPrincipalName (case-folded) names."""

    users: dict[str, DirectoryObject]
    ids_by_name: dict[str, str]
    unreadable: set[str]
    default_domain: str
    incomplete: bool = False


def read_people(records: Records) -> People:
    """The people that `records` list; what is wrong with a row goes to the records' problems.

    A row without id or with the id of an earlier row is left out. A row whose accountEnabled is
    no boolean is left out too, and its id is `unreadable`: guessing could give somebody access.
    Two people with one userPrincipalName are both there; matching lets only one have the account.
    """
    require_columns(records, "id", "userPrincipalName")
    users: dict[str, DirectoryObject] = {}
    indexes: dict[str, int] = {}
    unreadable = set(records.unreadable)
    for index, attributes in enumerate(records.rows):
        object_id = _identify(attributes)
        if not object_id:
            if attributes:
                records.leave_out(index, "The row has no id and is left out.")
        elif object_id in indexes:
            _report_repeated(records, indexes[object_id], index, object_id)
        elif _normalise(attributes, records, index):
            users[object_id] = DirectoryObject(
                object_id, ObjectType.USER, attributes, "deletedDateTime" in attributes
            )
            indexes[object_id] = index
        else:
            unreadable.add(object_id)
            indexes[object_id] = index
    names = _index_names(users)
    _report_namesakes(users, indexes, names, records)
    _link_managers(users, indexes, names, records, unreadable)
    domain, incomplete = _default_domain(names), records.cut_off > 0
    return People(users, names, unreadable - users.keys(), domain, incomplete)


def _report_repeated(records: Records, first: int, index: int, object_id: str) -> None:
    """Somebody listed twice is no loss; another person with this id is one nobody knows."""
    sentence = f"The id {object_id} is the one of line {records.line_of(first)}; left out."
    if _name(records.rows[first]) == _name(records.rows[index]):
        records.report(index, sentence)
    else:
        records.leave_out(index, sentence)


def _name(attributes: Mapping[str, AttributeValue]) -> str:
    given = attributes.get("originalUserPrincipalName") or attributes.get("userPrincipalName")
    return given.strip().casefold() if isinstance(given, str) else ""


def resolve_person(reference: str, people: People) -> str | None:
    """The object id of the person meant by an object id or a userPrincipalName."""
    if reference in people.users:
        return reference
    return people.ids_by_name.get(reference.casefold())


def _identify(attributes: dict[str, AttributeValue]) -> str:
    """The object id, trimmed, stored under both of its names."""
    value = attributes.get("id") or attributes.get("objectId")
    object_id = value.strip() if isinstance(value, str) else ""
    if object_id:
        attributes["id"] = attributes["objectId"] = object_id
    return object_id


def _normalise(attributes: dict[str, AttributeValue], records: Records, index: int) -> bool:
    """Brings one person's attributes into the engine's form; False when she cannot be used."""
    enabled = attributes.get("accountEnabled")
    if enabled is not None:
        value = BOOLEANS.get(enabled.strip().casefold()) if isinstance(enabled, str) else None
        if value is None:
            records.report(
                index,
                f'accountEnabled is "{enabled}", which is neither true nor false. The person is'
                " left as she is until it is corrected.",
            )
            return False
        attributes["accountEnabled"] = value
    for graph_name, entra_name in ENTRA_NAMES:
        given = attributes.get(graph_name)
        if given and entra_name not in attributes:
            attributes[entra_name] = given if isinstance(given, str) else given[0]
    _normalise_name(attributes, records, index)
    return True


def _normalise_name(attributes: dict[str, AttributeValue], records: Records, index: int) -> None:
    name = attributes.get("userPrincipalName")
    name = name.strip() if isinstance(name, str) else ""
    if not name:
        attributes.pop("userPrincipalName", None)
        records.report(index, "The person has no userPrincipalName.")
        return
    attributes["originalUserPrincipalName"] = name
    attributes["userPrincipalName"] = home_name(name) if "#" in name else name


def home_name(user_principal_name: str) -> str:
    """A guest's name at home: `a_b.org#EXT#@contoso.com` is `a@b.org` (section b.2)."""
    at = user_principal_name.casefold().find(_GUEST_MARK)
    if at < 0:
        return user_principal_name
    alias, underscore, domain = user_principal_name[:at].rpartition("_")
    return f"{alias}@{domain}" if underscore else user_principal_name[:at]


def _index_names(users: Mapping[str, DirectoryObject]) -> dict[str, str]:
    """Who has each name: the first person that is not deleted, else the first at all."""
    names: dict[str, str] = {}
    for object_id, person in users.items():
        for attribute in ("userPrincipalName", "originalUserPrincipalName"):
            name = person.attributes.get(attribute)
            if not isinstance(name, str):
                continue
            holder = names.setdefault(name.casefold(), object_id)
            if holder != object_id and users[holder].deleted and not person.deleted:
                names[name.casefold()] = object_id
    return names


def _report_namesakes(
    users: Mapping[str, DirectoryObject],
    indexes: Mapping[str, int],
    names: Mapping[str, str],
    records: Records,
) -> None:
    """Lists whoever has the userPrincipalName of somebody else, deleted people aside."""
    for object_id, person in users.items():
        name = person.attributes.get("userPrincipalName")
        holder = names[name.casefold()] if isinstance(name, str) else object_id
        if holder != object_id and not person.deleted:
            line = records.line_of(indexes[holder])
            records.report(
                indexes[object_id], f"The userPrincipalName {name} is also the one of line {line}."
            )


def _link_managers(
    users: Mapping[str, DirectoryObject],
    indexes: Mapping[str, int],
    names: Mapping[str, str],
    records: Records,
    unreadable: set[str],
) -> None:
    """Replaces a manager's userPrincipalName by the object id and drops managers nobody knows."""
    for object_id, index in indexes.items():
        attributes = records.rows[index]
        manager = (
            attributes.get("manager")
            or attributes.get("manager.id")
            or attributes.get("manager.userPrincipalName")
        )
        if not manager or object_id not in users:
            continue
        reference = manager.strip() if isinstance(manager, str) else manager[0]
        found = reference if reference in users else names.get(reference.casefold())
        if found is None and (reference in unreadable or records.cut_off):
            found = reference
        if found is not None:
            attributes["manager"] = found
            continue
        attributes.pop("manager", None)
        records.report(index, f"The manager {reference} is not in the file; no manager is set.")


def _default_domain(names: Mapping[str, str]) -> str:
    """The domain most people have; guests count under their own."""
    domains = Counter(name.rpartition("@")[2] for name in names if "#ext#" not in name)
    return domains.most_common(1)[0][0] if domains else ""
