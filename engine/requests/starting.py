"""Start a case of any process: by a resident or a colleague, from what the start form asked."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework import cases
from engine.casework.cases import Case
from engine.company import calendars, permissions, places
from engine.company.people import Person
from engine.company.places import Place
from engine.complaints.core import links, numbers
from engine.core import clock, phones, secret_links
from engine.core.errors import Invalid, NotFound, NotPermitted
from engine.processes import start_events
from engine.processes.start_events import StartEvent
from engine.requests import opened, starters
from engine.requests.rows import Request, RequestContact
from engine.requests.start_form import NOTHING, Filled

LETTER = "S"
"""Stands in the numbers of requests: YGL-S-261201-0001."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to start, and where. `sent_as`: a name of the page it was sent from."""

    process: str
    community_id: int
    filled: Filled = NOTHING
    language: str = "zh"
    sent_as: str | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """The new request, and the secret of its resident's link ("" where there is none)."""

    request: Request
    secret: str


def before(session: Session, sent_as: str | None, *, key: bytes) -> Started | None:
    """Return what was started from the same page with the same answers, or None."""
    there = session.scalar(select(Request).where(Request.sent_as == sent_as)) if sent_as else None
    return None if there is None else Started(there, secret_of(key, there))


def start(session: Session, wish: Wish, *, key: bytes, by: Person | None = None) -> Started:
    """Start a case for a resident (`by` None) or by a colleague; sent twice, it is one. `key`: the installation's.

    Raises `Invalid` naming the wrong fields, `NotFound` for a process that residents cannot start, `NotPermitted` when
    `by` may not start it there.
    """
    if (there := before(session, wish.sent_as, key=key)) is not None:
        return there
    event = start_events.plain(session, wish.process)
    if event is None or (by is None and not opened.is_open(session, wish.process)):
        raise NotFound
    _check(session, wish, event, by)
    request = _row(session, event.process, places.find(session, wish.community_id))
    request.household_id, request.sent_as = wish.filled.household_id, wish.sent_as
    request.origin, request.started_by_id = ("staff", by.id) if by else ("page", None)
    if opened.is_for_residents(event):
        request.secret_hash = secret_links.hash_of(secret_links.secret(key, request.number))
    session.flush()
    session.add(_contact(request, wish, key))
    begin(session, request, {**wish.filled.steering, "by_resident": by is None}, by=by)
    return Started(request, secret_of(key, request))


def begin(
    session: Session,
    request: Request,
    variables: Mapping[str, object],
    *,
    by: Person | None = None,
    message: str | None = None,
) -> None:
    """Start the case of a request whose rows are there. `message`: what begins it, unless a person does."""

    def hang_on(case: Case) -> None:
        request.case_id = case.id
        session.flush()

    cases.start(
        session,
        request.process,
        {**variables, "number": request.number},
        business_key=request.number,
        place_id=request.community_id,
        by=by,
        prepare=hang_on,
        message=message,
    )
    session.refresh(request)  # a failed first step was rolled back, including what it had read


def begin_by_itself(
    session: Session, event: StartEvent, place: Place, variables: Mapping[str, object], *, sender: int | None = None
) -> Request:
    """Start a case by a timer or, with its `sender`, by a message or signal of another case."""
    request = _row(session, event.process, place)
    request.origin, request.from_case_id = ("timer" if sender is None else "message"), sender
    session.flush()
    by = event.element if event.kind == "timer" else event.name
    begin(session, request, {**variables, "by_resident": False}, message=by)
    return request


def is_number(session: Session, text: str) -> bool:
    """Return whether a number, however it was typed, is that of a request."""
    return session.scalar(select(Request.id).where(Request.number == links.plain_number(text))) is not None


def secret_of(key: bytes, request: Request) -> str:
    """Return the secret of the link that a request has now; "" where its process is not for residents."""
    return secret_links.secret(key, request.number, request.link_turn) if request.secret_hash else ""


def _row(session: Session, process: str, place: Place) -> Request:
    now = clock.now()
    day = now.astimezone(calendars.of(session, place.id).zone).date()
    number = numbers.take(session, f"{place.code.upper()}-{LETTER}", day)
    request = Request(
        number=number, process=process, community_id=place.id, started_at=now, secret_hash="", link_turn=0, origin=""
    )
    session.add(request)
    return request


def _contact(request: Request, wish: Wish, key: bytes) -> RequestContact:
    said = wish.filled
    return RequestContact(
        request_id=request.id,
        person_name=said.person_name,
        phone=phones.tidy(said.phone),
        phone_hash=secret_links.phone_hash(key, said.phone),
        mail=said.mail,
        language=wish.language,
        place_text=said.place_text,
        text=said.text,
        answers=dict(said.answers),
    )


def _check(session: Session, wish: Wish, event: StartEvent, by: Person | None) -> None:
    place = session.get(Place, wish.community_id)
    if place is None or place.kind != "community" or place.retired_at is not None:
        raise Invalid({"community": ("请选择小区。", "Please choose a community.")})
    if by is not None and not starters.may_start(session, by, event, place.id):
        raise NotPermitted(act_zh="在这个小区发起这个流程", act_en="start this process for this community")
    said, wrong = wish.filled, dict[str, tuple[str, str]]()
    if said.phone and not phones.is_complete(said.phone):
        wrong["phone"] = ("请填写完整的电话号码。", "Please give a complete phone number.")
    for name, longest in (("person_name", 60), ("mail", 254), ("text", 4000)):
        if len(getattr(said, name)) > longest:
            wrong[name] = (f"最多 {longest} 个字。", f"At most {longest} characters.")
    if wrong:
        raise Invalid(wrong)


def may_start_where(session: Session, person: Person, request: Request) -> bool:
    """Return whether a person may start the request's process where the request is, and so act for its resident."""
    event = start_events.plain(session, request.process)
    reach = permissions.reach(session, person, "task.work")
    return event is not None and bool(reach) and starters.may_start(session, person, event, request.community_id)
