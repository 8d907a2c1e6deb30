"""Every rule of the expression lint: what it finds, where, with which fix, and what it leaves."""

import pytest

from looop_gui.expressions.findings import LintFinding, Severity, nearest
from looop_gui.expressions.inference import SourceAttributes
from looop_gui.expressions.lint import ExpressionUse, lint_expression
from looop_gui.expressions.values import EvaluationOptions
from looop_gui.model.mapping import AttributeDefinition, AttributeType

SOURCES = SourceAttributes(
    {
        each.name: each
        for each in (
            AttributeDefinition("givenName"),
            AttributeDefinition("surname"),
            AttributeDefinition("country"),
            AttributeDefinition("mail"),
            AttributeDefinition("hireDate"),
            AttributeDefinition("userPrincipalName", required=True),
            AttributeDefinition("employeeNumber", AttributeType.INTEGER),
            AttributeDefinition("proxyAddresses", multivalued=True),
            AttributeDefinition("appRoleAssignments", multivalued=True),
            AttributeDefinition("manager", AttributeType.REFERENCE),
            AttributeDefinition("IsSoftDeleted", AttributeType.BOOLEAN, required=True),
            AttributeDefinition("dirSyncEnabled", AttributeType.BOOLEAN),
        )
    }
)
USE = ExpressionUse(SOURCES)


def only(text: str, use: ExpressionUse = USE) -> LintFinding:
    (finding,) = lint_expression(text, use)
    return finding


