"""The default figures, table by table."""

import pytest

from tests.bpmn.paper_company import MODELS

URGENCIES = ("critical", "urgent", "normal", "complex")


def limits(tables, urgency):
    rows, _ = tables("limits", urgency=urgency)
    return {row["kind"]: row["limit"] for row in rows}


@pytest.mark.parametrize(
    ("urgency", "acknowledge", "first_response", "resolve"),
    [
        ("critical", "PT5M", "PT30M", "PT4H"),
        ("urgent", "PT15M", "PT2H", "PT24H"),
        ("normal", "PT15M", "PT24H", "P3D"),
        ("complex", "PT15M", "PT24H", "P15D"),
    ],
)
def test_limits(tables, urgency, acknowledge, first_response, resolve):
    found = limits(tables, urgency)
    assert (found["acknowledge"], found["first_response"], found["resolve"]) == (acknowledge, first_response, resolve)
    assert found["callback"] == "P3D"


def test_only_three_working_days_go_by_the_working_calendar_and_end_after_seven_days(tables):
    rows = [row for urgency in URGENCIES for row in tables("limits", urgency=urgency)[0]]
    working = [(row["kind"], row["limit"], row["latest"]) for row in rows if row["clock"] == "working"]
    assert working == [("resolve", "P3D", "P7D"), ("plan", "P3D", None)]


@pytest.mark.parametrize(
    ("known", "urgency", "department"),
    [
        ({"danger": True, "category": "2002"}, "critical", "cleaning"),
        ({"category": "1011"}, "critical", "engineering"),
        ({"category": "1002"}, "urgent", "engineering"),
        ({"category": "1002", "kind": "enquiry"}, "normal", "engineering"),
        ({"category": "7002"}, "complex", "desk"),
        ({"category": "4003"}, "normal", "finance"),
        ({"category": "5001"}, "normal", "quality"),
        ({"category": "2004", "urgency": "urgent"}, "urgent", "cleaning"),
        ({"category": "D002"}, "normal", "desk"),
        ({"category": "Z9"}, "normal", "desk"),
    ],
)
def test_triage(tables, known, urgency, department):
    value, _ = tables("triage", **{"danger": False, "urgency": None, "kind": "complaint", **known})
    assert value == {"urgency": urgency, "department": department}


@pytest.mark.parametrize(
    ("about", "leads"),
    [
        ("", ["engineering", "project_manager", "region:region_quality", "company:headquarters"]),
        (None, ["engineering", "project_manager", "region:region_quality", "company:headquarters"]),
        ("head", ["project_manager", "region:region_quality", "company:headquarters", "company:headquarters"]),
        ("project_manager", ["region:region_quality", *["company:headquarters"] * 3]),
    ],
)
def test_who_leads_one_step_up_each_round(tables, about, leads):
    for level, lead in enumerate(leads):
        value, _ = tables(
            "dispatch", level=level, about=about, urgency="normal", category="2002", department="engineering"
        )
        assert value["lead"] == lead
        assert "engineering" in (value["lead"], *value["support"])


def test_whoever_leads_never_supports_as_well(tables):
    for department in ("desk", "engineering", "security", "cleaning", "finance", "quality", "legal"):
        for urgency in ("critical", "complex"):
            value, _ = tables("dispatch", level=0, about="", urgency=urgency, category="2002", department=department)
            assert value["lead"] == department
            assert department not in value["support"]


@pytest.mark.parametrize(
    ("cost", "lead", "about", "approver"),
    [
        (0, "desk", "", "within"),
        (201, "desk", "", "desk/head"),
        (201, "desk", "head", "project_manager"),
        (1001, "desk", "", "project_manager"),
        (1001, "desk", "project_manager", "region:region_quality"),
        (5000, "project_manager", "", "within"),
        (5001, "project_manager", "", "region:region_quality"),
        (20000, "region:region_quality", "", "within"),
        (20001, "region:region_quality", "", "company:headquarters"),
    ],
)
def test_authority(tables, cost, lead, about, approver):
    value, _ = tables("authority", cost=cost, lead=lead, about=about)
    assert value == {"approver": approver, "legal": cost > 20000}


def test_rungs_of_the_ladder(tables):
    rungs = [tables("ladder", rung=n, about="", lead="cleaning")[0] for n in (1, 2, 3, 4, 5)]
    assert [float(rung["share"]) for rung in rungs] == [0.5, 0.8, 1.0, 1.5, 2.0]
    assert [rung["group"] for rung in rungs] == [
        "cleaning",
        "cleaning/head",
        "project_manager",
        "region:region_quality",
        "company:headquarters",
    ]


@pytest.mark.parametrize("lead", ["project_manager", "region:region_quality", "company:headquarters"])
def test_nobody_supervises_from_below(tables, lead):
    order = ["project_manager", "region:region_quality", "company:headquarters"]
    for rung in (2, 3, 4, 5):
        group = tables("ladder", rung=rung, about="", lead=lead)[0]["group"]
        assert order.index(group) >= min(order.index(lead) + 1, 2)


def test_every_row_says_why(tables):
    for model in MODELS:
        for decision in model.decisions.values():
            assert decision.rules, decision.id
            for number, rule in enumerate(decision.rules, 1):
                assert any(rule.notes), f"{decision.id} row {number}"


def test_what_nobody_has_sorted_goes_to_the_desk_which_sorts_it(complaint):
    case = complaint(category="9901")
    assert case.variables["department"] == "desk"
    assert case.judged().groups("accept_work") == ["desk"]
