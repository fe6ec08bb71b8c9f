"""The desk's input in the engine's form."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from engine import files
from engine.company import people, permissions, places
from engine.company.people import Holding, Person
from engine.company.places import KnownPlace
from engine.complaints.core import categories
from engine.complaints.core.categories import Category
from engine.complaints.core.codes import OFFICIAL
from engine.complaints.core.complaint import Complaint
from engine.complaints.homes.households import Household
from engine.complaints.intake import danger, guessing, paper_forms, registration
from engine.complaints.intake.danger import Judged, Likeness
from engine.complaints.intake.danger_reading import Sign
from engine.complaints.intake.registration import Concern, Wrong
from engine.core import clock, phones
from engine.core.errors import Invalid, NotFound
from engine.core.settings import secret
from engine.files import Prepared
from web.shared.reachable_places import communities
from web.shared.uploads import at_field
from web.shell import current
from web.shell import form_input as typed_by
from web.shell.formats import zone

ACT = "complaint.register"
FIELDS = (
    "community", "channel", "kind", "category", "category_find", "text", "place_text", "wish", "happened_at", "about",
    "about_person", "household", "find", "person_name", "phone", "households", "press", "danger", "danger_preset",
    "paper", "reference", "source", "reply_by", "reply_days", "join", "sent_as",
)  # fmt: skip
BLANK: Mapping[str, str] = MappingProxyType({"channel": "phone", "kind": "complaint", "households": "1"})
FROM_ADDRESS = ("phone", "community", "channel", "paper", "find")
"""What a link may prefill: the caller's number, a scanned sheet."""

CHANNELS = ("phone", "visit", "paper", "group", "mail", "hotline", "office")
MOST_PHOTOS = 9
FIELD_OF = {
    "community_id": "community",
    "household_id": "household",
    "about_person_id": "about_person",
}
"""The engine's field names → those of the page."""


def read_form() -> dict[str, str]:
    """The input."""
    return typed_by.texts(FIELDS)


def from_address() -> dict[str, str]:
    """A blank form, prefilled from the address."""
    asked = {name: request.args.get(name, "").strip()[:60] for name in FROM_ADDRESS}
    typed = {**BLANK, **{name: value for name, value in asked.items() if value}}
    if typed["channel"] not in CHANNELS:
        typed["channel"] = BLANK["channel"]
    if asked["phone"]:
        typed["find"] = asked["find"] or asked["phone"]
    if asked["paper"]:
        typed["channel"] = "paper"
    return typed


def brought() -> list[FileStorage]:
    """The uploaded photos."""
    return [each for each in request.files.getlist("photos") if each.filename]


def look_through() -> list[Prepared]:
    """The uploaded photos, to be kept. Raises `Invalid` naming the field if one is refused."""
    return at_field("photos", brought()[: MOST_PHOTOS + 1])


def key() -> bytes:
    """The installation's key, for links and for finding by phone."""
    return secret(current.settings(), "links")


# ---- what was chosen -------------------------------------------------------------------------------------------------


def community_of(offered: Sequence[KnownPlace], text: str, household: Household | None = None) -> KnownPlace | None:
    """The community of the chosen household, else the chosen one; the only one if there is no choice."""
    wanted = str(household.community_id) if household is not None else text
    chosen = next((each for each in offered if str(each.id) == wanted), None)
    return chosen or (offered[0] if len(offered) == 1 else None)


def household_of(session: Session, offered: Sequence[KnownPlace], text: str) -> Household | None:
    """The chosen household, if the person may register there."""
    found = session.get(Household, int(text)) if text.isdecimal() and len(text) < 10 else None
    return found if found is not None and found.community_id in {each.id for each in offered} else None


