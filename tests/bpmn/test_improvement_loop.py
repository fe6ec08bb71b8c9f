"""Plan, do, check, act: one round, two rounds, given up."""

from datetime import date


def started(company):
    return company("improvement", department="engineering", cause="equipment", baseline=12, target=6)


def round_of(case, measured):
    case.complete("root_cause", method="data", cause="equipment")
    case.complete("measure_plan", measure="complaints", better="lower", baseline=12, target=6, check_on="2026-06-01")
    case.complete("actions", owner_1="7", due_1="2026-04-01", more_1=True, owner_2="8", due_2="2026-05-01")
    while "do_action" in case.open:
        case.complete("do_action", action_result="done")
    case.turn(days=120)
    case.complete("check_effect", measured=measured)


def test_every_action_goes_to_its_owner_with_its_date(company):
    case = started(company)
    assert case.groups("root_cause") == ["engineering/head"]
    case.complete("root_cause", method="data", cause="equipment")
    case.complete("measure_plan", measure="complaints", better="lower", baseline=12, target=6, check_on="2026-06-01")
    case.complete("actions", owner_1="7", due_1="2026-04-01", more_1=True, owner_2="8", due_2="2026-05-01")
    tasks = sorted((task.assignee, task.due.date()) for task in case.outcome.tasks)
    assert [owner for owner, _ in tasks] == ["7", "8"]
    assert tasks[0][1] in (date(2026, 3, 31), date(2026, 4, 1))
    case.complete("do_action", action_result="done")
    case.complete("do_action", action_result="not_possible")
    assert case.open == []
    case.turn(days=80)
    assert case.open == []  # the effect is checked on its day, not before
    case.turn(days=20)
    assert case.groups("check_effect") == ["quality"]


def test_what_works_becomes_the_standard(company):
    case = started(company)
    round_of(case, measured=5)
    assert case.variables["effective"] is True
    case.complete("decide_act", decision="standardise")
    assert case.ended == "end_standardised"
    assert ("improvement_result", "project_manager") in case.sent


def test_what_does_not_work_goes_round_again(company):
    case = started(company)
    round_of(case, measured=11)
    assert case.variables["effective"] is False
    case.complete("decide_act", decision="again")
    assert case.open == ["root_cause"]
    round_of(case, measured=5)
    assert case.variables["round"] == 2
    case.complete("decide_act", decision="abandon")
    assert case.ended == "end_abandoned"
