"""The scenarios that we ship hold, and walk every flow of our processes."""

from collections.abc import Iterator

import pytest

from engine.operations import metadata
from engine.processes import publishing
from engine.scenarios import company, coverage, playing, script
from engine.scenarios.company import Company
from engine.scenarios.playing import Place, Played

pytestmark = pytest.mark.slow

PROCESSES = publishing.read_folder(publishing.SHIPPED)
SCENARIOS = {each.path: each for files in PROCESSES.values() for each in script.read_all(files)}
NAMES = playing.names_of(PROCESSES)
WALKED: dict[str, frozenset[Place]] = {}
"""What the scenarios played so far have walked, each once."""


@pytest.fixture(scope="module")
def small() -> Iterator[Company]:
    """The small company, made once."""
    assert metadata.metadata.tables
    with company.founded(PROCESSES) as made:
        yield made


@pytest.mark.parametrize("path", SCENARIOS)
def test_it_goes_as_written(small: Company, path: str) -> None:
    played = playing.play(small, SCENARIOS[path], NAMES)
    WALKED[path] = played.walked
    assert [f"step {each.step} ({each.act}): {each.en}" for each in played.differs] == []


def test_every_node_and_flow_of_our_processes_is_walked(small: Company) -> None:
    for path in SCENARIOS.keys() - WALKED.keys():
        WALKED[path] = playing.play(small, SCENARIOS[path], NAMES).walked
    missing = coverage.unwalked(PROCESSES, frozenset().union(*WALKED.values()))
    assert [f"{each.process}: {each.en} ({each.id})" for each in missing] == []


@pytest.mark.parametrize("path", SCENARIOS)
def test_it_has_a_title_in_both_languages_and_expects_something(path: str) -> None:
    scenario = SCENARIOS[path]
    assert scenario.title
    assert scenario.title_en
    assert any(step.then for step in scenario.steps)


def test_a_changed_limit_breaks_none_that_does_not_speak_of_it() -> None:
    changed = {process: dict(files) for process, files in PROCESSES.items()}
    table = "bpmn/complaint/limits.dmn"
    for before, after in ((b'"PT24H"', b'"PT9H"'), (b'"P3D"', b'"P6D"'), (b'"PT15M"', b'"PT45M"')):
        assert before in changed["complaint"][table]
        changed["complaint"][table] = changed["complaint"][table].replace(before, after)
    chosen = ("solved_by_phone", "first_response_ladder", "resolve_ladder", "no_answer_visit")
    with company.founded(changed) as other:
        played = [playing.play(other, SCENARIOS[f"bpmn/complaint/scenarios/{each}.json"], NAMES) for each in chosen]
    assert [(each.scenario.path, each.differs) for each in played if not each.holds] == []


def test_a_changed_rule_breaks_the_one_that_speaks_of_it() -> None:
    changed = {process: dict(files) for process, files in PROCESSES.items()}
    table = "bpmn/complaint/authority.dmn"
    changed["complaint"][table] = changed["complaint"][table].replace(b"&lt;= 200", b"&lt;= 900")
    with company.founded(changed) as other:
        played: Played = playing.play(other, SCENARIOS["bpmn/complaint/scenarios/approved_above.json"], NAMES)
    assert played.differs
    assert played.differs[0].step == 10
    assert "approver 应是 engineering/head，实际是 within" in played.differs[0].zh
