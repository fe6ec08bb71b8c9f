"""What a step tells the resident is a question of its form, in every process of ours."""

import pytest

from engine.bpmn import checking
from engine.processes import publishing

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("process", ["complaint", "refurbishment"])
def test_a_misspelt_question_is_an_error(process: str) -> None:
    shipped = publishing.shipped()
    files = {path: content for each in shipped.values() for path, content in each.items() if "/scenarios/" not in path}
    path = f"bpmn/{process}/{process}.bpmn"
    files[path] = files[path].replace(
        b'name="tells_resident" value="words"', b'name="tells_resident" value="woords"', 1
    )
    verdict = checking.check(files, publishing.known(frozenset(shipped)), about=process)
    errors = [each.en for each in verdict.findings if each.level == "error"]
    assert [each for each in errors if '"woords"' in each], errors
