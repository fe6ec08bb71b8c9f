"""Whether a drawing itself sets what an expression needs."""

from collections import defaultdict
from functools import lru_cache

from engine.bpmn import diagrams, execution
from engine.bpmn.checking import Available
from engine.bpmn.checking.names import ALWAYS
from engine.bpmn.checking.texts import script_lines
from engine.bpmn.mending.drawing import Drawing, Xml, tag
from engine.core.errors import BihuanError
from engine.feel import FUNCTION_NAMES, FeelError, compile

TIMED = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p"><startEvent id="s"/>'
    '<intermediateCatchEvent id="t"><timerEventDefinition><timeDuration/></timerEventDefinition></intermediateCatchEvent>'
    '<endEvent id="e"/><sequenceFlow id="a" sourceRef="s" targetRef="t"/><sequenceFlow id="b" sourceRef="t" targetRef="e"/>'
    "</process></definitions>"
)


class Knowing:
    """Variables set by a drawing's scripts and repetitions; nobody can type in others."""

    def __init__(self, drawing: Drawing, available: Available) -> None:
        self.functions = FUNCTION_NAMES | frozenset(available.functions or ())
        self.made: dict[str, set[str]] = defaultdict(set)
        for node in diagrams.read(drawing.text()).nodes:
            if node.kind == "scriptTask":
                self.made[node.process] |= {line.target for line in script_lines(node)}
            if node.multi:
                self.made[node.process].add(node.multi.element)
        self.always = ALWAYS | {name for name in drawing.ids if name.startswith("chosen_")}

    def decides(self, element: Xml, text: str) -> bool:
        """Return whether the text is FEEL that uses only variables that are set."""
        process = next((each for each in (element, *element.iterancestors()) if tag(each) == "process"), None)
        try:
            expression = compile(text.removeprefix("="))
        except (FeelError, RecursionError):
            return False
        known = self.made[str(process.get("id"))] if process is not None else set()
        return expression.names <= known | self.always and expression.calls <= self.functions


@lru_cache(1000)
def is_time(text: str) -> bool:
    """Return whether the engine understands a timer's literal text."""
    if not text or "${" in text or "#{" in text:
        return False
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    timed = TIMED.replace("<timeDuration/>", f"<timeDuration>{escaped}</timeDuration>")
    try:
        execution.parse({"t.bpmn": timed.encode()}, "p")
    except BihuanError:
        return False
    return True
