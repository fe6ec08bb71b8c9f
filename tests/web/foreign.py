"""Things of the other region, one for each name that an address may carry.

When you add a page with a new `<int:name>` or `<name>` in its address, add here how to find the foreign one. Names and
texts in it contain `FOREIGN_NAME`: no page may show it to somebody whose roles are in the first region.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import complaints, letters, reports
from engine.bpmn.execution import Change, act_to_json
from engine.casework import phrases
from engine.casework.cases import Case, Incident
from engine.casework.phrases import Phrase
from engine.casework.tasks import Task
from engine.casework.timers import Timer
from engine.comments import Comment
from engine.company import calendars, logo, people
from engine.company.absences import Absence
from engine.company.places import Place
from engine.company.rosters import Shift
from engine.company.saved_filters import View
from engine.complaints.alarms.rows import Alarm, Call
from engine.complaints.core.complaint import Complaint
from engine.complaints.homes.households import Household
from engine.complaints.intake import paper_forms
from engine.complaints.intake.danger_patterns import DangerPattern
from engine.complaints.intake.paper_forms import Batch, Paper
from engine.complaints.intake.registration import Concern
from engine.core import clock
from engine.files import File
from engine.importing import Import
from engine.improvement import Improvement
from engine.jobs import Job
from engine.knowledge import Article
from engine.letters.browsers import Browser
from engine.mail_in import ReceivedMail
from engine.measures.walls import WallLink
from engine.processes import process_drafts, publishing
from engine.processes.planned import PlannedPublication
from engine.processes.process_drafts import ProcessDraft
from engine.processes.uploads import Upload
from engine.replay import replaying
from engine.reports import Report
from engine.requests import OpenedProcess, Request, starting
from engine.requests.start_form import Filled
from engine.requests.starting import Wish
from engine.scenarios.trials import Trial
from engine.warnings import EarlyWarning
from engine.warnings.hours import said
from tests.web.conftest import FOREIGN_NAME, Company

ARCHIVE = b"PK\x05\x06" + bytes(18)
"""An empty zip."""

PICTURE = b"\x89PNG\r\n\x1a\n"

KEY = b"a key for tests, thirty-two bytes"


def prepare(session: Session) -> None:
    """What every company has: categories, hours, message texts, the shipped processes."""
    complaints.seed(session)
    calendars.seed(session)
    letters.seed(session)
    phrases.seed(session)
    logo.keep(session, logo.Picture("image/png", PICTURE))
    publishing.publish_all(session, publishing.read_folder(publishing.SHIPPED))


def furnish(session: Session, company: Company, community_id: int) -> None:
    """Create records: a complaint with its case and the desk's first task, an incident, files to publish."""
    concern = Concern(
        community_id=community_id,
        text=FOREIGN_NAME,
        category=session.scalars(
            select(complaints.Category.code).where(complaints.Category.parent.is_not(None))
        ).first()
        or "",
        person_name=FOREIGN_NAME,
        phone="13999999999",
        place_text=FOREIGN_NAME,
        wish=FOREIGN_NAME,
    )
    complaint = complaints.register(session, concern, key=KEY).complaint
    session.flush()
    incident = {"element": "x", "name": FOREIGN_NAME, "zh": FOREIGN_NAME, "en": FOREIGN_NAME, "at": clock.now()}
    session.add(Incident(case_id=complaint.case_id, act=act_to_json(Change({})), **incident))
    owner = company.people["process_owner"].id
    process_drafts.begin(session, "escalation", by=company.people["process_owner"])
    session.add(
        PlannedPublication(
            process="complaint",
            act="process.publish",
            facts={"note": FOREIGN_NAME, "in_spite": ""},
            content=ARCHIVE,
            findings=[],
            seen=1,
            by_id=owner,
            asked_at=clock.now(),
            state="asked",
        )
    )
    drafted = {"begun_by_id": owner, "begun_at": clock.now(), "changed_by_id": owner, "changed_at": clock.now()}
    session.add(ProcessDraft(process="complaint", based_on=1, ended_at=clock.now(), **drafted))
    session.add(Upload(process="complaint", content=ARCHIVE, findings=[], runs=False, by_id=owner, at=clock.now()))
    _request(session, community_id)
    session.add(Household(community_id=community_id, label=FOREIGN_NAME, name=FOREIGN_NAME, phone="13999999999"))
    session.add(complaints.Building(community_id=community_id, name=FOREIGN_NAME))
    hours = calendars.change(session, community_id, calendars.USUAL)
    calendars.except_day(session, hours, clock.now().date(), [], FOREIGN_NAME)
    session.add(_file(complaint.id))
    session.add(_job(company))
    session.flush()
    session.add(_replay(company))
    session.add(_trial(company))
    _rest(session, company)
    _called(session, company, complaint.case_id or 0)
    session.add(_import(company))
    session.add(_article(company.other_community.id))
    foreigner = company.foreigner.id if company.foreigner else owner
    session.add(Comment(case_id=complaint.case_id, by_id=foreigner, at=clock.now(), text=FOREIGN_NAME))
    batch = Batch(community_id=community_id, printed_at=clock.now(), by_id=company.people["agent"].id, sheets=1)
    session.add(batch)
    session.flush()
    session.add(Paper(code="234567" + paper_forms.check_sign("234567"), batch_id=batch.id))
    session.add(
        Improvement(
            number="TSY-G-260302-0001",
            community_id=community_id,
            department="engineering",
            title=FOREIGN_NAME,
            started_at=clock.now(),
        )
    )
    session.add(_warning(community_id))
    _report(session, community_id)
    mail = {"sender": "x@example.test", "subject": FOREIGN_NAME, "outcome": "failed", "reason": "too_large"}
    wall = {"name": FOREIGN_NAME, "secret_hash": "0" * 64, "by_id": owner, "at": clock.now()}
    session.add(WallLink(place_id=community_id, **wall))
    session.add(ReceivedMail(key="0" * 64, at=clock.now(), uid=1, validity=1, community_id=community_id, **mail))
    session.flush()


