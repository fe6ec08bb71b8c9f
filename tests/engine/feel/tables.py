"""A short notation for decision tables in tests."""

from xml.sax.saxutils import escape

from engine.feel import dmn

VERSIONS = {
    "1.1": "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "1.2": "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "1.3": "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "1.4": "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "1.5": "https://www.omg.org/spec/DMN/20230324/MODEL/",
    "1.6": "https://www.omg.org/spec/DMN/20240513/MODEL/",
}


def column(text: str) -> str:
    """`name: type | allowed` as an input column."""
    head, _, allowed = text.partition(" | ")
    name, _, type_ = head.partition(": ")
    values = f"<inputValues><text>{escape(allowed)}</text></inputValues>" if allowed else ""
    ref = f' typeRef="{type_}"' if type_ else ""
    return f'<input label="{name}"><inputExpression{ref}><text>{name}</text></inputExpression>{values}</input>'


def answer(text: str) -> str:
    """`name: type | allowed | default` as an output column."""
    head, allowed, default, *_ = [part.strip() for part in (text + "||").split("|")]
    name, _, type_ = head.partition(": ")
    values = f"<outputValues><text>{escape(allowed)}</text></outputValues>" if allowed else ""
    entry = f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>" if default else ""
    ref = f' typeRef="{type_}"' if type_ else ""
    return f'<output name="{name}" label="{name}"{ref}>{values}{entry}</output>'


def rule(cells: str, inputs: int) -> str:
    """A row: cells separated by `;`, the last ones outputs, a note after `#`."""
    row, _, note = cells.partition(" # ")
    parts = [part.strip() for part in row.split(";")]
    tags = ["inputEntry"] * inputs + ["outputEntry"] * (len(parts) - inputs)
    texts = "".join(f"<{tag}><text>{escape(part)}</text></{tag}>" for tag, part in zip(tags, parts, strict=True))
    return f"<rule>{f'<description>{note}</description>' if note else ''}{texts}</rule>"


def decision(
    id: str, inputs: list[str], outputs: list[str], rules: list[str], policy: str = "UNIQUE", requires: str = ""
) -> str:
    hit, _, aggregation = policy.partition("+")
    needs = "".join(
        f'<informationRequirement><requiredDecision href="#{each}"/></informationRequirement>'
        for each in requires.split()
    )
    attributes = f'hitPolicy="{hit}"' + (f' aggregation="{aggregation}"' if aggregation else "")
    return (
        f'<decision id="{id}" name="{id.capitalize()}">{needs}<decisionTable {attributes}>'
        + "".join(map(column, inputs))
        + "".join(map(answer, outputs))
        + "".join(rule(each, len(inputs)) for each in rules)
        + "</decisionTable></decision>"
    )


def model(*decisions: str, version: str = "1.3", more: str = "") -> dmn.Model:
    """A model of these decisions."""
    return dmn.read(document(*decisions, version=version, more=more))


def document(*decisions: str, version: str = "1.3", more: str = "") -> bytes:
    inner = "".join(decisions) + more
    return f'<definitions xmlns="{VERSIONS[version]}" id="d" name="d" namespace="test">{inner}</definitions>'.encode()