@pytest.mark.parametrize(
    ("text", "identifier", "severity", "place", "fixed"),
    [
        ("Join(", "syntax-error", "error", "(", None),
        ("tolower([mail])", "unknown-function", "error", "tolower", "ToLower([mail])"),
        ('Jion("", [mail], [mail])', "unknown-function", "error", "Jion",
         'Join("", [mail], [mail])'),
        ("Xyzzyplugh([mail])", "unknown-function", "error", "Xyzzyplugh", None),
        ("Trim([mail])", "extended-function", "error", "Trim", None),
        ("ToLower([Mail])", "unknown-attribute", "error", "[Mail]", "ToLower([mail])"),
        ("ToLower([givnName])", "unknown-attribute", "error", "[givnName]", "ToLower([givenName])"),
        ("ToLower([zzz])", "unknown-attribute", "error", "[zzz]", None),
        ("ToLower()", "wrong-arity", "error", "ToLower()", None),
        ('Switch([mail], "a", "b")', "wrong-arity", "error", 'Switch([mail], "a", "b")', None),
        ("Mid([mail], , 2)", "missing-argument", "error", "Mid([mail], , 2)", None),
        ("Left([proxyAddresses], 1)", "wrong-type", "error", "[proxyAddresses]",
         "Left(Item([proxyAddresses], 1), 1)"),
        ('ToUpper(Split([mail], "@"))', "wrong-type", "error", 'Split([mail], "@")',
         'ToUpper(Item(Split([mail], "@"), 1))'),
        ("Left([mail], IsPresent([mail]))", "wrong-type", "error", "IsPresent([mail])", None),
        ("Left([mail], Now())", "wrong-type", "error", "Now()", None),
        ('Count("x")', "wrong-type", "error", '"x"', None),
        ('Left([mail], "x")', "wrong-argument", "error", '"x"', None),
        ('IIF("perhaps", 1, 2)', "wrong-argument", "error", '"perhaps"', None),
        ('CDate("soon")', "wrong-argument", "error", '"soon"', None),
        ('DateAdd("q", 1, Now())', "wrong-argument", "error", '"q"', None),
        ('DateDiff("d", Now(), "soon")', "date-not-converted", "warning", '"soon"', None),
        ('FormatDateTime([hireDate], , "yyyy", "Q")', "wrong-argument", "error", '"Q"', None),
        ('FormatDateTime([hireDate], "Q", "yyyy")', "wrong-argument", "error", '"Q"', None),
        ('FormatDateTime([hireDate], "Nope", "yy", "yy")', "wrong-argument", "error", '"Nope"',
         None),
        ('ToLower([mail], "not one")', "wrong-argument", "error", '"not one"', None),
        ('Replace([mail], , "(", , "", , )', "wrong-argument", "error", '"("', None),
        ('DateAdd("d", 1, [hireDate])', "date-not-converted", "warning", "[hireDate]",
         'DateAdd("d", 1, CDate([hireDate]))'),
        ('IIF([country] = "CH", "a", "b")', "iif-null", "warning", '[country] = "CH"', None),
        ('IIF([country] = "", "Other", [country])', "iif-null", "warning", '[country] = ""',
         'Switch([country], [country], "", "Other")'),
        ('IIF(IsNullOrEmpty([country]), "Other", [country])', "iif-null", "warning",
         "IsNullOrEmpty([country])", 'Switch([country], [country], "", "Other")'),
        ('IIF(IsPresent([country]), [country], "Other")', "iif-null", "warning",
         "IsPresent([country])", 'Switch([country], [country], "", "Other")'),
        ('Switch([country], , "CH", "a")', "switch-no-default", "warning", "Switch",
         'Switch([country],  [country], "CH", "a")'),
        ('Switch([dirSyncEnabled], , "True", "a")', "switch-no-default", "warning", "Switch",
         'Switch([dirSyncEnabled],  [dirSyncEnabled], "True", "a")'),
        ('Switch(IsPresent([mail]), "d", "True", [mail])', "switch-presence", "warning",
         "IsPresent([mail])", None),
        ('Switch([manager], "d", "x", "y")', "switch-reference", "warning", "[manager]", None),
        ('Switch([mail], "d", "x", "y", "x", "z")', "switch-duplicate-key", "warning", '"x"', None),
        ('Coalesce(Join("", [mail], [mail]), "d")', "coalesce-never-null", "warning",
         'Join("", [mail], [mail])', None),
        ("SingleAppRoleAssignment([mail])", "role-argument", "error", "[mail]",
         "SingleAppRoleAssignment([appRoleAssignments])"),
        ('[mail] & "x"', "concatenation", "warning", '[mail] & "x"', 'Join("", [mail], "x")'),
        ("IgnoreObjectFlow", "ignore-object-flow", "warning", "IgnoreObjectFlow", None),
        ("Mid([mail], 2)", "mid-length", "warning", "Mid([mail], 2)", "Mid([mail], 2, 10000)"),
        ("SelectUniqueValue([mail], [givenName])", "select-unique-value", "error",
         "SelectUniqueValue([mail], [givenName])", "[mail]"),
        ("ToLower(SelectUniqueValue([mail], [surname]))", "select-unique-value-nested", "error",
         "SelectUniqueValue([mail], [surname])", "ToLower([mail])"),
    ],
)  # fmt: skip
def test_findings(text: str, identifier: str, severity: str, place: str, fixed: str | None) -> None:
    found = [each for each in lint_expression(text, USE) if each.identifier == identifier]
    finding = found[0]
    assert finding.severity == severity
    start = text.rindex(place) if identifier == "switch-duplicate-key" else text.index(place)
    if identifier != "switch-duplicate-key":
        assert text[finding.span.start : finding.span.end] == place
        assert finding.span.start == start
    assert finding.message.endswith((".", "?"))
    if fixed is not None:
        assert finding.fix is not None
        assert finding.fix.title
        assert finding.fix.apply(text) == fixed
        again = {each.identifier for each in lint_expression(fixed, USE)}
        assert identifier not in again


