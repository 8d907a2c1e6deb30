"""Makes the samples of this folder anew; see README.md. Run from the checkout's root."""

import csv
import io
import json
from pathlib import Path

from looop_gui.sources.demo import generate
from looop_gui.sources.folder_writing import PORTAL_COLUMNS, write_folder

HERE = Path(__file__).parent
HUMAN = {
    "userPrincipalName": "User principal name",
    "displayName": "Display name",
    "surname": "Last name",
    "givenName": "First name",
    "id": "Object ID",
    "accountEnabled": "Account enabled",
    "jobTitle": "Job title",
    "department": "Department",
    "streetAddress": "Street address",
    "city": "City",
}


def main() -> None:
    """Writes every sample."""
    make_portal()
    make_semicolons()
    make_windows()
    make_graph()


def make_portal() -> None:
    """A company as the portal exports it, with the defects that README.md lists."""
    folder = HERE / "portal"
    write_folder(generate(1_040, seed=2026), folder)
    users = folder / "users.csv"
    rows = list(csv.reader(io.StringIO(users.read_text(encoding="utf-8-sig"), newline="")))
    column = {name: rows[0].index(name) for name in PORTAL_COLUMNS}
    plain = [n for n, row in enumerate(rows) if n > 40 and not any("\n" in c for c in row)]
    defects = {plain[place]: kind for place, kind in zip(range(0, 720, 90), _DEFECTS, strict=True)}
    for number, kind in defects.items():
        name, value = _DEFECTS[kind]
        if name == "copy":
            rows[number][column[value]] = rows[12][column[value]]
        elif name:
            rows[number][column[name]] = value
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for number, row in enumerate(rows):
        if defects.get(number) == "unquoted":
            row[column["displayName"]] = "Lee, Ann"
            text.write(",".join(row) + "\r\n")
        else:
            writer.writerow(row)
    users.write_bytes(text.getvalue().encode("utf-8-sig"))
    with (folder / "members.csv").open("a", encoding="utf-8", newline="") as members:
        group = rows[1][column["id"]]
        members.write(f"{group},{rows[2][column['id']]}\r\n")


_DEFECTS = {
    "no id": ("id", ""),
    "same id": ("copy", "id"),
    "no name": ("userPrincipalName", ""),
    "same name": ("copy", "userPrincipalName"),
    "no boolean": ("accountEnabled", "unknown"),
    "no manager": ("manager", "former.boss@lumenwerk.example"),
    "unquoted": ("", ""),
    "dangling manager": ("manager", "00000000-1111-4222-8333-444444444444"),
}


def make_semicolons() -> None:
    """Human headings, semicolons, UTF-16 with a byte order mark, quoted line breaks."""
    people = list(generate(25, seed=7).users.values())
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(HUMAN.values())
    for person in people:
        row = [str(person.attributes.get(name, "")) for name in HUMAN]
        row[8] = row[8] and f"{row[8]}\n2nd floor; left"
        writer.writerow(row)
    folder = HERE / "utf16-semicolons"
    folder.mkdir(exist_ok=True)
    (folder / "users.csv").write_bytes(b"\xff\xfe" + text.getvalue().encode("utf-16-le"))


def make_windows() -> None:
    """Windows-1252, tabs, without byte order mark."""
    lines = [
        "id\tuserPrincipalName\tdisplayName\tcity",
        "w1\tjürgen@contoso.example\tJürgen Groß\tKöln",
        "w2\tzoe@contoso.example\tZoë Lefèvre – «Zo»\tNîmes",
        "w3\tanna@contoso.example\tAnna Smith\tYork",
    ]
    folder = HERE / "windows-1252-tabs"
    folder.mkdir(exist_ok=True)
    (folder / "users.csv").write_bytes(("\r\n".join(lines) + "\r\n").encode("cp1252"))


def make_graph() -> None:
    """What Microsoft Graph answers to GET /users, with expanded managers."""
    people = generate(30, seed=9).users.values()
    users = [
        {
            "id": person.id,
            "userPrincipalName": person.attributes["originalUserPrincipalName"],
            "displayName": person.display_name,
            "givenName": person.attributes.get("givenName"),
            "surname": person.attributes.get("surname"),
            "mail": person.attributes.get("mail"),
            "jobTitle": person.attributes.get("jobTitle"),
            "department": person.attributes.get("department"),
            "accountEnabled": person.account_enabled,
            "businessPhones": [person.attributes.get("telephoneNumber", "+1")],
            "mobilePhone": person.attributes.get("mobile"),
            "officeLocation": person.attributes.get("physicalDeliveryOfficeName"),
            "onPremisesExtensionAttributes": {
                "extensionAttribute1": person.attributes.get("extensionAttribute1"),
                "extensionAttribute2": None,
            },
            "manager": {"id": person.manager} if person.manager else None,
        }
        for person in people
    ]
    answer = {"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users", "value": users}
    folder = HERE / "graph-json"
    folder.mkdir(exist_ok=True)
    text = json.dumps(answer, ensure_ascii=False, indent=1)
    (folder / "users.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
