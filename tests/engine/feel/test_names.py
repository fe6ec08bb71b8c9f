"""Names with signs in them: parameters, keys of contexts, elements of a model."""

from decimal import Decimal

import pytest

from engine import feel
from engine.feel import dmn
from tests.engine.feel.tables import model
from tests.engine.feel.test_types import deciding, literal, typed


@pytest.mark.fault(21)
@pytest.mark.parametrize("name", ["a.b", "a+b", "a-b", "a*b", "a**b", "a/b", "a's b", "a b", "a.b c+d", "so if 2"])
def test_parameters(name: str) -> None:
    assert feel.evaluate(f"{{f: function({name}: number) {name} * 2, r: f({name}: 3)}}.r", {}) == Decimal(6)
    assert feel.evaluate(f"{{f: function({name}, other) {name} - other, r: f(other: 1, {name}: 3)}}.r", {}) == 2
    known = (
        f'<businessKnowledgeModel id="k" name="k {name}"><encapsulatedLogic>'
        f"{typed('formalParameter', name, 'number')}{literal(f'{name} * 2')}</encapsulatedLogic></businessKnowledgeModel>"
    )
    bound = f"<binding>{typed('parameter', name)}{literal('3')}</binding>"
    boxed = f"<invocation>{literal(f'k {name}')}{bound}</invocation>"
    for body in (literal(f"k {name}({name}: 3)"), literal(f"k {name}(3)"), boxed):
        assert model(more=known + deciding(body, needs="k")).decide("d", {}).value == Decimal(6)


@pytest.mark.fault(21)
@pytest.mark.parametrize("key", ["foo+bar((!!],foo", "a==b", "“a”", "", "1", "//", ";", "a: b", "x]", "费用（元）"])
def test_keys_in_quotes_hold_any_signs(key: str) -> None:
    assert feel.evaluate(f'{{"{key}": 1, then: 2}}', {}) == {key: Decimal(1), "then": Decimal(2)}
    assert feel.evaluate(f'get value({{"{key}": 1}}, "{key}")', {}) == Decimal(1)


def test_a_key_that_is_no_name_hides_nothing() -> None:
    assert feel.evaluate('{f: function(x) x + 1, "f(1)": 9, r: f(1)}.r', {}) == Decimal(2)
    assert feel.evaluate('{a: [1, 2], "a[1]": 9, r: a[1]}.r', {}) == Decimal(1)
    assert feel.evaluate('{"a+b": 9, r: a+b}.r', {}) == Decimal(9)


def test_a_parameter_with_signs_is_known_in_its_function_alone() -> None:
    known = (
        '<businessKnowledgeModel id="k" name="k"><encapsulatedLogic>'
        f"{typed('formalParameter', 'a-b', 'number')}{literal('a-b * 2')}</encapsulatedLogic></businessKnowledgeModel>"
    )
    found = model(more=known + deciding(literal("k(a-b: 3) + a-b"), needs="k"))
    assert found.decide("d", {"a": 5, "b": 2}).value == Decimal(9)
    assert dmn.check(found, ["a", "b"]) == []


@pytest.mark.fault(21)
def test_an_element_whose_name_no_expression_can_hold_stops_no_other() -> None:
    odd = '<inputData id="i" name="Ready?!"><variable name="Ready?!"/></inputData>'
    assert model(more=odd + deciding(literal("1 + 1"))).decide("d", {}).value == Decimal(2)
