"""Words written out in a diagram or table for somebody else to read: of topics, functions, groups and messages."""

from collections.abc import Iterable, Iterator

from engine.bpmn.checking.names import BY_RESIDENT, Variables, awaits
from engine.bpmn.checking.references import absent, of_group
from engine.bpmn.checking.texts import Written, script_lines, written
from engine.bpmn.checking.verdict import Topic, Wording
from engine.bpmn.diagrams import Diagram, Node
from engine.core.errors import Finding
from engine.feel import Expression, FeelError, compile, compile_tests, dmn, syntax

Leaf = syntax.Literal | syntax.Name | syntax.Binary


def wrong(variables: Variables, path: str, diagram: Diagram) -> Iterator[Finding]:
    """Yield the inputs that a topic does not know or lacks, and words that mean nothing to whom they are written."""
    available = variables.available
    for node in diagram.nodes:
        topic = (available.topics or {}).get(node.topic)
        if topic is not None:
            yield from _inputs(variables, node, topic)
        if node.groups.startswith("="):
            yield from _of_leaves(variables, node, _leaves_of(node.groups[1:]), Wording(group=True))
            yield from _compared_groups(variables, node, node.groups[1:], Wording(group=True))
        if "not_by" in node.properties:
            yield from _elements(variables, node, node.properties["not_by"])
        yield from _message(variables, node)
    for process in diagram.processes:
        for text in written(diagram, process.id):
            yield from _arguments(variables, text)
        yield from _tables(variables, path, diagram, process.id)


def _inputs(variables: Variables, node: Node, topic: Topic) -> Iterator[Finding]:
    given = {mapped.target: mapped for mapped in node.inputs}
    for name in given:
        if name not in topic.takes and name not in topic.more:
            yield absent(node, name, {*topic.takes, *topic.more}, "参数", "input")
    for name in sorted(topic.needs - given.keys()):
        zh, en = f"缺少参数「{name}」，「{node.topic}」没有它办不了。", f'"{node.topic}" needs the input "{name}".'
        yield Finding("error", node.id, node.name, zh, en)
    for name, wording in topic.words.items():
        if name in given:
            source = given[name].source
            leaves = _leaves_of(source) if given[name].is_expression else (syntax.Literal(source),)
            yield from _of_leaves(variables, node, leaves, wording)
            if wording.group and given[name].is_expression:
                yield from _compared_groups(variables, node, source, wording)


def _compared_groups(variables: Variables, at: Node, text: str, wording: Wording) -> Iterator[Finding]:
    """Report what a variable that says who is compared with: `if department = "desk" then "security" else department`."""
    who = {leaf.name for leaf in _leaves_of(text) if isinstance(leaf, syntax.Name)}
    for part in compile(text).node.walk() if who else ():
        match part:
            case syntax.Compare(_, syntax.Name(name), syntax.Literal(str(word))) if name in who:
                if word not in wording.codes:
                    yield from of_group(variables.available, at, word, wording.codes)


def _leaves_of(text: str) -> Iterator[Leaf]:
    try:
        yield from _leaves(compile(text).node)
    except (FeelError, RecursionError):
        return  # reported elsewhere


def _leaves(node: syntax.Node) -> Iterator[Leaf]:
    """Yield what an expression can come to: texts, variables, and texts that are put together."""
    match node:
        case syntax.If(_, then, otherwise):
            yield from _leaves(then)
            yield from _leaves(otherwise)
        case syntax.ListOf(items):
            for item in items:
                yield from _leaves(item)
        case syntax.Filter(source, _, _):
            yield from _leaves(source)
        case syntax.Literal() | syntax.Name() | syntax.Binary():
            yield node


def _of_leaves(variables: Variables, at: Node, leaves: Iterable[Leaf], wording: Wording) -> Iterator[Finding]:
    for leaf in leaves:
        match leaf:
            case syntax.Literal(str(text)) if wording.elements:
                yield from _elements(variables, at, text)
            case syntax.Literal(str(text)) if wording.group:
                if text not in wording.codes:
                    yield from of_group(variables.available, at, text, wording.codes)
            case syntax.Literal(str(text)) if text not in wording.codes:
                yield absent(at, text, wording.codes, "代码", "code")
            case syntax.Binary("+", _, syntax.Literal(str(ending))) if wording.group:
                yield from _role(variables, at, ending)


def _role(variables: Variables, at: Node, ending: str) -> Iterator[Finding]:
    """Report the role behind a department that is a variable: `department + "/head"`."""
    roles, role = variables.available.roles, ending.removeprefix("/")
    if roles is not None and role not in roles:
        yield absent(at, role, roles, "角色", "role")


def _elements(variables: Variables, at: Node, text: str) -> Iterator[Finding]:
    known = {node.id for diagram in variables.folder.diagrams.values() for node in diagram.nodes}
    for id in filter(None, (each.strip() for each in text.split(","))):
        if id not in known:
            yield absent(at, id, known, "节点", "element")