def _warning(community_id: int) -> EarlyWarning:
    """A warning of a place elsewhere."""
    return EarlyWarning(
        number=f"{FOREIGN_NAME}-Y-1",
        community_id=community_id,
        category="1001",
        week=clock.now().date(),
        count=9,
        usual=2.0,
        chance=0.001,
        by_chance=0.98,
        chart={"since": "2025-01-06", "counts": [2] * 59 + [9], "high": 6.2, "homes": 0},
        hours=said([[0] * 24 for _ in range(7)], {}),
        opened_at=clock.now(),
        stage="look",
        repeats=0,
    )


def _article(community_id: int) -> Article:
    """An article for the other community alone."""
    said = {"title": FOREIGN_NAME, "situation": FOREIGN_NAME, "to_do": FOREIGN_NAME}
    return Article(**said, community_id=community_id, changed_at=clock.now())


def _report(session: Session, community_id: int) -> None:
    """A report of the other community, counted before there was anything to count."""
    place = session.get_one(Place, community_id)
    period = reports.making.last(session, place, "month")
    made = reports.making.make(session, place, period, reports.contents.count(session, place, period), by=None)
    made.summary = made.word = FOREIGN_NAME


def _request(session: Session, community_id: int) -> None:
    """A request of a resident elsewhere."""
    session.add(OpenedProcess(process="refurbishment", opened_at=clock.now()))
    session.flush()
    said = {"person_name": FOREIGN_NAME, "phone": "13999999999", "place_text": FOREIGN_NAME, "text": FOREIGN_NAME}
    filled = Filled({"kind": "partial", "structural": False}, {"company": FOREIGN_NAME}, **said)
    starting.start(session, Wish("refurbishment", community_id, filled), key=KEY)


