"""The desk: writing down who calls or comes, while they speak."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from engine import clock, complaints, files, people, places, tasks
from engine.complaints import Category, Complaint, Concern, Household, access, categories, danger, households, links
from engine.complaints.registration import Wrong
from engine.errors import Invalid, NotFound
from engine.people import Holding, Person
from engine.places import Place
from engine.settings import secret
from engine.tasks import Task
from web import current, wording
from web import typed as typed_by
from web.formats import zone
from web.guard import rule
from web.language import language
from web.reach import communities

blueprint = Blueprint("desk", __name__, url_prefix="/desk")
blueprint.context_processor(wording.context)

ACT = "complaint.register"
FIELDS = (
    "community", "channel", "kind", "category", "text", "place_text", "wish", "happened_at", "about", "about_person",
    "household", "find", "person_name", "phone", "households", "press", "danger",
)  # fmt: skip
BLANK: Mapping[str, str] = MappingProxyType({"channel": "phone", "kind": "complaint", "households": "1"})
NOTHING: Mapping[str, Any] = MappingProxyType({})
MOST_PHOTOS = 9
TWICE = timedelta(minutes=2)
"""The same again within this time is a double click."""

AT_HAND = timedelta(hours=1)
"""How long the one who registered can come back to the number and the link."""


# ---- the form --------------------------------------------------------------------------------------------------------


@blueprint.get("")
@rule(ACT)
def index() -> str:
    """A blank form for the next call."""
    return form(BLANK)


def form(typed: Mapping[str, str], errors: Mapping[str, tuple[str, str]] = NOTHING, *, lost: bool = False) -> str:
    """The form, with what was typed and what is wrong; `lost`: files were brought and have to be chosen again."""
    session, me = current.reading(), current.someone()
    offered = communities(session, me, ACT)
    here = community_of(offered, typed.get("community", ""))
    return render_template(
        "desk/index.html",
        typed=typed,
        errors=errors,
        communities=offered,
        here=here,
        found=search(session, here, typed),
        chosen=household_of(session, here, typed.get("household", "")),
        beside=read_beside(session, me, here, typed),
        tree=categories.tree(session),
        staff=staff_of(session, here),
        dangerous=is_dangerous(session, typed),
        most=MOST_PHOTOS,
        lost=lost,
    )


def community_of(offered: Sequence[Place], text: str) -> Place | None:
    """The community that is chosen, among those where the person may register; the only one without choosing."""
    chosen = next((each for each in offered if str(each.id) == text), None)
    return chosen or (offered[0] if len(offered) == 1 else None)


def search(session: Session, here: Place | None, typed: Mapping[str, str]) -> list[Household]:
    """Homes that fit what was typed into the search, if anything was."""
    words = typed.get("find", "").strip()[:60]
    return list(households.search(session, [here.id], words).rows) if here is not None and words else []


def household_of(session: Session, here: Place | None, text: str) -> Household | None:
    """The home that is chosen, if it is one of this community."""
    found = session.get(Household, int(text)) if text.isdecimal() and len(text) < 10 else None
    return found if found is not None and here is not None and found.community_id == here.id else None


def staff_of(session: Session, here: Place | None) -> list[Person]:
    """Who works in the community, to say whom it is about."""
    if here is None:
        return []
    held = people.current().where(Holding.place_id.in_([each.id for each in places.below(session, here)]))
    ids = held.with_only_columns(Holding.person_id)
    return list(
        session.scalars(
            select(Person).where(Person.id.in_(ids), Person.retired_at.is_(None)).order_by(Person.name, Person.id)
        )
    )


# ---- what comes while one types --------------------------------------------------------------------------------------


@blueprint.post("/households")
@rule(ACT)
def find_households() -> str:
    """Homes that fit, a few, to choose from."""
    session, typed = current.reading(), read_form()
    here = community_of(communities(session, current.someone(), ACT), typed["community"])
    return render_template("desk/households.html", found=search(session, here, typed), typed=typed, chosen=None)


@blueprint.post("/staff")
@rule(ACT)
def list_staff() -> str:
    """Who works in the community that was just chosen, as options."""
    session, typed = current.reading(), read_form()
    here = community_of(communities(session, current.someone(), ACT), typed["community"])
    return render_template("desk/staff.html", staff=staff_of(session, here), typed=typed)


@blueprint.post("/danger")
@rule(ACT)
def judge_danger() -> str:
    """Whether what is typed speaks of danger to life, said at once."""
    return render_template("desk/danger.html", dangerous=is_dangerous(current.reading(), read_form()))


def is_dangerous(session: Session, typed: Mapping[str, str]) -> bool:
    """Whether it will be taken as critical: danger words, a dangerous category, or said to be so."""
    if typed.get("danger"):
        return True
    category = session.get(Category, typed.get("category", ""))
    words = danger.found(session, typed.get("text", ""), typed.get("place_text", ""))
    return words or (category is not None and category.danger)


@blueprint.post("/beside")
@rule(ACT)
def show_beside() -> str:
    """The complaints of the home or the phone, open ones first, beside the form."""
    session, me, typed = current.reading(), current.someone(), read_form()
    here = community_of(communities(session, me, ACT), typed["community"])
    return render_template(
        "desk/beside.html", beside=read_beside(session, me, here, typed), tree=categories.tree(session)
    )


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of the home or the phone: its complaints, open ones first; `asked`: whether one was named."""

    asked: bool
    open: list[Complaint]
    closed: list[Complaint]


