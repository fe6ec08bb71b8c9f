"""Read a decision file (DMN 1.1 to 1.6) safely."""

from collections.abc import Callable, Iterator, Mapping

from lxml import etree

from engine.feel.cursor import guessable
from engine.feel.dmn.graph import Decision, Graph, InputNode, Knowledge, Reference, Service
from engine.feel.dmn.logic import (
    NAMESPACES,
    attribute,
    child,
    children,
    local,
    read_box,
    read_definition,
    text_of,
    type_of,
)
from engine.feel.dmn.model import Model
from engine.feel.dmn.types import ItemType
from engine.feel.errors import BadModel

Element = etree._Element
LARGEST = 2_000_000  # bytes
BILINGUAL = "{urn:bilingual}en"
"""The attribute with the author's English for an element's label, name or text."""


def parse(xml: bytes) -> Element:
    """Return the root of the document. Raises BadModel if it is not XML, is too large, or has a DOCTYPE."""
    if len(xml) > LARGEST:
        raise BadModel("文件超过 2 MB", "the file is larger than 2 MB")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as bad:
        raise BadModel(f"不是有效的 XML({bad})", f"it is not well-formed XML ({bad})") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadModel("不接受含 DOCTYPE 的文件", "files with a DOCTYPE are refused")
    return root


def read(source: "bytes | Element | etree._ElementTree", imported: Mapping[str, Graph] | None = None) -> Model:
    """Return the model in this file: bytes, or a tree that was parsed safely. `imported`: other models by namespace.

    Raises BadModel where it is no decision file, or one of an unknown version. Unreadable cells are accepted: `check`
    finds them, and deciding raises TableError at them.
    """
    root = parse(source) if isinstance(source, bytes) else source
    if isinstance(root, etree._ElementTree):
        root = root.getroot()
    if local(root) != "definitions":
        raise BadModel(f"根元素是 {local(root)}，不是 definitions", f"its root is {local(root)}, not definitions")
    namespace = etree.QName(root).namespace or ""
    if namespace not in NAMESPACES:
        raise BadModel(f"不认识的 DMN 版本 {namespace}", f"unknown version of DMN: {namespace}")
    model = Model(name=attribute(root, "name"), namespace=attribute(root, "namespace"))
    for each in root:
        if isinstance(each.tag, str) and local(each) in READERS:
            READERS[local(each)](model, each)
    _import(model, root, imported or {})
    model.known = frozenset(_names(model, root))
    return model


def _import(model: Model, root: Element, imported: Mapping[str, Graph]) -> None:
    model.aliases = frozenset(attribute(each, "name") for each in children(root, "import"))
    for each in children(root, "import"):
        namespace = attribute(each, "namespace")
        if namespace in imported:
            model.imports[namespace] = attribute(each, "name"), imported[namespace]


def _names(model: Model, root: Element) -> Iterator[str]:
    """Yield every name in the file that the parser could not recognise by rule: with signs or keywords in it.

    Names of parameters are known in their function alone (see `Graph.knowing`).
    """
    for each in root.iter():
        if isinstance(each.tag, str) and local(each) not in ("formalParameter", "parameter"):
            name = attribute(each, "name")
            if name and not guessable(name):
                yield name
    for _, graph in model.imports.values():
        yield from graph.known


# -- elements ------------------------------------------------------------------------------------------------------


def _decision(model: Model, element: Element) -> None:
    id, name = attribute(element, "id"), attribute(element, "name")
    variable = child(element, "variable")
    logic = read_box(element, name or id)
    model.decisions[id or name] = Decision(
        id=id or name,
        name=name,
        variable=(attribute(variable, "name") if variable is not None else "") or name,
        type=type_of(variable),
        logic=logic,
        requires=tuple(_requirements(element)),
        label=attribute(element, "label"),
        english=dict(_english(element)),
    )
    languages = {str(each.get("expressionLanguage") or "feel") for each in element.iter()}
    model.foreign += [(id or name, each) for each in sorted(languages) if not _is_feel(each)]


def _is_feel(language: str) -> bool:
    """Return whether this is FEEL, and not its variant B-FEEL, which answers otherwise where FEEL gives null."""
    return "feel" in language.lower() and "b-feel" not in language.lower()


def _english(element: Element) -> Iterator[tuple[str, str]]:
    for each in element.iter():
        if english := attribute(each, BILINGUAL):
            yield attribute(each, "label") or attribute(each, "name") or text_of(each), english


def _requirements(element: Element) -> Iterator[Reference]:
    kinds = {
        "informationRequirement": ("requiredDecision", "requiredInput"),
        "knowledgeRequirement": ("requiredKnowledge",),
    }
    for requirement, targets in kinds.items():
        for each in children(element, requirement):
            for target in targets:
                yield from map(reference, children(each, target))


def reference(element: Element) -> Reference:
    """Parse an href: `#id`, or `namespace#id`."""
    namespace, _, id = attribute(element, "href").rpartition("#")
    return Reference(namespace, id)


def _input(model: Model, element: Element) -> None:
    id, name = attribute(element, "id"), attribute(element, "name")
    model.inputs[id] = InputNode(id, name, type_of(child(element, "variable")))


def _knowledge(model: Model, element: Element) -> None:
    id, name = attribute(element, "id"), attribute(element, "name")
    encapsulated = child(element, "encapsulatedLogic")
    logic = None if encapsulated is None else read_definition(encapsulated, name)
    type = type_of(child(element, "variable"))
    model.knowledge[id] = Knowledge(id, name, logic, type, tuple(_requirements(element)))


def _service(model: Model, element: Element) -> None:
    def references(tag: str) -> tuple[Reference, ...]:
        return tuple(map(reference, children(element, tag)))

    id, name = attribute(element, "id"), attribute(element, "name")
    model.services[id] = Service(
        id,
        name,
        type_of(child(element, "variable")),
        references("outputDecision"),
        references("inputDecision"),
        references("inputData"),
    )


def _item_definition(model: Model, element: Element) -> None:
    made = _item_type(element)
    model.types[made.name] = made


def _item_type(element: Element) -> ItemType:
    function = child(element, "functionItem")
    return ItemType(
        name=attribute(element, "name"),
        base=text_of(child(element, "typeRef")) or None,
        collection=attribute(element, "isCollection") == "true",
        parts=tuple(map(_item_type, children(element, "itemComponent"))),
        allowed=text_of(child(child(element, "allowedValues"), "text")),
        constraint=text_of(child(child(element, "typeConstraint"), "text")),
        function=function is not None,
        gives=None if function is None else attribute(function, "outputTypeRef") or None,
    )


READERS: dict[str, Callable[[Model, Element], None]] = {
    "decision": _decision,
    "inputData": _input,
    "businessKnowledgeModel": _knowledge,
    "decisionService": _service,
    "itemDefinition": _item_definition,
}
