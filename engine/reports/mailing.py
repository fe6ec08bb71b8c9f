"""Who is told of a signed report: the people whom the company names, each of those who may see it."""

from collections.abc import Collection, Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine import letters
from engine.bpmn.execution import Work
from engine.casework.cases import Case
from engine.company import permissions, places
from engine.company.people import Person
from engine.core import secret_links
from engine.core.errors import Invalid
from engine.processes.topics import topic
from engine.reports import addresses, periods
from engine.reports.queries import SEE
from engine.reports.rows import Report, ReportReader

TEMPLATE = "report_signed"
MOST_READERS = 200


def readers(session: Session) -> list[Person]:
    """Return the people whom the company named, by name."""
    asked = select(Person).join(ReportReader, ReportReader.person_id == Person.id).where(Person.retired_at.is_(None))
    return list(session.scalars(asked.order_by(Person.name, Person.id)))


def keep_readers(session: Session, ids: Collection[int]) -> None:
    """Name these people. Raises `Invalid` for somebody who is not there. The caller checks and records."""
    known = set(session.scalars(select(Person.id).where(Person.id.in_(ids), Person.retired_at.is_(None))))
    if known != set(ids) or len(known) > MOST_READERS:
        raise Invalid({"readers": ("请从列表中选择同事。", "Please choose colleagues from the list.")})
    session.execute(delete(ReportReader))
    session.add_all(ReportReader(person_id=each) for each in sorted(known))
    session.flush()


def page_of(report: Report) -> str | None:
    """Return the address of a report's page; None while the program does not know its own."""
    return secret_links.page(f"/reports/{report.id}")


@topic("mail_report", zh="把签发的报告发给名单上的人", en="Send the signed report to those named")
def mail_report(session: Session, case: Case, _work: Work) -> Mapping[str, object]:
    """Put a letter for each reader who may see the report, with a link, and for each address outside, with the file."""
    report = session.scalar(select(Report).where(Report.case_id == case.id))
    if report is None:
        return {}
    place = places.find(session, report.place_id)
    facts = {
        "number": report.number,
        "community": {"zh": place.name, "en": place.name_en or place.name},
        "process": {language: periods.titled(report, language) for language in ("zh", "en")},
        "link": page_of(report),
    }
    for person in readers(session):
        if permissions.reach(session, person, SEE).covers(place.path):
            letters.put(
                session, f"{report.number}:{TEMPLATE}:{person.id}", TEMPLATE, ("person", person.id), facts, case.id
            )
    addresses.put(session, report, {**facts, "link": None})
    return {}
