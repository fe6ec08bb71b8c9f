"""Versions of processes that belong to an improvement: said by whoever may publish the process."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import history
from engine.company.people import Person
from engine.core import clock
from engine.history import NewEntry
from engine.improvement import queries
from engine.improvement.rows import Improvement, ImprovementVersion
from engine.processes import rights
from engine.processes.versions import Version

MOST = 100


def link(session: Session, version: Version, improvement_id: int | None, *, by: Person) -> None:
    """Say which improvement a version belongs to; None: to none. Raises `NotPermitted`, `NotFound`."""
    rights.require(session, by, version.process, rights.PUBLISH)
    row = session.get(ImprovementVersion, version.id)
    if row is not None:
        session.delete(row)
        session.flush()
    number = None
    if improvement_id is not None:
        number = queries.find(session, by, improvement_id).number
        session.add(
            ImprovementVersion(version_id=version.id, improvement_id=improvement_id, by_id=by.id, at=clock.now())
        )
    told = {"process": version.process, "number": version.number, "improvement": number}
    history.add(session, history.company(session), [NewEntry("process.version_linked", by.id, None, told)])
    session.flush()


def of_version(session: Session, person: Person, version: Version) -> Improvement | None:
    """Return the improvement that a version belongs to, if `person` may see it."""
    asked = select(Improvement).join(ImprovementVersion, ImprovementVersion.improvement_id == Improvement.id)
    return session.scalar(asked.where(ImprovementVersion.version_id == version.id, queries.within(session, person)))


def versions_of(session: Session, improvement: Improvement) -> list[Version]:
    """Return the versions that belong to an improvement, the oldest first."""
    asked = select(Version).join(ImprovementVersion, ImprovementVersion.version_id == Version.id)
    asked = asked.where(ImprovementVersion.improvement_id == improvement.id)
    return list(session.scalars(asked.order_by(Version.published_at, Version.id)))


def offered(session: Session, person: Person) -> list[Improvement]:
    """Return the improvements that a version can be said to belong to, the newest first."""
    asked = select(Improvement).where(Improvement.status == "running", queries.within(session, person))
    return list(session.scalars(asked.order_by(Improvement.started_at.desc(), Improvement.id.desc()).limit(MOST)))