def _message(variables: Variables, node: Node) -> Iterator[Finding]:
    """Report a message that nobody sends; only where a sent one has almost its name can that be told."""
    ours = variables.available.messages
    if ours is None or not awaits(node) or node.event == "signal" or not node.ref or BY_RESIDENT in node.properties:
        return
    known = {*ours, *variables.thrown}
    if node.ref not in known and variables.certainly_ours(node.process):
        yield absent(node, node.ref, known, "会发出的消息", "message that anybody sends", level="warning", near="error")


def _arguments(variables: Variables, text: Written) -> Iterator[Finding]:
    """Report words as arguments of our functions: `rung("resolve", 2)`."""
    if not isinstance(text.compiled, Expression):
        return
    for call in text.compiled.node.walk():
        if isinstance(call, syntax.Call) and isinstance(call.function, syntax.Name):
            known = variables.available.called.get(call.function.name)
            for name, argument in zip(known.parameters, call.arguments, strict=False) if known else ():
                wording = known.words.get(name) if known else None
                if wording is not None and isinstance(text.at, Node):
                    yield from _of_leaves(variables, text.at, _leaves(argument), wording)


# -- tables whose answers say who


def _tables(variables: Variables, path: str, diagram: Diagram, process: str) -> Iterator[Finding]:
    """Report departments and roles in the tables of a process that do not exist."""
    named = _who(variables, diagram, process)
    compared = _compared(diagram, process)
    for node in diagram.nodes:
        if node.process != process or not node.decision or node.result_variable:
            continue
        model = variables.folder.decisions(path).get(node.decision)
        for decision in model.decisions.values() if model else ():
            for at, output in enumerate(decision.outputs):
                if output.name in named:
                    yield from _column(variables, decision, at, compared.get(output.name, frozenset()))
            for at, column in enumerate(decision.inputs):
                if column.text in named:
                    yield from _cells(variables, decision, at)


def _column(variables: Variables, decision: dmn.Decision, at: int, codes: frozenset[str]) -> Iterator[Finding]:
    where = Node(decision.id, "businessRuleTask", decision.name, "", "")
    wording = Wording(codes, group=True)
    for rule in decision.rules:
        if at < len(rule.outputs) and rule.outputs[at]:
            yield from _of_leaves(variables, where, _leaves_of(rule.outputs[at]), wording)


def _cells(variables: Variables, decision: dmn.Decision, at: int) -> Iterator[Finding]:
    """Report departments and roles that a table asks for and that do not exist."""
    where = Node(decision.id, "businessRuleTask", decision.name, "", "")
    for rule in decision.rules:
        try:
            node = compile_tests(rule.inputs[at]).node if at < len(rule.inputs) and rule.inputs[at] else None
        except (FeelError, RecursionError):
            continue
        leaves = (
            [test.value for test in node.tests if isinstance(test, syntax.ValueTest)]
            if isinstance(node, syntax.AnyOf)
            else []
        )
        texts = [leaf for leaf in leaves if isinstance(leaf, syntax.Literal)]
        yield from _of_leaves(variables, where, texts, Wording(group=True))


def _who(variables: Variables, diagram: Diagram, process: str) -> set[str]:
    """Return the variables of a process that say for whom a task or a message is."""
    found: set[str] = set()
    here = [node for node in diagram.nodes if node.process == process]
    for node in here:
        topic = (variables.available.topics or {}).get(node.topic)
        told = [each.source for each in node.inputs if topic and topic.words.get(each.target, Wording()).group]
        for text in (node.groups.removeprefix("=") if node.groups.startswith("=") else "", *told):
            found |= {leaf.name for leaf in _leaves_of(text) if isinstance(leaf, syntax.Name)} if text else set()
    while True:
        more = {
            leaf.name
            for node in here
            for name, text in _assigned(node)
            if name in found
            for leaf in _leaves_of(text)
            if isinstance(leaf, syntax.Name)
        }
        if more <= found:
            return found
        found |= more


def _assigned(node: Node) -> Iterator[tuple[str, str]]:
    yield from ((line.target, line.text) for line in script_lines(node))
    if node.multi is not None and node.multi.element:
        yield node.multi.element, node.multi.collection.removeprefix("=")


def _compared(diagram: Diagram, process: str) -> dict[str, frozenset[str]]:
    """Return the texts that conditions compare each variable with: codes that need not be groups."""
    found: dict[str, frozenset[str]] = {}
    for text in written(diagram, process):
        if isinstance(text.compiled, Expression):
            for each in text.compiled.node.walk():
                match each:
                    case syntax.Compare(_, syntax.Name(name), syntax.Literal(str(code))):
                        found[name] = found.get(name, frozenset()) | {code}
    return found