def read_beside(session: Session, person: Person, here: Place | None, typed: Mapping[str, str]) -> Beside:
    """The last complaints of the home that is chosen or of the phone that is typed."""
    household = household_of(session, here, typed.get("household", ""))
    digits = links.plain_phone(typed.get("phone", ""))
    ways = [Complaint.household_id == household.id] if household else []
    if len(digits) >= 7:
        ways.append(Complaint.phone_hash == links.phone_hash(key(), digits))
    if not ways:
        return Beside(False, [], [])
    asked = select(Complaint).where(or_(*ways), access.within(session, person))
    rows = session.scalars(asked.order_by(Complaint.received_at.desc()).limit(20)).all()
    return Beside(True, [each for each in rows if each.is_open], [each for each in rows if not each.is_open][:5])


def key() -> bytes:
    """The installation's key, for links and for finding by phone."""
    return secret(current.settings(), "links")


# ---- registering -----------------------------------------------------------------------------------------------------


@blueprint.post("")
@rule(ACT)
def register() -> Response | tuple[str, int] | str:
    """Write it down under a number; without script the same button also finds homes."""
    typed = read_form()
    if request.form.get("act") == "find":
        return form(typed, lost=bool(brought()))
    try:
        found = current.attempt(lambda session: write(session, typed, brought()))
    except Invalid as wrong:
        return form(typed, at_fields(wrong.fields), lost=bool(brought())), 422
    return redirect(url_for("desk.done", complaint_id=found), 303)


def read_form() -> dict[str, str]:
    """What was typed."""
    return typed_by.texts(FIELDS)


def brought() -> list[FileStorage]:
    """The photos that came along."""
    return [each for each in request.files.getlist("photos") if each.filename]


def write(session: Session, typed: Mapping[str, str], photos: Sequence[FileStorage]) -> int:
    """Register what was typed and keep the photos; returns the complaint's id. Raises `Invalid`."""
    me = current.someone()
    concern = concern_of(session, typed, photos)
    twin = select(Complaint.id).where(
        Complaint.registered_by_id == me.id,
        Complaint.community_id == concern.community_id,
        Complaint.text == concern.text,
        Complaint.phone == concern.phone,
        Complaint.received_at > clock.now() - TWICE,
    )
    if (known := session.scalar(twin.limit(1))) is not None:
        return known
    complaint = complaints.register(session, concern, key=key(), by=me).complaint
    keep(session, photos, complaint)
    return complaint.id


