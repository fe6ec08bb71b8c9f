"""What diagrams may call for improvements."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import letters
from engine.bpmn.checking import Wording
from engine.bpmn.execution import Work
from engine.casework.cases import Case
from engine.company import calendars, places
from engine.complaints.core import complaint as complaints
from engine.complaints.core.complaint import Complaint
from engine.core import secret_links
from engine.core.errors import Conflict
from engine.improvement import actions, goals, results, row_sync, starting
from engine.improvement.rows import Improvement, ImprovementComplaint
from engine.improvement.words import CAUSES, STANDARD
from engine.knowledge import articles
from engine.processes.topics import function, topic

TOLD: Mapping[bool, str] = {True: "improvement_result", False: "improvement_given_up"}
"""What the residents behind an improvement are told, by whether it became the standard."""


@topic(
    "start_improvement",
    zh="立项改进",
    en="Start an improvement",
    takes={"cause": "choice"},
    gives={"improvement": "text"},
    words={"cause": Wording(CAUSES.keys())},
)
def start_improvement(session: Session, case: Case, work: Work) -> Mapping[str, object]:
    """Start a loop from this complaint, only once however often the diagram calls this."""
    complaint = complaints.of(session, case)
    if known := starting.of_complaint(session, complaint):
        return {"improvement": known[0].number}
    cause = work.inputs.get("cause")
    cause = cause if isinstance(cause, str) else None
    department = str(work.variables.get("department") or complaint.department or "quality")
    title = starting.title_from(session, complaint, cause)
    begun = starting.begin(
        session, title, department, complaint.community_id, [complaint], cause=cause, by=None, origin="complaint"
    )
    return {"improvement": begun.number}


@topic("count_baseline", zh="计算改进前的水平", en="Count the baseline", gives={"weeks_known": "number"})
def count_baseline(session: Session, case: Case, _: Work) -> Mapping[str, object]:
    """Count what was usual before, and how well each window could tell a change."""
    improvement = row_sync.take_answers(session, case)
    goal = goals.of(session, improvement)
    if goal is None:
        raise Conflict(zh="还没有选指标。", en="No measure has been chosen yet.")
    goals.count_baseline(session, improvement, goal)
    return {"weeks_known": Decimal(len((goal.baseline or {}).get("points", [])))}


@topic("list_actions", zh="列出要做的措施", en="List the actions to carry out", gives={"owners": "list"})
def list_actions(session: Session, case: Case, _: Work) -> Mapping[str, object]:
    """Return the owners of the round's actions that are still to be done, in order."""
    return {"owners": actions.line_up(session, row_sync.take_answers(session, case))}


@topic(
    "remind_owner",
    zh="催措施负责人",
    en="Remind the owner of an action",
    takes={"turn": "number", "template": "text"},
    needs=("turn", "template"),
    words={"template": Wording(letters.codes())},
)
def remind_owner(session: Session, case: Case, work: Work) -> Mapping[str, object]:
    """Remind whoever carries out the action of this turn."""
    improvement, turn = row_sync.of(session, case), work.inputs.get("turn")
    action = actions.at(session, improvement, int(turn) if isinstance(turn, int | Decimal) else 0)
    if action is not None and action.owner_id is not None:
        template = str(work.inputs.get("template"))
        key = f"{case.id}:{improvement.round}:{template}:{action.id}"
        community = {"zh": (place := places.find(session, improvement.community_id)).name, "en": place.name_en}
        facts = {"number": improvement.number, "community": community, "link": page(session, case)}
        letters.put(session, key, template, ("person", action.owner_id), facts, case.id)
    return {}


@topic("review_actions", zh="看措施是否都做成", en="See whether all actions were done", gives={"left_undone": "truth"})
def review_actions(session: Session, case: Case, _: Work) -> Mapping[str, object]:
    """Tell whether an action that was lined up could not be done."""
    return {"left_undone": actions.some_undone(session, row_sync.take_answers(session, case))}


@topic("start_counting", zh="从下周起计算效果", en="Count the effect from next week")
def start_counting(session: Session, case: Case, _: Work) -> Mapping[str, object]:
    """Say from which Monday the change counts, and so when its effect can be known."""
    improvement = row_sync.take_answers(session, case)
    goal = goals.of(session, improvement)
    if goal is None or goal.weeks is None:
        raise Conflict(zh="还没有定观察期。", en="No window has been agreed yet.")
    goals.start_counting(session, improvement, goal)
    return {}


