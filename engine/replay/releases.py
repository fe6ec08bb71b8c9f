"""What a complaint can be lived again on: the version that it ran on, or a draft with what it calls."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from engine.bpmn import diagrams, execution
from engine.complaints.core.meaning import PROCESS
from engine.core.errors import BihuanError, Unclear
from engine.feel import FeelError, dmn
from engine.processes import before_properties, versions
from engine.replay.life import Release


def of_pin(session: Session, pin: str) -> Release:
    """Return the versions that a case ran on."""
    return Release(versions.program(session, pin, PROCESS), versions.tables(session, pin))


def of_files(session: Session, process: str, files: Mapping[str, bytes]) -> Release:
    """Return a draft of a process beside the newest versions of the others that complaints use.

    Raises `Unclear` when it does not run yet, or no complaint comes to it.
    """
    every = _together(session, process, files)
    if not any(path.startswith(f"bpmn/{process}/") for path in every):
        raise Unclear(zh="投诉不会走到这个流程。", en="No complaint comes to this process.")
    try:
        drawn = {path: text for path, text in every.items() if path.endswith(".bpmn")}
        program = execution.parse(drawn, PROCESS)
        models = [dmn.read(text) for path, text in every.items() if path.endswith(".dmn")]
    except FeelError as broken:
        raise _not_yet(broken.zh, broken.en) from None
    except BihuanError as broken:
        raise _not_yet(broken.text("zh"), broken.text("en")) from None
    tables = {decision: model for model in models for decision in model.decisions}
    return Release(program.saying(before_properties.filled(program.elements)), tables)


def _not_yet(zh: str, en: str) -> Unclear:
    return Unclear(zh=f"草稿现在还走不通，请先改好再试：{zh}", en=f"The draft does not run yet; mend it first: {en}")


def _together(session: Session, process: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of the complaint's process and of all that it calls, those of the draft among them."""
    found: dict[str, bytes] = {}
    waiting, seen = [PROCESS], set[str]()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        newest = versions.latest(session, name)
        own = files if name == process else versions.files_of(session, newest.id) if newest else {}
        found |= versions.without_scenarios(own)
        waiting += [called for called in _called(own) if called not in seen and called not in waiting]
    return found


def _called(files: Mapping[str, bytes]) -> list[str]:
    """Return the processes that the readable diagrams call and do not hold themselves."""
    drawn = []
    for path, text in files.items():
        if path.endswith(".bpmn"):
            try:
                drawn.append(diagrams.read(text))
            except BihuanError:
                continue  # the parser says what is wrong with it
    inside = {each.id for one in drawn for each in one.processes}
    return [called for one in drawn for called in one.called if called not in inside]