def _rest(session: Session, company: Company) -> None:
    """A future absence, a shift and a saved view of somebody elsewhere."""
    who = person_id(session, company)
    soon = clock.now() + timedelta(days=1)
    times = {"since": soon, "until": soon + timedelta(days=1)}
    session.add(Absence(person_id=who, substitute_id=who, entered_by_id=who, **times))
    place_id = company.other_departments["desk"].id
    session.add(Shift(place_id=place_id, person_id=who, weekday=0, begins=480, ends=960))
    session.add(View(person_id=who, page="inbox", name=FOREIGN_NAME, query="q=1"))


def _called(session: Session, company: Company, case_id: int) -> None:
    """An alarm that calls somebody elsewhere, and a browser of theirs."""
    who, now = person_id(session, company), clock.now()
    task = session.scalars(select(Task.id).where(Task.case_id == case_id)).one()
    alarm = Alarm(case_id=case_id, task_id=task, raised_at=now, arrive_by=now)
    session.add(alarm)
    session.flush()
    session.add(Call(alarm_id=alarm.id, person_id=who, stage=0, first_at=now, last_at=now))
    keys = {"endpoint": "https://push.example.com/x", "p256dh": "x" * 87, "auth": "x" * 22}
    session.add(Browser(person_id=who, fingerprint="0" * 64, name=FOREIGN_NAME, added_at=now, **keys))


def _file(complaint_id: int) -> File:
    return File(
        sha256="0" * 64,
        name="no-such-file.jpg",
        type="image/jpeg",
        size=1,
        original_name=FOREIGN_NAME,
        uploaded_at=clock.now(),
        complaint_id=complaint_id,
    )


def _job(company: Company) -> Job:
    assert company.foreigner is not None
    about = {"facts": {}, "state": "failed", "zh": FOREIGN_NAME, "en": FOREIGN_NAME}
    now = clock.now()
    return Job(kind="export_complaints", by_id=company.foreigner.id, asked_at=now, expires_at=now, **about)


def _replay(company: Company) -> Job:
    """A replay of the draft that the process owner can open, asked for by somebody else."""
    assert company.foreigner is not None
    now, facts = clock.now(), {"process": "escalation", "draft": 1}
    about = {"facts": facts, "state": "failed", "zh": FOREIGN_NAME, "en": FOREIGN_NAME}
    return Job(kind=replaying.KIND, by_id=company.foreigner.id, asked_at=now, expires_at=now, **about)


def _trial(company: Company) -> Trial:
    """A trial of the same draft by somebody else."""
    assert company.foreigner is not None
    said = [{"complain": {"text": FOREIGN_NAME, "category": "1004"}}]
    now, about = clock.now(), {"process": "escalation", "company": "0" * 64, "revision": 1}
    return Trial(by_id=company.foreigner.id, steps=said, done=1, moment=now, changed_at=now, **about)


def _import(company: Company) -> Import:
    assert company.foreigner is not None
    content = f"房号,业主姓名\n501,{FOREIGN_NAME}\n".encode()
    about = {"kind": "households", "name": FOREIGN_NAME, "sha256": "0" * 64, "size": len(content)}
    return Import(
        by_id=company.foreigner.id, at=clock.now(), content=content, notes=[[FOREIGN_NAME] * 2 + [1]], **about
    )


def first(column: object) -> Callable[[Session, Company], object]:
    """Find the only object of its kind: all of them are foreign."""
    return lambda session, _company: session.scalars(select(column)).first()  # type: ignore[call-overload]


def same(value: object) -> Callable[[Session, Company], object]:
    """A value that is nobody's secret."""
    return lambda _session, _company: value


def person_id(_session: Session, company: Company) -> int:
    assert company.foreigner is not None
    return company.foreigner.id


def holding_id(session: Session, company: Company) -> int:
    return people.holdings(session, person_id(session, company))[0].id