@topic("judge_effect", zh="计算效果", en="Measure the effect", gives={"verdict": "text"})
def judge_effect(session: Session, case: Case, _: Work) -> Mapping[str, object]:
    """Measure what came after the change and give the verdict, by the rule stated before."""
    return {"verdict": results.judge(session, row_sync.of(session, case)).verdict}


@topic("measure_longer", zh="再观察一段", en="Measure for longer")
def measure_longer(session: Session, case: Case, _: Work) -> Mapping[str, object]:
    """Give the effect the same window once more."""
    improvement = row_sync.of(session, case)
    goals.measure_longer(session, improvement, results.require_goal(session, improvement))
    return {}


@topic("measure_again", zh="再测一次", en="Measure again", gives={"lasting": "truth"})
def measure_again(session: Session, case: Case, _: Work) -> Mapping[str, object]:
    """Measure whether an effect still holds."""
    return {"lasting": results.measure_again(session, row_sync.of(session, case)).lasting}


@topic("tell_complainants", zh="告诉反映过的业主", en="Tell the residents who complained", gives={"told": "number"})
def tell_complainants(session: Session, case: Case, work: Work) -> Mapping[str, object]:
    """Tell the residents whose complaints an improvement stands on what became of it, each of them once a round."""
    improvement = row_sync.of(session, case)
    template = TOLD[work.variables.get("decision") == "standardise"]
    community = places.find(session, improvement.community_id)
    theirs = select(Complaint).join(ImprovementComplaint, ImprovementComplaint.complaint_id == Complaint.id)
    told = 0
    for each in session.scalars(theirs.where(ImprovementComplaint.improvement_id == improvement.id)):
        if each.phone or each.mail:
            facts = {"number": each.number, "community": {"zh": community.name, "en": community.name_en}}
            key = f"{case.id}:{improvement.round}:{template}:{each.id}"
            told += letters.put(session, key, template, ("complaint", each.id), facts, each.case_id)
    return {"told": Decimal(told)}


@topic("write_article", zh="写成知识", en="Write an article", gives={"article": "number"})
def write_article(session: Session, case: Case, _: Work) -> Mapping[str, object]:
    """Write down what became the standard, as the step that made it so says it, for complaints of that kind."""
    improvement = row_sync.take_answers(session, case)
    said, goal = row_sync.answer(session, case, STANDARD), goals.of(session, improvement)
    article = articles.write(
        session,
        title=str(said.get("article") or improvement.title),
        situation=str(said.get("situation") or improvement.title),
        to_do=str(said.get("to_do") or improvement.title),
        category=goal.category if goal else "",
        community_id=improvement.community_id,
        improvement_id=improvement.id,
    )
    return {"article": Decimal(article.id)}


@function("check_day", zh="效果能算出来的那天", en="The day on which the effect is known")
def check_day(session: Session, case: Case) -> datetime | None:
    """Return when the window is over and its figures are known; null before it was agreed."""
    improvement = row_sync.of(session, case)
    goal = goals.of(session, improvement)
    return goals.morning_of(session, improvement, goal.check_on) if goal is not None and goal.check_on else None


@function("measured_again_on", zh="再测一次的日子", en="The day of a milestone", parameters=("weeks",))
def measured_again_on(session: Session, case: Case, weeks: object) -> datetime | None:
    """Return the moment so many weeks after the window was over."""
    improvement = row_sync.of(session, case)
    goal = goals.of(session, improvement)
    if goal is None or goal.check_on is None or not isinstance(weeks, int | Decimal):
        return None
    return goals.morning_of(session, improvement, goal.check_on + timedelta(weeks=int(weeks)))


@function("action_due", zh="措施的期限", en="When an action is due", parameters=("turn",))
def action_due(session: Session, case: Case, turn: object) -> datetime | None:
    """Return the end of the day on which the action of this turn is due."""
    improvement = row_sync.of(session, case)
    due = actions.due_of(session, improvement, int(turn) if isinstance(turn, int | Decimal) else 0)
    return None if due is None else datetime.combine(due, time(18), calendars.of(session, case.place_id).zone)


def page(session: Session, case: Case) -> str | None:
    """Return the address of a case's page for the staff."""
    found = session.scalar(select(Improvement.id).where(Improvement.case_id == case.id))
    return secret_links.page(f"/improvements/{found}") if found is not None else None
