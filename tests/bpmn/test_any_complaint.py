"""Whatever people answer, in whatever order: a complaint that is worked on ends exactly once."""

import random
from datetime import timedelta

import pytest

from engine.bpmn import execution
from engine.core import clock
from tests.bpmn.paper_company import CHOICES, FORMS, Complaint, form_kind

WORDS = "上午到现场看过，已经处理完毕，并当面告知业主本人，业主没有其他意见。"


def begun(chance):
    return Complaint(
        category=chance.choice(["1001", "1005", "1011", "2002", "5001", "7002"]),
        kind=chance.choice(["complaint", "repair", "enquiry"]),
        urgency=chance.choice([None, None, "normal", "urgent"]),
        about=chance.choice(["", "", "staff", "head", "project_manager", "region", "headquarters"]),
        danger=chance.random() < 0.2,
        households=chance.choice([1, 1, 1, 5]),
        press=chance.random() < 0.1,
        taken_by_desk=chance.random() < 0.5,
        anonymous=chance.random() < 0.2,
    )


def filled(field, case, chance):
    """A value that a person could send for a field; None for leaving it empty."""
    if not (field.limits.required or chance.random() < 0.3):
        return None
    offered = [choice.text for choice in field.offered(CHOICES)]
    match field.kind:
        case "select" | "radio":
            return chance.choice(offered)
        case "checklist":
            return chance.sample(offered, min(2, len(offered)))
        case "checkbox":
            return "on"
        case "number":
            return str(chance.choice([1, 2, 3, 150, 900, 4000, 9000]))
        case "date":
            return (case.now + timedelta(days=20)).date().isoformat()
        case "datetime":
            return case.now.isoformat()
        case "text" | "textarea":
            return WORDS
    return None


def work(case, chance):
    task = chance.choice(case.outcome.tasks)
    form = FORMS[task.form]
    sent = {field.key: filled(field, case, chance) for field in form.fields}
    for field in form.fields:
        if field.other_than is not None and sent[field.key]:
            sent[field.key] = [each for each in sent[field.key] if each != sent[field.other_than]]
    known = {**case.variables, **task.local}
    with clock.at(case.now):
        checked = form.check({key: value for key, value in sent.items() if value is not None}, {}, known, CHOICES)
    refused = {key for key in checked.errors if form_kind(form, key) not in ("filepicker", "number")}
    assert not refused, (task.element, refused, sent)
    if not checked.errors or all(form_kind(form, key) == "filepicker" for key in checked.errors):
        case.act(execution.Complete(task.key, dict(checked.steering)))


def hear(case, chance):
    wait = chance.choice(case.outcome.waits)
    if wait.name == "withdraw" and chance.random() < 0.95:
        return
    fields = {
        "plan_answer": {"accepted": chance.random() < 0.6},
        "resident_answer": {
            "outcome": chance.choice(["solved", "partly_solved", "unsolved"]),
            "score": chance.randint(1, 5),
        },
    }
    if wait.name != "superseded":
        case.act(execution.Deliver(wait.key, fields.get(wait.name, {})))


@pytest.mark.parametrize("seed", range(12))
def test_it_ends_once(seed):
    chance = random.Random(seed)
    for _ in range(3):
        case = begun(chance)
        for _ in range(500):
            if case.ended:
                break
            ways = [*[work] * 6 * bool(case.outcome.tasks), *[hear] * bool(case.outcome.waits)]
            if any(timer.due for timer in case.outcome.timers):
                ways.append(lambda case, chance: case.turn(hours=chance.choice([1, 5, 20, 80])))
            chance.choice(ways)(case, chance)
        assert case.ended, case.open
        assert len(case.closed) == 1
        assert case.open == []
        assert not case.outcome.waits