def staff_of(session: Session, here: KnownPlace | None) -> list[Person]:
    """Staff of the community, for choosing whom it is about."""
    if here is None:
        return []
    held = people.current().where(Holding.place_id.in_([each.id for each in places.below(session, here)]))
    ids = held.with_only_columns(Holding.person_id)
    return list(
        session.scalars(
            select(Person).where(Person.id.in_(ids), Person.retired_at.is_(None)).order_by(Person.name, Person.id)
        )
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """The question about danger: its answer, what was preset, what follows, and the signs found in the words."""

    answer: str
    preset: str
    judged: Judged
    signs: Sequence[Sign]
    likeness: Likeness | None


def ask_danger(session: Session, typed: Mapping[str, str]) -> Asked:
    """The question about danger for the current input. An answer that was only preset follows the words."""
    texts = typed.get("text", ""), typed.get("place_text", "")
    signs = danger.signs(session, *texts)
    preset = danger.preset(signs)
    chosen = typed.get("danger", "")
    answer = preset if chosen in {"", typed.get("danger_preset", "")} else chosen
    category = session.get(Category, typed.get("category", ""))
    dangerous = category is not None and category.danger
    judged = danger.judge(session, answer, typed.get("channel", ""), *texts, category=dangerous)
    likeness = danger.likeness(session, *texts) if not preset else None
    return Asked(answer, preset, judged, signs, likeness)


# ---- all of it -------------------------------------------------------------------------------------------------------


def concern_of(session: Session, typed: Mapping[str, str], photos: Sequence[object]) -> Concern:
    """The input in the engine's form. Raises `Invalid` for values that cannot be parsed."""
    wrong: Wrong = {}
    offered = communities(session, current.someone(), ACT)
    household = household_of(session, offered, typed["household"])
    here = community_of(offered, typed["community"], household)
    phone = typed["phone"] or (household.phone if household else "")
    official = typed["channel"] in OFFICIAL
    concern = Concern(
        community_id=here.id if here else 0,
        text=typed["text"],
        category=category_of(session, typed),
        kind=typed["kind"],
        channel=typed["channel"] if typed["channel"] in CHANNELS else "",
        person_name=typed["person_name"] or (household.name if household else ""),
        phone=phone,
        anonymous=not phones.digits(phone),
        household_id=household.id if household else None,
        place_text=typed["place_text"] or (household.label if household else ""),
        wish=typed["wish"],
        happened_at=moment_of(typed, "happened_at", wrong),
        answer=typed["danger"],
        about=typed["about"],
        about_person_id=person_of(session, here, typed["about_person"], wrong),
        households=int(typed["households"]) if typed["households"].isdecimal() and len(typed["households"]) < 6 else 0,
        press=bool(typed["press"]),
        reference=typed["reference"] if official else "",
        source=typed["source"] if official or typed["channel"] == "group" else "",
        reply_by=reply_by_of(typed, wrong) if official else None,
        sent_as=sent_as(typed),
    )
    if len(photos) > MOST_PHOTOS:
        wrong["photos"] = (f"最多 {MOST_PHOTOS} 个文件。", f"At most {MOST_PHOTOS} files.")
    if here is None:
        wrong["community_id"] = ("请选择小区。", "Please choose a community.")
    wrong |= wrong_paper(session, typed)
    try:
        registration.check(session, concern, current.someone())
    except Invalid as more:
        wrong = {**more.fields, **wrong}
    if wrong:
        raise Invalid({FIELD_OF.get(name, name): said for name, said in wrong.items()})
    return concern


def sent_as(typed: Mapping[str, str]) -> str | None:
    """What names this page with these words: sent once more, it is the same call."""
    if not typed["sent_as"]:
        return None
    parts = str(current.someone().id), typed["sent_as"][:80], typed["text"], typed["phone"], typed["place_text"]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def category_of(session: Session, typed: Mapping[str, str]) -> str:
    """The chosen category. In an emergency nobody looks for one: take the likeliest, of danger first."""
    if typed["category"] or not ask_danger(session, typed).judged.danger:
        return typed["category"]
    likely = sorted(guessing.guess(session, typed["text"], most=5), key=lambda each: not each.danger)
    return likely[0].code if likely else categories.standard(session)


def moment_of(typed: Mapping[str, str], name: str, wrong: Wrong) -> datetime | None:
    """The value of a date-time field, in the company's time zone."""
    if not typed[name]:
        return None
    try:
        at = datetime.fromisoformat(typed[name])
        return at if at.tzinfo else at.replace(tzinfo=zone())
    except (ValueError, OverflowError):
        wrong[name] = ("请填日期和时间，如 2026-03-01 09:30。", "Give date and time, such as 2026-03-01 09:30.")
        return None


def reply_by_of(typed: Mapping[str, str], wrong: Wrong) -> datetime | None:
    """When the office wants its reply: a moment, or a number of days from now."""
    days = typed["reply_days"]
    if typed["reply_by"] or not days:
        return moment_of(typed, "reply_by", wrong)
    if not days.isdecimal() or len(days) > 3 or not int(days):
        wrong["reply_days"] = ("请填天数，如 5。", "Give a number of days, such as 5.")
        return None
    return clock.now() + timedelta(days=int(days))


def person_of(session: Session, here: KnownPlace | None, text: str, wrong: Wrong) -> int | None:
    """The named member of staff, if they work here."""
    if not text:
        return None
    if text not in {str(each.id) for each in staff_of(session, here)}:
        wrong["about_person_id"] = ("请从列表中选择。", "Please choose from the list.")
        return None
    return int(text)


def wrong_paper(session: Session, typed: Mapping[str, str]) -> Wrong:
    """What is wrong with the code of a sheet, if one was typed."""
    if typed["channel"] != "paper" or not typed["paper"]:
        return {}
    try:
        sheet = sheet_of(session, typed["paper"])
    except Invalid as wrong:
        return dict(wrong.fields)
    if sheet.paper.complaint_id is not None:
        number = session.scalar(select(Complaint.number).where(Complaint.id == sheet.paper.complaint_id))
        return {"paper": (f"这张表单已登记为 {number}。", f"This form has been taken in as {number}.")}
    return {}


def sheet_of(session: Session, typed: str) -> paper_forms.Sheet:
    """The sheet with this code, in a community where the person takes calls. Raises `Invalid` naming the field."""
    try:
        sheet = paper_forms.find(session, paper_forms.read_code(typed))
        permissions.require(session, current.someone(), ACT, sheet.batch.community_id)
    except NotFound:
        raise Invalid(
            {"paper": ("没有这张表单，或不属于您的小区。", "There is no such form, or it is of another community.")}
        ) from None
    return sheet


def keep(session: Session, photos: Sequence[Prepared], complaint: Complaint) -> None:
    """Attach the photos to the complaint."""
    me, folder = current.someone().id, current.settings().files
    for each in photos:
        files.keep(session, folder, each, by_id=me, place_id=complaint.community_id, complaint_id=complaint.id)
