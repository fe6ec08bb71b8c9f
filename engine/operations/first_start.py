"""The first start of a company: its place, calendar, first administrator, default permissions and processes."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import complaints, history, letters
from engine.casework import phrases
from engine.company import calendars, people, permissions, places, roles
from engine.company.people import Person
from engine.company.places import Place
from engine.core.errors import Conflict, Invalid
from engine.core.settings import Settings, secret
from engine.history import NewEntry
from engine.processes import publishing

LONGEST = 80


def is_needed(session: Session) -> bool:
    """Return whether there is no person yet."""
    return session.scalar(select(Place.id).limit(1)) is None


def token(of: Settings) -> str:
    """Return what the first page asks for and the command prints: who cannot see the server's screen cannot begin."""
    return secret(of, "start").hex()


def begin(session: Session, *, company: str, login: str, name: str, password: str) -> Person:
    """Create the company and its first administrator, who may do everything and then adds the others.

    Raises `Conflict` when the company exists already, `Invalid` for an empty name or a weak password.
    """
    if not is_needed(session):
        raise Conflict(zh="公司已经建好了。", en="The company exists already.")
    if wrong := what_is_wrong(session, company, login, name, password):
        raise Invalid(wrong)
    furnish(session)
    root = places.add(session, "company", None, "company", company.strip())
    calendars.seed(session)
    administrator = people.add(session, login, name, password=password)
    people.hold(session, administrator, "administrator", root)
    publishing.publish_all(session, publishing.read_folder(publishing.SHIPPED))
    history.add(session, history.company(session), [NewEntry("company.begun", administrator.id)])
    session.flush()
    return administrator


def what_is_wrong(session: Session, company: str, login: str, name: str, password: str) -> dict[str, tuple[str, str]]:
    """Return everything that prevents creating the company, by field."""
    wrong = people.what_is_wrong(session, login, name, password)
    if company.strip() and len(company.strip()) <= LONGEST:
        return wrong
    said = (f"请填写公司名称，最多 {LONGEST} 个字。", f"Give the company's name, at most {LONGEST} characters.")
    return {"company": said, **wrong}


def furnish(session: Session) -> None:
    """Write the defaults that companies may change: roles, permissions, categories, message and standard texts."""
    roles.seed(session)
    permissions.seed(session)
    complaints.seed(session)
    letters.seed(session)
    phrases.seed(session)


NEEDED = ("agent", "dispatcher", "handler", "head", "project_manager", "callback")
"""Roles without which a usual complaint gets stuck because nobody has the task. Source: bpmn/complaint."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """The set-up state of a company without complaints. `lacking`: the needed roles that nobody holds."""

    community: bool
    lacking: tuple[str, ...]
    households: bool


def beginning(session: Session) -> Beginning | None:
    """Return what is still to do before the first complaint; None once there was one."""
    if session.scalar(select(complaints.Complaint.id).limit(1)) is not None:
        return None
    held = set(session.scalars(select(people.Holding.role).where(people.Holding.until.is_(None)).distinct()))
    return Beginning(
        community=session.scalar(select(Place.id).where(Place.kind == "community").limit(1)) is not None,
        lacking=tuple(code for code in NEEDED if code in roles.of(session).offered_roles and code not in held),
        households=session.scalar(select(complaints.Household.id).limit(1)) is not None,
    )
