"""Whether all of a sketch can be tried out: to an end, through everything its drawing can reach."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.bpmn import diagrams, execution
from engine.bpmn.diagrams import Diagram, kind_in_words, reachable
from engine.bpmn.mending.asking import questions
from engine.bpmn.mending.playing import Played, Player
from engine.core.errors import BihuanError, Finding


@dataclass(frozen=True)
class Tried:
    """One process, played. `findings` say in words what could not be played to an end, and why."""

    process: str
    nodes: int
    findings: tuple[Finding, ...]


def try_out(drawn: bytes, sketched: bytes) -> tuple[Tried, ...]:
    """Play every process of a sketch. `drawn` is the drawing that it was made from (with repaired ids)."""
    original = diagrams.read(drawn)
    asked = questions(sketched)
    found = []
    for process in original.processes:
        wanted = reachable(original, process.id)
        if not wanted:
            continue
        try:
            program = execution.parse({"sketch.bpmn": sketched}, process.id)
        except BihuanError as bad:
            found.append(Tried(process.id, len(wanted), refused(process.id, process.name, bad)))
            continue
        played = Player(program, asked).play(wanted)
        found.append(Tried(process.id, len(wanted), tuple(reasons(original, wanted, played))))
    return tuple(found)


def refused(process: str, name: str, bad: BihuanError) -> tuple[Finding, ...]:
    first_zh, first_en = bad.text("zh").splitlines()[0], bad.text("en").splitlines()[0]
    zh, en = f"还不能试画：{first_zh}", f"it cannot be tried out yet: {first_en}"
    return (Finding("error", process, name, zh, en),)


def reasons(original: Diagram, wanted: frozenset[str], played: Played) -> Iterator[Finding]:
    """Yield why some nodes lie on no case that came to an end."""
    missed = wanted - played.ended
    if not missed:
        return
    for element, why in played.failed.items():
        said = {language: why.text(language).partition("): ")[2] or why.text(language) for language in ("zh", "en")}
        yield Finding("error", element, why.name, f"试画时停在这里：{said['zh']}", f"it stopped here: {said['en']}")
    for element in sorted(played.stuck):
        name = original.node[element].name if element in original.node else ""
        zh = "几条分支要在这里汇合，但有的走了别的路，永远不会来；前面分成几路时若只走一路，这里就不能等所有的路。"
        en = (
            "branches are to come together here, but some went another way and never come; "
            "where only one way is taken before, all ways cannot be waited for here."
        )
        yield Finding("error", element, name, zh, en)
    for element in sorted(missed - played.met):
        node = original.node[element]
        zh = f"没有办法走到这个{kind_in_words(node.drawn_as, node.event)}:通向它的每条路都先在别处结束或停住。"
        en = f"no way comes to this {kind_in_words(node.drawn_as, node.event, 'en')}: whatever leads to it ends or stops before."
        yield Finding("error", element, node.name, zh, en)
    if not played.stuck and not played.failed and missed & played.met:
        element = min(missed & played.met)
        zh = "走得到这里，但之后总有别的分支还在等，一直不能结束。"
        en = "it can be reached, but other branches go on waiting and it never comes to an end."
        yield Finding("error", element, original.node[element].name, zh, en)
