"""Start an improvement, from one or several complaints."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework import cases
from engine.casework.cases import Case
from engine.company import calendars, permissions, places, roles
from engine.company.people import Person
from engine.complaints.core import access, categories, numbers
from engine.complaints.core.categories import Category
from engine.complaints.core.complaint import Complaint
from engine.core import clock
from engine.core.errors import Conflict, Invalid
from engine.history import NewEntry
from engine.improvement.rows import Improvement, ImprovementComplaint
from engine.improvement.words import ACTION_RESULTS, CAUSES, DECISIONS, GOALS, HOURS, VERDICTS
from engine.processes import topics

PROCESS = "improvement"
LONGEST = 200
MOST_COMPLAINTS = 50
"""From so many complaints one improvement starts."""


def start(
    session: Session,
    *,
    title: str,
    department: str,
    complaint_ids: Sequence[int],
    by: Person,
    cause: str | None = None,
    community_id: int | None = None,
    category: str = "",
) -> Improvement:
    """Start a loop for a department of a community (the complaints' own, if any).

    `category`: suggested when its measure is chosen; "" for that of the first complaint.

    Raises `Invalid` naming fields, `NotFound` for a complaint that `by` may not see, `NotPermitted`.
    """
    found = [access.find(session, by, each) for each in dict.fromkeys(complaint_ids)]
    if category and category not in categories.known(session):
        raise Invalid({"category": ("请从列表中选择。", "Please choose from the list.")})
    _check(title, department, cause, found, community_id, roles.of(session).offered_departments)
    where = found[0].community_id if found else community_id
    assert where is not None, "checked"
    permissions.require(session, by, "improvement.work", _department(session, where, department))
    return begin(session, title.strip(), department, where, found, cause=cause, by=by, category=category)


def roll_out(session: Session, proved: Improvement, community_ids: Sequence[int], *, by: Person) -> list[Improvement]:
    """Start in other communities what became the standard in one, once each; every one proves its own effect.

    Raises `Conflict` before it is a standard, `NotPermitted`.
    """
    if proved.standard_at is None:
        raise Conflict(zh="还没有固化，不能推广。", en="It is not the standard yet, so it cannot be rolled out.")
    asked = select(Improvement.community_id).where(Improvement.parent_id == proved.id)
    there = {proved.community_id, *session.scalars(asked)}
    begun = []
    for place_id in dict.fromkeys(community_ids):
        if place_id in there:
            continue
        permissions.require(session, by, "improvement.work", _department(session, place_id, proved.department))
        begun.append(
            begin(
                session, proved.title, proved.department, place_id, [],
                cause=proved.cause, by=by, origin="roll_out", parent_id=proved.id,
            )
        )  # fmt: skip
    return begun


def _check(
    title: str,
    department: str,
    cause: str | None,
    found: Sequence[Complaint],
    community: int | None,
    departments: Collection[str],
) -> None:
    choice = ("请从列表中选择。", "Please choose from the list.")
    wrong = {}
    if not title.strip() or len(title) > LONGEST:
        wrong["title"] = ("请用一句话写明要改进什么。", "Please say in one sentence what is to be improved.")
    if department not in departments:
        wrong["department"] = choice
    if cause is not None and cause not in CAUSES:
        wrong["cause"] = choice
    if len({each.community_id for each in found}) > 1:
        wrong["complaints"] = ("请选择同一小区的投诉。", "Please choose complaints of one community.")
    if not found and community is None:
        wrong["community_id"] = ("请选择小区。", "Please choose a community.")
    if wrong:
        raise Invalid(wrong)


def _department(session: Session, community_id: int, department: str) -> int:
    place_id, _ = places.resolve(session, department, community_id)
    return place_id


def begin(
    session: Session,
    title: str,
    department: str,
    community_id: int,
    found: Sequence[Complaint],
    *,
    cause: str | None,
    by: Person | None,
    origin: str = "person",
    parent_id: int | None = None,
    category: str = "",
) -> Improvement:
    """Write the improvement and start its case; permission was checked before, or a diagram asks for it."""
    now = clock.now()
    day = now.astimezone(calendars.of(session, community_id).zone).date()
    improvement = Improvement(
        number=numbers.take(session, f"{places.find(session, community_id).code.upper()}-G", day),
        community_id=community_id,
        department=department,
        title=title,
        cause=cause,
        origin=origin,
        parent_id=parent_id,
        started_at=now,
        started_by_id=by.id if by else None,
    )
    session.add(improvement)
    session.flush()
    for each in found:
        session.add(ImprovementComplaint(improvement_id=improvement.id, complaint_id=each.id))
    _start_case(session, improvement, found, category, by)
    for each in found:
        if each.case_id is not None:
            facts = {"improvement": improvement.id, "number": improvement.number}
            cases.record(session, each.case_id, NewEntry("improvement.started", by.id if by else None, None, facts))
    session.refresh(improvement)  # the failed first step was rolled back, including what it had read
    return improvement


topics.begins_with(PROCESS, "number", "department", "cause", "category", "complaints")
topics.uses(
    PROCESS,
    reads=("cause", "round"),
    codes={
        "cause": CAUSES,
        "measure": GOALS,
        "goal_hours": HOURS,
        "action_result": ACTION_RESULTS,
        "verdict": VERDICTS,
        "decision": DECISIONS,
    },
)


def _start_case(
    session: Session, improvement: Improvement, found: Sequence[Complaint], category: str, by: Person | None
) -> None:
    def hang_on(case: Case) -> None:
        improvement.case_id = case.id
        session.flush()

    variables: dict[str, object] = {
        "number": improvement.number,
        "department": improvement.department,
        "cause": improvement.cause,
        "category": category or (found[0].category if found else None),
        "complaints": [each.number for each in found],
    }
    cases.start(
        session,
        PROCESS,
        variables,
        business_key=improvement.number,
        place_id=improvement.community_id,
        by=by,
        prepare=hang_on,
    )


def title_from(session: Session, complaint: Complaint, cause: str | None) -> str:
    """Return a first title for an improvement started from a complaint."""
    category = session.get(Category, complaint.category)
    name = category.name if category else complaint.category
    return f"{name}：{CAUSES[cause][0]}" if cause is not None and cause in CAUSES else name


def of_complaint(session: Session, complaint: Complaint) -> list[Improvement]:
    """Return the improvements started from a complaint."""
    linked = select(ImprovementComplaint.improvement_id).where(ImprovementComplaint.complaint_id == complaint.id)
    return list(session.scalars(select(Improvement).where(Improvement.id.in_(linked)).order_by(Improvement.id)))


def categories_of(session: Session, improvement_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return the categories of the complaints that improvements stand on, by improvement."""
    asked = (
        select(ImprovementComplaint.improvement_id, Complaint.category)
        .join(Complaint, Complaint.id == ImprovementComplaint.complaint_id)
        .where(ImprovementComplaint.improvement_id.in_(improvement_ids))
        .distinct()
    )
    found: dict[int, list[str]] = {}
    for improvement_id, category in session.execute(asked):
        found.setdefault(improvement_id, []).append(category)
    return found
