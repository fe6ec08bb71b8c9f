"""Read the logic of a decision: boxed expressions and tables."""

from collections.abc import Callable, Iterator

from lxml import etree

from engine.feel.dmn import boxes
from engine.feel.dmn.boxes import Box

Element = etree._Element
NAMESPACES = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20151101/dmn11.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
    "https://www.omg.org/spec/DMN/20240513/MODEL/": "1.6",
}


def local(element: Element) -> str:
    return etree.QName(element).localname


def attribute(element: Element, name: str) -> str:
    return str(element.get(name) or "").strip()


def children(element: Element | None, tag: str) -> Iterator[Element]:
    """Return the children of this local name in the element's own namespace."""
    if element is None:
        return iter(())
    namespace, brace, _name = str(element.tag).rpartition("}")
    return element.iterchildren(f"{namespace}{brace}{tag}")


def child(element: Element | None, tag: str) -> Element | None:
    return next(children(element, tag), None)


def text_of(element: Element | None) -> str:
    return "" if element is None else "".join(map(str, element.itertext())).strip()


def type_of(element: Element | None) -> str | None:
    return (attribute(element, "typeRef") or None) if element is not None else None


def read_box(parent: Element | None, name: str) -> Box | None:
    """Return the boxed expression in the parent, if any; `name` is that of the decision, for messages."""
    if parent is None:
        return None
    return next((_box(each, name) for each in parent if isinstance(each.tag, str) and local(each) in READERS), None)


def _box(element: Element, name: str) -> Box:
    box, type = READERS[local(element)](element, name), type_of(element)
    return box if type is None or isinstance(box, KEEP_TYPE) else boxes.Typed(box, type)


def _inside(element: Element, tag: str, name: str) -> Box:
    return read_box(child(element, tag), name) or boxes.Text("null")


def _text(element: Element, name: str) -> Box:
    return boxes.Text(text_of(child(element, "text")) or "null", type_of(element))


def _entry(element: Element, name: str) -> boxes.Entry:
    variable = child(element, "variable")
    box = read_box(element, name) or boxes.Text("null")
    return boxes.Entry("" if variable is None else attribute(variable, "name"), type_of(variable), box)


def _context(element: Element, name: str) -> Box:
    entries = [_entry(each, name) for each in children(element, "contextEntry")]
    result = next((entry.box for entry in entries if not entry.name), None)
    return boxes.Context(tuple(entry for entry in entries if entry.name), result)


def _items(element: Element, name: str) -> boxes.Items:
    return boxes.Items(
        tuple(_box(each, name) for each in element if isinstance(each.tag, str) and local(each) in READERS)
    )


def _relation(element: Element, name: str) -> Box:
    columns = tuple(boxes.Parameter(attribute(each, "name"), type_of(each)) for each in children(element, "column"))
    rows = tuple(_items(row, name).items for row in children(element, "row"))
    return boxes.Relation(columns, rows)


def _invocation(element: Element, name: str) -> Box:
    bindings = []
    for each in children(element, "binding"):
        parameter = child(each, "parameter")
        if parameter is not None:
            box = read_box(each, name) or boxes.Text("null")
            bindings.append(boxes.Entry(attribute(parameter, "name"), type_of(parameter), box))
    return boxes.Invocation(read_box(element, name) or boxes.Text("null"), tuple(bindings))


def read_definition(element: Element, name: str) -> Box:
    parameters = tuple(
        boxes.Parameter(attribute(each, "name"), type_of(each)) for each in children(element, "formalParameter")
    )
    body = read_box(element, name) or boxes.Text("null")
    return boxes.Definition(parameters, body, attribute(element, "kind") or "FEEL", type_of(element))


def _conditional(element: Element, name: str) -> Box:
    return boxes.Conditional(*(_inside(element, tag, name) for tag in ("if", "then", "else")))


def _iteration(element: Element, name: str) -> Box:
    kind = local(element)
    body = _inside(element, "return" if kind == "for" else "satisfies", name)
    return boxes.Iteration(kind, attribute(element, "iteratorVariable"), _inside(element, "in", name), body)


def _filter(element: Element, name: str) -> Box:
    return boxes.Filter(_inside(element, "in", name), _inside(element, "match", name))


# -- tables --------------------------------------------------------------------------------------------------------


def _table(element: Element, name: str) -> Box:
    return boxes.Table(
        name=name,
        inputs=tuple(map(_input, children(element, "input"))),
        outputs=tuple(_output(each, element) for each in children(element, "output")),
        rules=tuple(_rule(number, each) for number, each in enumerate(children(element, "rule"), 1)),
        hit_policy=attribute(element, "hitPolicy") or "UNIQUE",
        aggregation=attribute(element, "aggregation"),
        annotations=tuple(attribute(each, "name") for each in children(element, "annotation")),
    )


def _input(element: Element) -> boxes.Input:
    expression = child(element, "inputExpression")
    text = text_of(child(expression, "text"))
    return boxes.Input(
        label=attribute(element, "label") or text,
        text=text or "null",
        type=type_of(expression),
        allowed=text_of(child(child(element, "inputValues"), "text")),
    )


def _output(element: Element, table: Element) -> boxes.Output:
    name = attribute(element, "name")
    return boxes.Output(
        name=name,
        label=attribute(element, "label") or name or attribute(table, "outputLabel"),
        type=type_of(element),
        allowed=text_of(child(child(element, "outputValues"), "text")),
        default=text_of(child(child(element, "defaultOutputEntry"), "text")),
    )


def _rule(number: int, element: Element) -> boxes.Rule:
    def cells(tag: str) -> tuple[str, ...]:
        return tuple(text_of(child(each, "text")) for each in children(element, tag))

    notes = (*cells("annotationEntry"), *([note] if (note := text_of(child(element, "description"))) else []))
    return boxes.Rule(number, attribute(element, "id"), cells("inputEntry"), cells("outputEntry"), notes)


# these hold their types themselves; a table's is that of its decision
KEEP_TYPE = (boxes.Text, boxes.Table, boxes.Definition)
READERS: dict[str, Callable[[Element, str], Box]] = {
    "literalExpression": _text,
    "context": _context,
    "list": _items,
    "relation": _relation,
    "invocation": _invocation,
    "functionDefinition": read_definition,
    "conditional": _conditional,
    "for": _iteration,
    "some": _iteration,
    "every": _iteration,
    "filter": _filter,
    "decisionTable": _table,
}