Found = Callable[[Session, Company], object]

FOREIGN: Mapping[str, Found] = MappingProxyType(
    {
        "person_id": person_id,
        "holding_id": holding_id,
        "place_id": lambda _session, company: company.other_community.id,
        "task_id": first(Task.id),
        "case_id": first(Case.id),
        "complaint_id": first(Complaint.id),
        "incident_id": first(Incident.id),
        "improvement_id": first(Improvement.id),
        "timer_id": first(Timer.id),
        "article_id": first(Article.id),
        "warning_id": first(EarlyWarning.id),
        "report_id": first(Report.id),
        "figure": same("response"),
        "part": same("of"),
        "request_id": first(Request.id),
        "message": same("withdraw_refurbishment"),
        **{f"{page}.process": same("refurbishment") for page in ("apply", "start_case", "openings")},
        "file_id": first(File.id),
        "alarm_id": first(Alarm.id),
        "browser_id": first(Browser.id),
        "absence_id": first(Absence.id),
        "shift_id": first(Shift.id),
        "view_id": first(View.id),
        "upload_id": first(Upload.id),
        "draft_id": first(ProcessDraft.id),
        "planned_id": first(PlannedPublication.id),
        "change_id": same(1),
        "job_id": first(Job.id),
        "studio_replay.process": same("escalation"),
        "studio_replay.job_id": lambda session, _company: session.scalars(
            select(Job.id).where(Job.kind == replaying.KIND)
        ).first(),
        "studio_trial.process": same("escalation"),
        "import_id": first(Import.id),
        "imports.kind": same("complaints"),
        "batch_id": first(Batch.id),
        "sheet": first(Paper.code),
        "process": same("complaint"),
        "comment_id": first(Comment.id),
        "studio_comments.comment_id": same(1),
        "phrase_id": first(Phrase.id),
        "step": same("on_way"),
        "processes.number": same(1),
        "role": same("handler"),
        "kind": same("role"),
        "roles.code": same("handler"),
        "categories.code": first(complaints.Category.code),
        "pattern_id": first(DangerPattern.id),
        "code": same("receipt"),
        "version": lambda session, _company: logo.version(session) or "",
        "tongue": same("zh"),
        "where": lambda _session, company: company.other_community.id,
        "exception_id": first(calendars.CalendarException.id),
        "household_id": first(Household.id),
        "building_id": first(complaints.Building.id),
        "table": same("limits"),
        "decision": same("limits"),
        "key": same("acknowledge"),
        "number": first(Complaint.number),
        "other": same("1"),
        "secret": same("no-such-secret"),
        "mail_id": first(ReceivedMail.id),
        "measure": same("response"),
        "check": same("unreached"),
        "wall_id": first(WallLink.id),
        "public.code": same("ygl"),
        "token": same("no-such-token"),
        "path": same("bpmn/complaint/complaint.bpmn"),
        "filename": same("dist/shell.css"),
    }
)
"""Name in an address, or `blueprint.name` where the name means something else -> how to find its foreign value."""

FIELDS: Mapping[str, Found] = MappingProxyType(
    {
        "region": lambda _session, company: company.other_region.id,
        "place": lambda _session, company: company.other_departments["engineering"].id,
        "place_id": lambda _session, company: company.other_departments["engineering"].id,
        "parent": lambda _session, company: company.other_community.id,
        "community": lambda _session, company: company.other_community.id,
        "community_id": lambda _session, company: company.other_community.id,
        "person": person_id,
        "role": same("handler"),
        "complaint": first(Complaint.id),
        "household": first(Household.id),
        "find": same(FOREIGN_NAME[:2]),
        "lead": first(Complaint.id),
        "join": first(Complaint.id),
        "paper": first(Paper.code),
        "reason": same("一试"),
        "step": same("15 minutes"),
    }
)
"""Name of a query parameter or form field -> its foreign value; sent along with every request."""
