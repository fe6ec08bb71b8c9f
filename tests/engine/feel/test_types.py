"""Values and their declared types: what does not fit is null, wherever it stands."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from engine.feel import dmn
from tests.engine.feel.tables import model

ALICE = {"name": "Alice", "age": Decimal(40)}
ITEMS = """
<itemDefinition name="tPerson">
  <itemComponent name="name"><typeRef>string</typeRef></itemComponent>
  <itemComponent name="age"><typeRef>number</typeRef></itemComponent>
</itemDefinition>
<itemDefinition name="tPeople" isCollection="true"><typeRef>tPerson</typeRef></itemDefinition>
<itemDefinition name="tHome">
  <itemComponent name="owner"><typeRef>tPerson</typeRef></itemComponent>
  <itemComponent name="all" isCollection="true"><typeRef>tPerson</typeRef></itemComponent>
</itemDefinition>
<itemDefinition name="tCounting"><functionItem outputTypeRef="number"/></itemDefinition>"""


def literal(text: str) -> str:
    return f"<literalExpression><text><![CDATA[{text}]]></text></literalExpression>"


def typed(tag: str, name: str, type: str = "") -> str:
    return f'<{tag} name="{name}"' + (f' typeRef="{type}"/>' if type else "/>")


def deciding(body: str, type: str = "", needs: str = "") -> str:
    """A decision "d" of this type, which may need a business knowledge model."""
    needed = f'<knowledgeRequirement><requiredKnowledge href="#{needs}"/></knowledgeRequirement>' if needs else ""
    return f'<decision id="d" name="d">{typed("variable", "d", type)}{needed}{body}</decision>'


def knowing(body: str, type: str = "", parameter: str = "tPerson") -> str:
    """A business knowledge model "k" with one parameter "p"."""
    return (
        f'<businessKnowledgeModel id="k" name="k">{typed("variable", "k", type)}<encapsulatedLogic>'
        f"{typed('formalParameter', 'p', parameter)}{body}</encapsulatedLogic></businessKnowledgeModel>"
    )


def calling(argument: str, type: str = "") -> str:
    return (
        f"<invocation>{literal('k')}<binding>{typed('parameter', 'p', type)}{literal(argument)}</binding></invocation>"
    )


def entry(name: str, type: str, body: str) -> str:
    return f"<contextEntry>{typed('variable', name, type) if name else ''}{body}</contextEntry>"


def decided(*parts: str, context: dict[str, object] | None = None) -> object:
    return model(version="1.5", more=ITEMS + "".join(parts)).decide("d", context or {}).value


WHOLE = '{name: "Alice", age: 40}'
LACKING = '{name: "Alice"}'


@pytest.mark.fault(21)
@pytest.mark.parametrize(
    ("type", "text", "value"),
    [
        ("tPerson", WHOLE, ALICE),
        ("tPerson", LACKING, None),
        ("tPerson", '{name: "Alice", age: null}', {"name": "Alice", "age": None}),
        ("tPerson", '{name: "Alice", age: "40"}', None),
        ("tPerson", '{name: "Alice", age: 40, more: 1}', {**ALICE, "more": Decimal(1)}),
        ("tPerson", f"[{WHOLE}]", ALICE),
        ("tPeople", WHOLE, [ALICE]),
        ("tPeople", f"[{WHOLE}, {LACKING}]", None),
        ("tPeople", f"[{WHOLE}, null]", [ALICE, None]),
        ("tHome", f"{{owner: {WHOLE}, all: {WHOLE}}}", {"owner": ALICE, "all": [ALICE]}),
        ("tHome", f"{{owner: {LACKING}, all: []}}", None),
        ("tHome", f"{{owner: {WHOLE}, all: [{LACKING}]}}", None),
    ],
)
def test_what_a_decision_gives(type: str, text: str, value: object) -> None:
    assert decided(deciding(literal(text), type)) == value


@pytest.mark.fault(21)
@pytest.mark.parametrize(("argument", "value"), [(WHOLE, "Alice"), (LACKING, None), (f"[{WHOLE}]", "Alice")])
def test_what_a_function_is_called_with(argument: str, value: object) -> None:
    known = knowing(literal("p.name"))
    assert decided(known, deciding(literal(f"k({argument})"), needs="k")) == value
    assert decided(known, deciding(literal(f"k(p: {argument})"), needs="k")) == value
    assert decided(known, deciding(calling(argument), needs="k")) == value
    untyped = knowing(literal('"called with " + p.name'), parameter="")
    assert decided(untyped, deciding(calling(argument, "tPerson"), needs="k")) == (value and f"called with {value}")
    inline = f"{{f: function(p: tPerson) p.name, r: f({argument})}}.r"
    assert decided(deciding(literal(inline))) == value


@pytest.mark.fault(21)
def test_what_a_function_gives() -> None:
    call = deciding(literal("k(null)"), needs="k")
    assert decided(knowing(literal(LACKING), "tPerson"), call) is None
    assert decided(knowing(literal(WHOLE), "tPerson"), call) == ALICE
    # the type of the model may be that of the function as a whole
    assert decided(knowing(literal("1"), "tCounting"), call) == Decimal(1)
    assert decided(knowing(literal('"1"'), "tCounting"), call) is None


@pytest.mark.fault(21)
def test_entries_columns_and_boxes_of_their_own_type() -> None:
    inner = f"<functionDefinition>{typed('formalParameter', 'x', 'number')}{literal('x + 1')}</functionDefinition>"
    boxed = "<context>{}</context>"
    assert decided(deciding(boxed.format(entry("e", "tPerson", literal(LACKING))))) == {"e": None}
    assert decided(deciding(boxed.format(entry("f", "number", inner) + entry("", "", literal("f(2)"))))) == Decimal(3)
    assert decided(deciding(boxed.format(entry("f", "string", inner) + entry("", "", literal("f(2)"))))) is None
    assert decided(deciding(boxed.format(entry("f", "number", inner) + entry("", "", literal('f("a")'))))) is None
    row = f"<row>{literal('1')}{literal('2')}</row>"
    columns = typed("column", "name", "string") + typed("column", "age", "number")
    assert decided(deciding(f"<relation>{columns}{row}</relation>")) == [{"name": None, "age": Decimal(2)}]
    assert decided(deciding(f'<list typeRef="tPeople">{literal(LACKING)}</list>')) is None


@pytest.mark.fault(21)
def test_what_a_decision_is_given() -> None:
    person = '<inputData id="i" name="person"><variable name="person" typeRef="tPerson"/></inputData>'
    needs = '<informationRequirement><requiredInput href="#i"/></informationRequirement>'
    asked = f'<decision id="d" name="d">{needs}{literal("person.name")}</decision>'
    assert decided(person, asked, context={"person": {"name": "Alice", "age": 40}}) == "Alice"
    assert decided(person, asked, context={"person": {"name": "Alice"}}) is None


@pytest.mark.fault(21)
@pytest.mark.parametrize(
    ("rounds", "some", "every"), [('[true, "no"]', None, None), ("[true, null]", True, None), ("[true]", True, True)]
)
def test_boxed_quantifiers_over_what_is_no_boolean(rounds: str, some: bool | None, every: bool | None) -> None:
    for tag, value in (("some", some), ("every", every)):
        loop = f'<{tag} iteratorVariable="x"><in>{literal(rounds)}</in><satisfies>{literal("x")}</satisfies></{tag}>'
        assert decided(deciding(loop)) is value


def test_what_comes_out_of_a_function_or_service_is_pythons_own() -> None:
    later = knowing(literal('p + @"P1D"'), "date and time", "date")
    service = f'<decisionService id="s" name="s">{typed("variable", "s", "date and time")}<outputDecision href="#d"/></decisionService>'
    found = model(version="1.5", more=later + deciding(literal('@"2026-03-01"'), "date") + service)
    midnight = datetime(2026, 3, 1, tzinfo=UTC)
    assert found.invoke("k", {"p": date(2026, 2, 28)}) == midnight
    assert found.serve("s", {}) == midnight


def test_types_of_an_import_without_a_name() -> None:
    people = dmn.read(
        f'<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="p">{ITEMS}</definitions>'.encode()
    )
    imports = '<import namespace="p" name="" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>'
    using = dmn.read(
        '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="u">'
        f"{imports}{deciding(literal(LACKING), 'tPerson')}</definitions>".encode(),
        {"p": people},
    )
    assert using.decide("d", {}).value is None
