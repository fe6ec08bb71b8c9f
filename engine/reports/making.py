"""Make a report, count it again while it is prepared, and correct a signed one by a new revision."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework import cases
from engine.casework.cases import Case
from engine.company import calendars, permissions, places
from engine.company.people import Person
from engine.company.places import Place
from engine.complaints.core import numbers
from engine.core import clock
from engine.core.errors import Conflict, Invalid, NotFound
from engine.history import NewEntry
from engine.processes import topics
from engine.reports import periods, queries
from engine.reports.contents import Counted
from engine.reports.periods import KINDS, Period
from engine.reports.rows import Report, ReportCases

PROCESS = "report"
LEVELS = ("community", "region", "company")
LETTER = "B"
"""Stands in the numbers of reports (报): YGL-B-261103-0001."""

LONGEST_REASON = 1000

topics.begins_with(PROCESS, "number", "place_kind", "kind", "revision")


def over(session: Session, place: Place, kind: str, since: str) -> Period:
    """Return the period of a kind that begins on this day as typed. Raises `Invalid` unless it is over."""
    today = clock.now().astimezone(calendars.of(session, place.id).zone).date()
    found = periods.beginning(kind, since) if kind in KINDS else None
    if found is None or found.until > today:
        zh, en = "请选择已经结束的一段时间。", "Please choose a period that is over."
        raise Invalid({"period": (zh, en)})
    return found


def last(session: Session, place: Place, kind: object) -> Period:
    """Return the last period of a kind that is over. Raises `Invalid` for a kind that there is not."""
    if kind not in KINDS:
        raise Invalid({"kind": ("请选择周报、月报或季报。", "Please choose week, month or quarter.")})
    return periods.last(str(kind), clock.now().astimezone(calendars.of(session, place.id).zone).date())


def require_place(session: Session, by: Person, place_id: int) -> Place:
    """Return the place that `by` may make reports of. Raises `Invalid`, `NotFound`, `NotPermitted`."""
    place = session.get(Place, place_id)
    if place is None:
        raise NotFound
    permissions.require(session, by, "report.prepare", place.id)
    if place.kind not in LEVELS:
        raise Invalid({"place": ("请选择公司、区域或小区。", "Please choose the company, a region or a community.")})
    return place


def require_none(session: Session, place: Place, period: Period) -> None:
    """Raise `Conflict` where there is a report of this place and period already."""
    there = queries.newest(session, place.id, period)
    if there is not None:
        zh, en = f"这份报告已经有了：{there.number}。", f"There is this report already: {there.number}."
        raise Conflict(zh=zh, en=en)


def require_prepared(session: Session, report: Report, by: Person) -> None:
    """Raise `Conflict` unless a report is still prepared, `NotPermitted`."""
    permissions.require(session, by, "report.prepare", report.place_id)
    if report.state != "prepare":
        zh = "报告已经送审，数字不能再变。要改请先退回。"
        raise Conflict(zh=zh, en="It is being checked and its figures stay as they are. Send it back to change them.")


def require_correctable(session: Session, report: Report, reason: str, by: Person) -> None:
    """Raise `Invalid` without a reason, `Conflict` unless it is the newest revision and signed, `NotPermitted`."""
    permissions.require(session, by, "report.prepare", report.place_id)
    if not reason.strip() or len(reason) > LONGEST_REASON:
        zh = f"请写明为什么要更正，最多 {LONGEST_REASON} 个字。"
        raise Invalid(
            {"reason": (zh, f"Please say why it has to be corrected, in at most {LONGEST_REASON} characters.")}
        )
    last = queries.newest(session, report.place_id, queries.period(report))
    if last is None or last.id != report.id or report.state != "signed":
        zh = "只能更正已经签发的最新一版。请刷新页面看最新的一版。"
        raise Conflict(zh=zh, en="Only the newest revision can be corrected, once it is signed. Reload the page.")


def make(session: Session, place: Place, period: Period, counted: Counted, *, by: Person | None) -> Report:
    """Write the first revision and start its case. Raises `Conflict` where there is one, `NotFound` without a process.

    `counted` is read before, so that nobody waits for it. Who may make it was checked before.
    """
    _alone(session, place)
    require_none(session, place, period)
    return _begin(session, place, period, counted, reason="", by=by)


def correct(session: Session, report: Report, counted: Counted, reason: str, *, by: Person) -> Report:
    """Make the next revision of a signed report, which stays as it is. Raises `Invalid`, `Conflict`, `NotPermitted`."""
    place = places.find(session, report.place_id)
    _alone(session, place)
    require_correctable(session, report, reason, by)
    made = _begin(session, place, queries.period(report), counted, reason=reason.strip(), by=by)
    _record(session, report, NewEntry("report.corrected", by.id, None, {"report": made.number}, reason.strip()))
    return made


def count_again(session: Session, report: Report, counted: Counted, *, by: Person) -> None:
    """Take over figures counted anew, while the report is prepared. Raises `Conflict` later, `NotPermitted`."""
    if report.case_id is not None:
        cases.lock(session, report.case_id)
    session.refresh(report)
    require_prepared(session, report, by)
    _keep(session, report, counted)
    _record(session, report, NewEntry("report.counted", by.id, None, {"report": report.number}))


def _alone(session: Session, place: Place) -> None:
    """Make others who make a report of this place wait, so that the second finds the first; nobody else waits."""
    session.execute(select(Place.id).where(Place.id == place.id).with_for_update(key_share=True))


def _begin(
    session: Session, place: Place, period: Period, counted: Counted, *, reason: str, by: Person | None
) -> Report:
    day = clock.now().astimezone(calendars.of(session, place.id).zone).date()
    report = Report(
        number=numbers.take(session, f"{place.code.upper()}-{LETTER}", day),
        place_id=place.id,
        kind=period.kind,
        since=period.since,
        until=period.until,
        revision=queries.last_revision(session, place.id, period) + 1,
        reason=reason,
        state="prepare",
        content={},
        made_at=clock.now(),
        made_by_id=by.id if by else None,
    )
    session.add(report)
    _keep(session, report, counted)
    _start_case(session, report, place, by)
    _record(session, report, NewEntry("report.made", by.id if by else None, None, _facts(report), reason or None))
    return report


def _facts(report: Report) -> Mapping[str, object]:
    return {
        "report": report.number,
        "place": report.place_id,
        "kind": report.kind,
        "since": report.since,
        "until": report.until,
        "revision": report.revision,
    }


def _keep(session: Session, report: Report, counted: Counted) -> None:
    """Write what was counted, with the lists of cases behind it."""
    report.content, report.made_at = dict(counted.content), clock.now()
    session.flush()
    for old in session.scalars(select(ReportCases).where(ReportCases.report_id == report.id)):
        session.delete(old)
    session.flush()
    for (figure, part), packed in counted.cases.items():
        session.add(ReportCases(report_id=report.id, figure=figure, part=part, count=packed.count, ids=packed.ids))
    session.flush()


def _start_case(session: Session, report: Report, place: Place, by: Person | None) -> None:
    def hang_on(case: Case) -> None:
        report.case_id = case.id
        session.flush()

    cases.start(
        session,
        PROCESS,
        {"number": report.number, "place_kind": place.kind, "kind": report.kind, "revision": report.revision},
        business_key=report.number,
        place_id=place.id,
        by=by,
        prepare=hang_on,
    )
    session.refresh(report)  # a failed first step was rolled back, including what it had read


def _record(session: Session, report: Report, entry: NewEntry) -> None:
    if report.case_id is not None:
        cases.record(session, report.case_id, entry)
