"""A small process of the company's own whose version has a mistake, and cases that stopped on it."""

from sqlalchemy.orm import Session

from engine.casework import assignment, cases, tasks
from engine.processes import versions
from tests.stories.hands import Hands

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="t">'
)
GOOD = """<process id="photos" name="拍照验收" isExecutable="true">
<startEvent id="begin"/><sequenceFlow id="f1" sourceRef="begin" targetRef="look"/>
<userTask id="look" name="看照片" camunda:candidateGroups="engineering"/>
<sequenceFlow id="f2" sourceRef="look" targetRef="good"/><exclusiveGateway id="good" name="照片合格吗" default="f4"/>
<sequenceFlow id="f3" sourceRef="good" targetRef="done"><conditionExpression>photo_ok</conditionExpression></sequenceFlow>
<sequenceFlow id="f4" sourceRef="good" targetRef="mend"/>
<userTask id="mend" name="重新整改" camunda:candidateGroups="engineering"/>
<sequenceFlow id="f5" sourceRef="mend" targetRef="done"/><endEvent id="done"/></process></definitions>"""
BAD = GOOD.replace("photo_ok", "photo_okk")


def publish(hands: Hands, inside: str) -> None:
    with hands.store.transaction() as session:
        versions.store(session, "photos", {"bpmn/photos/photos.bpmn": (HEAD + inside).encode()})


def stop(hands: Hands, number: str = "P-1", photo_ok: object = False) -> int:
    """A case that stopped after its first task, because the version that it runs on has a mistake."""
    with hands.store.transaction() as session:
        place = hands.company.community.id
        case = cases.start(session, "photos", {}, business_key=number, place_id=place)
        hands.case_id = case.id
    hands.store.attempt(lambda session: _look(hands, session, photo_ok))
    return hands.case_id


def _look(hands: Hands, session: Session, photo_ok: object) -> None:
    [task] = [each for each in tasks.of_case(session, hands.case_id) if each.state == "open"]
    by = hands.person("engineer")
    assignment.claim(session, task, by)
    cases.complete(session, task, {"photo_ok": photo_ok}, by=by)