@pytest.mark.parametrize(
    "text",
    [
        'Switch([IsSoftDeleted], , "False", "True", "True", "False")',
        'Switch([IsSoftDeleted], , "True", "False", "False", "True")',
        "Not([IsSoftDeleted])",
        'Join(" ", [givenName], [surname])',
        'Join(";", [proxyAddresses])',
        'Switch([country], "Other", "CH", "Switzerland")',
        'Switch([country], [country], "", "Other")',
        'IIF([IsSoftDeleted] = "True", "x", [mail])',
        'IIF([userPrincipalName] = "x", "a", "b")',
        'IIF(Coalesce([country], "") = "CH", "a", "b")',
        'IIF(Switch([country], [country], "", "none") = "CH", "a", "b")',
        'IIF(DateDiff("d", Now(), CDate(Switch([hireDate], [hireDate], "", "9999-01-01"))) > 5, 1, '
        "2)",
        'Mid([mail], "1", "3")',
        'DateAdd("d", "-10", Now())',
        'FormatDateTime([hireDate], , "yyyy-MM-dd", "dd.MM.yyyy")',
        'FormatDateTime([hireDate], "yyyy-MM-dd", "dd.MM.yyyy")',
        'FormatDateTime(DateAdd("d", 1, CDate([hireDate])), , "M/d/yyyy h:mm:ss tt", "yyyy")',
        'Replace([mail], "@contoso.com", , , "", , )',
        "Item([proxyAddresses], 1)",
        "SingleAppRoleAssignment([appRoleAssignments])",
        "Coalesce([mail], [userPrincipalName])",
        'IgnoreFlowIfNullOrEmpty(Switch([country], "", "CH", "x"))',
        "ToLower([mail], )",
        "BitAnd(&HF, [employeeNumber])",
        'Left([mail], InStr([mail], "@"))',
    ],
)
def test_nothing_to_find(text: str) -> None:
    assert lint_expression(text, USE) == ()


def test_without_a_list_no_attribute_is_unknown() -> None:
    assert lint_expression("ToLower([anything])") == ()


def test_extended_functions_when_admitted() -> None:
    use = ExpressionUse(SOURCES, EvaluationOptions(extended=True))
    assert lint_expression("Trim([mail])", use) == ()
    assert only("Trimm([mail])", use).message == "There is no function Trimm. Did you mean Trim?"


def test_several_values_into_one() -> None:
    """Section c.6: SchemaPropertyCanOnlyAcceptValue."""
    single = ExpressionUse(SOURCES, target=AttributeDefinition("title"))
    many = ExpressionUse(SOURCES, target=AttributeDefinition("emails", multivalued=True))
    for text in (
        'Split([mail], "@")',
        "RemoveDuplicates([proxyAddresses])",
        "AppRoleAssignmentsComplex([appRoleAssignments])",
        "Coalesce([proxyAddresses], [proxyAddresses])",
    ):
        finding = only(text, single)
        assert finding.identifier == "multi-valued-to-single"
        assert finding.severity is Severity.ERROR
        assert finding.fix is not None
        assert lint_expression(finding.fix.apply(text), single) == ()
        assert lint_expression(text, many) == ()


def test_select_unique_value_on_a_matching_attribute() -> None:
    use = ExpressionUse(SOURCES, matching=True)
    finding = only("SelectUniqueValue([mail], [surname])", use)
    assert finding.identifier == "select-unique-value-matching"


def test_findings_come_in_the_order_of_the_text() -> None:
    text = 'Join("", [nope], tolower([mail]), [never])'
    found = lint_expression(text, USE)
    assert [each.identifier for each in found] == [
        "unknown-attribute",
        "unknown-function",
        "unknown-attribute",
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mail", "mail"),
        ("MAIL", "mail"),
        ("givenname", "givenName"),
        ("given_name", "givenName"),
        ("srname", "surname"),
        ("q", None),
        ("somethingElse", None),
        ("", None),
    ],
)
def test_nearest(name: str, expected: str | None) -> None:
    assert nearest(name, ("givenName", "surname", "mail")) == expected


def test_nearest_of_nothing() -> None:
    assert nearest("mail", ()) is None
