"""The journeys of docs/architecture.md are the ones that are taken: each function, in the order written there."""

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.bpmn import checking
from engine.company import places
from engine.core import clock
from engine.operations.schedule import fire_timers
from tests.docs.journeys import ROOT, passed_through
from tests.stories import acts
from tests.stories.conftest import begun as begun
from tests.stories.conftest import hands as hands
from tests.stories.pages import Browsers
from tests.stories.test_rules_changed import form, row

pytestmark = pytest.mark.slow

MOST_FILES = 12
"""A journey through more files is one that a newcomer does not follow."""


def written() -> dict[str, list[str]]:
    """The steps of each journey as the papers have them: "path: function"."""
    papers = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = papers.partition("## Five journeys")[2].partition("\n## ")[0]
    found: dict[str, list[str]] = {}
    for journey in section.split("\n### ")[1:]:
        steps = re.findall(r"^\d+\. `([\w/.]+)` (.*?):", journey, re.MULTILINE)
        found[journey.partition("\n")[0].partition(":")[0]] = [
            f"{path}: {name}" for path, names in steps for name in re.findall(r"`(\w+)`", names)
        ]
    return found


def complete(hands: Browsers) -> Callable[[], object]:
    acts.acknowledged(hands)
    acts.judged(hands)
    browser, task = hands.browser("engineer"), hands.now().open["accept_work"].id
    return lambda: browser.post(f"/tasks/{task}")


def complain(hands: Browsers) -> Callable[[], object]:
    typed = {
        "community": hands.company.community.code,
        "kind": "complaint",
        "area": "10",
        "category": "1004",
        "text": "楼道灯不亮",
        "place_text": "3栋",
        "phone": "13800001235",
        "evidence": (io.BytesIO(hands.photo), "lamp.jpg"),
    }
    return lambda: hands.visitor.post("/complain", data=typed, content_type="multipart/form-data")


def escalate(hands: Browsers) -> Callable[[], object]:
    acts.acknowledged(hands)
    acts.judged(hands)
    clock.turn(timedelta(days=2))
    return lambda: fire_timers(hands.store)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Watching every call makes a check take many times as long."""
    monkeypatch.setattr(checking, "MOST_SECONDS", 90.0)


def publish(hands: Browsers) -> Callable[[], object]:
    admin = hands.browser("administrator")
    sent = form(admin)
    at = row(sent, _0='"normal"', _1='"first_response"')
    changed = {**sent, f"c-{at}-2-n": "8", "note": "八小时内要有人联系", "do": "publish"}
    return lambda: (admin.post("/tables/limits", data=changed), hands.finish_jobs())


def give_role(hands: Browsers) -> Callable[[], object]:
    with hands.store.reading() as session:
        known = places.departments(session, hands.company.community.id)
        department = next(each.id for each in known if each.code == "engineering")
    admin, person = hands.browser("administrator"), hands.person("engineer").id
    return lambda: admin.post(f"/people/{person}/roles", data={"role": "head", "place": str(department)})


JOURNEYS = {
    "A worker completes a task": complete,
    "A resident complains with a photo": complain,
    "A timer opens an escalation": escalate,
    "An owner publishes a table": publish,
    "An administrator gives a role": give_role,
}


def test_the_papers_tell_these_journeys() -> None:
    assert list(written()) == list(JOURNEYS)


@pytest.mark.parametrize("name", JOURNEYS)
def test_a_journey_is_as_it_is_written(name: str, hands: Browsers) -> None:
    steps = written()[name]
    act = JOURNEYS[name](hands)
    with passed_through() as passed:
        act()
    assert [each for each in steps if each not in passed] == []
    assert sorted(steps, key=passed.index) == steps
    assert len({each.partition(":")[0] for each in steps}) <= MOST_FILES