def concern_of(session: Session, typed: Mapping[str, str], photos: Sequence[FileStorage]) -> Concern:
    """What was typed as the engine takes it. Raises `Invalid` for what cannot be read."""
    wrong: Wrong = {}
    here = community_of(communities(session, current.someone(), ACT), typed["community"])
    household = household_of(session, here, typed["household"])
    phone = typed["phone"] or (household.phone if household else "")
    concern = Concern(
        community_id=here.id if here else 0,
        text=typed["text"],
        category=typed["category"],
        kind=typed["kind"],
        channel=typed["channel"] if typed["channel"] in ("phone", "visit") else "",
        person_name=typed["person_name"] or (household.name if household else ""),
        phone=phone,
        anonymous=not links.plain_phone(phone),
        household_id=household.id if household else None,
        place_text=typed["place_text"] or (household.label if household else ""),
        wish=typed["wish"],
        happened_at=moment_of(typed["happened_at"], wrong),
        danger=bool(typed["danger"]),
        about=typed["about"],
        about_person_id=person_of(session, here, typed["about_person"], wrong),
        households=int(typed["households"]) if typed["households"].isdecimal() and len(typed["households"]) < 6 else 0,
        press=bool(typed["press"]),
    )
    if len(photos) > MOST_PHOTOS:
        wrong["photos"] = (f"最多 {MOST_PHOTOS} 个文件。", f"At most {MOST_PHOTOS} files.")
    if here is None:
        wrong["community_id"] = ("请选择小区。", "Please choose a community.")
    try:
        complaints.registration.check(session, concern, current.someone())
    except Invalid as more:
        wrong = {**more.fields, **wrong}
    if wrong:
        raise Invalid(wrong)
    return concern


def moment_of(text: str, wrong: Wrong) -> datetime | None:
    """A moment as a date-time field sends it, in the company's zone."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        return at if at.tzinfo else at.replace(tzinfo=zone())
    except (ValueError, OverflowError):
        wrong["happened_at"] = (
            "请填日期和时间，如 2026-03-01 09:30。",
            "Give date and time, such as 2026-03-01 09:30.",
        )
        return None


def person_of(session: Session, here: Place | None, text: str, wrong: Wrong) -> int | None:
    """The member of staff that is named, if they work here."""
    if not text:
        return None
    if text not in {str(each.id) for each in staff_of(session, here)}:
        wrong["about_person_id"] = ("请从列表中选择。", "Please choose from the list.")
        return None
    return int(text)


def keep(session: Session, photos: Sequence[FileStorage], complaint: Complaint) -> None:
    """Keep the photos with the complaint. Raises `Invalid` naming the field when one is not taken."""
    for each in photos:
        each.stream.seek(0)
        try:
            files.keep(
                session,
                current.settings().files,
                each.stream,  # type: ignore[arg-type]
                each.filename or "",
                by_id=current.someone().id,
                place_id=complaint.community_id,
                complaint_id=complaint.id,
            )
        except files.BadFile as bad:
            raise Invalid({"photos": (bad.text("zh"), bad.text("en"))}) from None


def at_fields(wrong: Wrong) -> Wrong:
    """The engine's names of fields as the page has them."""
    names = {"community_id": "community", "household_id": "household", "about_person_id": "about_person"}
    return {names.get(name, name): said for name, said in wrong.items()}


# ---- after saving ----------------------------------------------------------------------------------------------------


@blueprint.get("/done/<int:complaint_id>")
@rule(ACT)
def done(complaint_id: int) -> str:
    """The number to read aloud and the resident's link, for who wrote it down, for an hour."""
    session, me = current.reading(), current.someone()
    complaint = session.get(Complaint, complaint_id)
    fresh = complaint is not None and complaint.received_at > clock.now() - AT_HAND
    if complaint is None or complaint.registered_by_id != me.id or not fresh:
        raise NotFound()
    return render_template(
        "desk/done.html",
        complaint=complaint,
        aloud=aloud(complaint.number),
        link=links.address(complaint.number) or address(complaint.number),
        may_open=may_open(session, me, complaint),
        following=session.scalar(tasks.inbox(session, me).where(Task.case_id == complaint.case_id).limit(1)),
    )


def address(number: str) -> str:
    """The resident's link as this request was reached, where no public address is set."""
    return f"{request.host_url.rstrip('/')}/c/{links.secret(key(), number)}"


def may_open(session: Session, person: Person, complaint: Complaint) -> bool:
    """Whether the one who registered may see it: not when it is about them."""
    seen = select(Complaint.id).where(Complaint.id == complaint.id, access.within(session, person))
    return session.scalar(seen) is not None


def aloud(number: str) -> str:
    """A number as one reads it out on the phone, part by part: Y G L，二六 幺幺 二三，零零 零幺."""
    parts = number.split("-")
    if language() != "zh":
        return ", ".join(" ".join(part) for part in parts)
    digits = str.maketrans("0123456789", "零幺二三四五六七八九")
    return "，".join(_spoken(part).translate(digits) for part in parts)


def _spoken(part: str) -> str:
    if not part.isdecimal():
        return " ".join(part)
    return " ".join(part[start : start + 2] for start in range(0, len(part), 2))
