"""Steps may have any ids: their meaning is in the diagram, and older diagrams keep their meaning."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from lxml import etree
from sqlalchemy.orm import Session

from engine.bpmn import diagrams
from engine.casework import tasks
from engine.casework.tasks import Task
from engine.complaints.core import feedback
from engine.complaints.core.complaint import Complaint
from engine.complaints.joining import joining
from engine.complaints.lists import counts
from engine.complaints.lists.queries import Filters
from engine.complaints.resident import status_page
from engine.complaints.timeline import timeline
from engine.core import clock
from engine.core.store import Store
from engine.processes import publishing
from engine.processes.before_properties import SAYING
from tests.conftest import NOW
from tests.engine.improvement import test_improvement as loops
from tests.stories import acts
from tests.stories.company import KEY, Company
from tests.stories.hands import Hands
from tests.stories.pages import Browsers

pytestmark = pytest.mark.long

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
NAMED = re.compile(r"(Task|Event|Gateway|[aA]ctivity|subProcess|sequenceFlow|message)$")
POINTS = ("id", "sourceRef", "targetRef", "attachedToRef", "messageRef", "default", "bpmnElement")
LISTS = re.compile(r'(somebody_else\((?:[^"()]|"[^"]*")*?, ")([^"]+)"')
MORE = ("goes_there", "resident_en")


def renamed(text: bytes) -> bytes:
    """The diagram with new ids for all its nodes, flows and messages, wherever they are used."""
    root = etree.fromstring(text)
    ids = {str(each.get("id")) for each in root.iter(f"{BPMN}*") if NAMED.search(etree.QName(each).localname)}
    for each in root.iter(etree.Element):
        for name in POINTS:
            if each.get(name) in ids:
                each.set(name, f"own_{each.get(name)}")
        if each.tag in (f"{BPMN}incoming", f"{BPMN}outgoing", f"{BPMN}flowNodeRef"):
            each.text = f"own_{each.text}"
        if each.get("name") == "not_by":
            each.set("value", _others(str(each.get("value"))))
        for name, value in each.attrib.items():
            each.set(name, LISTS.sub(lambda found: f'{found[1]}{_others(found[2])}"', str(value)))
    return etree.tostring(root)


def _others(ids: str) -> str:
    return ",".join(f"own_{id.strip()}" for id in ids.split(","))


def silent(text: bytes) -> bytes:
    """The diagram as it was before it declared the meaning of its steps."""
    root = etree.fromstring(text)
    for each in list(root.iter(f"{CAMUNDA}property")):
        if each.get("name") in {*SAYING, *MORE}:
            each.getparent().remove(each)
    return etree.tostring(root)


class AnyHands(Hands):
    """Hands that accept the shipped name of a step, whatever its current id."""

    def step_of(self, task: Task) -> str:
        return task.element.removeprefix("own_")


class AnyPages(AnyHands, Browsers):
    """The same through the pages."""


@pytest.fixture
def company(begun: tuple[Path, Company], tmp_path: Path) -> Iterator[Callable[[str, Any], AnyPages]]:
    """Make a company with altered diagrams, published."""
    stores = []

    def make(name: str, alter: Callable[[bytes], bytes] | None) -> AnyPages:
        store = Store(f"sqlite:///{copy(begun[0], tmp_path / f'{name}.db')}")
        stores.append(store)
        if alter is not None:
            with store.transaction() as session:
                publishing.publish_all(session, altered(alter))
        return AnyPages(store, begun[1], tmp_path / name)

    yield make
    for store in stores:
        store.close()


def altered(alter: Callable[[bytes], bytes]) -> Mapping[str, Mapping[str, bytes]]:
    return {
        process: {path: alter(text) if path.endswith(".bpmn") else text for path, text in files.items()}
        for process, files in publishing.read_folder(publishing.SHIPPED).items()
    }


class Watched:
    """Everything visible of complaints, recorded repeatedly along the way."""

    def __init__(self, hands: AnyPages) -> None:
        self.hands, self.follower = hands, AnyHands(hands.store, hands.company)
        self.seen: list[object] = []
        self.statuses: list[str] = []

    def look(self, *staff: str) -> None:
        for each in (self.hands, self.follower):
            if each.complaint_id:
                now = each.now()
                self.seen += [now.status, now.outcome, sorted(now.open), each.staff_reads(), self._standing(each)]
        self.seen.append(self.hands.resident_reads())
        self.seen += [(login, self.hands.inbox(login)) for login in staff]
        self.statuses.append(self.hands.now().status)

    def _standing(self, each: Hands) -> object:
        with self.hands.store.reading() as session:
            complaint = session.get_one(Complaint, each.complaint_id)
            found = status_page.of(session, complaint)
            told = [(word.at, word.words) for word in found.told]
            lines = [(line.zh, line.en, line.note) for line in timeline.for_resident(session, complaint)]
            return found.status, found.steps, found.plan, told, sorted(found.offers), found.promises, lines

    def figures(self) -> None:
        with self.hands.store.reading() as session:
            said = feedback.of(session, session.get_one(Complaint, self.hands.complaint_id))
            self.seen.append([(each.outcome, each.score, each.by_id, each.at) for each in said])
            assert [each.score for each in said] == [4]
            manager = session.merge(self.hands.person("manager"), load=True)
            for way in ("community", "department", "category"):
                self.seen.append(counts.by(session, manager, way, Filters(), key=KEY))

    def page(self, login: str, address: str) -> None:
        page = self.hands.browser(login).get(address).text
        shown = re.sub(r"(?s)<script.*?</script>|<[^>]+>|第 \d+ 版", "\n", page)
        self.seen.append([line.strip() for line in shown.splitlines() if line.strip()])

    def supervising(self, login: str) -> None:
        """The lists of tasks to watch, and the page of one of them."""
        with self.hands.store.reading() as session:
            person = session.merge(self.hands.person(login), load=True)
            figures = tasks.figures(session, person, clock.now(), clock.now() + timedelta(hours=9))
            assert figures.supervise == 1
            self.seen.append(figures)
        self.page(login, f"/tasks/{self.hands.now().open['supervise'].id}")

    def together(self, verb: Callable[..., Any], *more: Any, **words: str) -> None:
        """The desk groups or merges the two."""

        def do(session: Session) -> None:
            lead, other = (session.get_one(Complaint, each.complaint_id) for each in (self.hands, self.follower))
            by = session.merge(self.hands.person("agent"), load=True)
            verb(session, lead, [other] if verb is joining.join else other, by=by, **words)

        self.hands.store.attempt(do)


def whole_way(hands: AnyPages) -> list[object]:
    """Declined, attended, grouped, supervised, objected to, called back: everything visible on the way."""
    it = Watched(hands)
    acts.acknowledged(hands)
    it.look("dispatcher", "agent")
    acts.judged(hands)
    hands.do("engineer", "accept_work", objected=True, objection="not_ours", objection_words="不是我们的设备")
    it.look("dispatcher", "agent")
    hands.do("dispatcher", "redispatch", department="engineering", words="仍由工程部处理")
    hands.later(hours=20)
    it.look("engineering_head", "manager")
    it.supervising("engineering_head")
    hands.do("engineering_head", "supervise", action="take_over", reason="请马上联系")
    acts.in_contact(hands, "engineering_head")
    it.follower.complain("三楼的灯也坏了", phone="13900002222")
    it.together(joining.join, note="同一楼道")
    it.look("engineer", "engineering_head")
    attended(hands, it, "engineering_head")
    acts.planned(hands, "engineering_head")
    it.look("engineer", "manager")
    hands.object_to_plan()
    it.look()
    again = {"steps": "夜里更换", "start_on": "2026-03-03", "finish_on": "2026-03-04", "cost": 100, "consent": "ask"}
    hands.do("engineering_head", "plan", **again)
    it.look()
    hands.accept_plan()
    hands.later(days=5)
    it.look("manager", "region_quality")
    acts.done(hands, "engineering_head")
    it.look("caller")
    acts.called(hands, score=4)
    it.follower.answer(5, "solved")
    it.look()
    it.figures()
    order = ("judging", "dispatched", "dispatched", "investigating", "investigating", "investigating", "plan_offered")
    assert it.statuses == [*order, "planning", "plan_offered", "carrying_out", "calling_back", "closed"]
    return it.seen


def attended(hands: AnyPages, it: Watched, login: str) -> None:
    task = hands.now().open["investigate"].id
    for step in ("on_way", "on_site"):
        assert f"/tasks/{task}/going/{step}" in hands.browser(login).get(f"/tasks/{task}").text
        assert hands.browser(login).post(f"/tasks/{task}/going/{step}").status_code == 303
        it.look()


def other_ways(hands: AnyPages) -> list[object]:
    """From the hotline, with a reply owed, merged with another and undone, unfounded, appealed."""
    it = Watched(hands)
    hands.call("agent", channel="hotline", source="12345", reference="GD-0815")
    acts.judged(hands)
    it.follower.complain("三楼的灯也坏了", phone="13900002222")
    it.together(joining.merge)
    it.look("agent")
    it.page("agent", f"/complaints/{it.follower.complaint_id}")
    hands.later(days=4)
    it.look("agent", "manager")
    it.supervising("manager")
    hands.do("manager", "supervise", action="speed_up", reason="请马上回复")
    hands.do("agent", "reply_office", reply="已派工程部处理", final="yes")
    it.look("agent")
    acts.in_contact(hands)
    acts.investigated(hands, finding="unfounded")
    it.look()
    hands.do("engineering_head", "head_confirms", head_agrees="yes", words="现场正常", evidence=acts.PHOTO)
    hands.do("inspector", "quality_confirms", quality_agrees="yes", words="复查一致", evidence=acts.PHOTO)
    hands.do("quality_head", "process_check", process_state="sound", words="流程没有问题")
    it.look()
    hands.appeal()
    it.look("region_quality")
    hands.do("region_quality", "review_appeal", upheld="no", words="照片与本小区无关")
    it.look()
    assert it.statuses[-4:] == ["checking_unfounded", "appeal_open", "appeal", "closed"]
    return it.seen


@pytest.mark.parametrize("alter", [renamed, silent])
@pytest.mark.parametrize("way", [whole_way, other_ways])
def test_nothing_changes_for_anybody_when_steps_are_called_otherwise(company: Any, way: Any, alter: Any) -> None:
    seen = []
    for name, how in (("shipped", None), ("altered", alter)):
        with clock.at(NOW):
            seen.append(way(company(name, how)))
    assert seen[1] == seen[0]


def test_a_loop_of_improvement_goes_its_way_too(company: Any) -> None:
    pages = company("loop", renamed)
    loops.test_a_whole_loop_from_a_complaint_to_a_standard(AnyHands(pages.store, pages.company))


def test_the_altered_diagrams_are_what_they_are_said_to_be() -> None:
    for process, files in publishing.read_folder(publishing.SHIPPED).items():
        text = files[f"bpmn/{process}/{process}.bpmn"]
        assert all(each.id.startswith("own_") for each in diagrams.read(renamed(text)).nodes)
        assert not any(SAYING & each.properties.keys() for each in diagrams.read(silent(text)).nodes)
        assert any(SAYING & each.properties.keys() for each in diagrams.read(text).nodes)
