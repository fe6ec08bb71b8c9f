"""Register a concern: by the resident on the page, or by the desk for somebody who calls or visits."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework import cases
from engine.casework.cases import Case
from engine.company import calendars, permissions, places
from engine.company.people import Person
from engine.company.places import Place
from engine.complaints.core import categories, independence, joinings, links, numbers
from engine.complaints.core.codes import ABOUT, CHANNELS, KINDS, OUTCOMES, URGENCIES, WHYS
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.meaning import PROCESS
from engine.complaints.homes.households import Household
from engine.complaints.intake import danger, emergencies
from engine.complaints.intake.danger import Judged
from engine.core import clock, phones
from engine.core.errors import Invalid
from engine.forms.answers import APART
from engine.processes import topics

LONGEST = 4000
LONGEST_IN_FILE = 32_767
Wrong = dict[str, tuple[str, str]]

topics.begins_with(
    PROCESS,
    *("number", "kind", "category", "danger", "unconfirmed", "channel", "urgency", "about", "households", "press"),
    *("taken_by_desk", "anonymous", "registered_by", "region", "reply_limit"),
)
topics.uses(
    PROCESS,
    changes=(
        *("kind", "category", "danger", "unconfirmed", "urgency", "department", "lead", "limits", "anonymous"),
        *("joined", "joined_to", "households", "followers", "press"),
    ),
    reads=(
        *("kind", "category", "urgency", "department", "lead", "about", "level", "round", "households", "danger"),
        *(
            "press",
            "support",
            "call_result",
            "outcome",
            "score",
            "speed",
            "attitude",
            "result",
            "followers",
            "joined_to",
        ),
    ),
    codes={
        "why": WHYS,
        "urgency": URGENCIES,
        "kind": KINDS,
        "channel": CHANNELS,
        "about": ABOUT,
        "outcome": OUTCOMES,
        "joined": (joinings.GROUP, joinings.REPEAT),
    },
)


@dataclass(frozen=True, slots=True)
class Concern:
    """A concern as it was typed. Empty text means not given.

    `danger`: somebody is in danger, whatever is written. `answer`: to the question whether anybody is, one of
    `danger.ANSWERS`; with the words it decides by the table `danger`. `urgency`: the desk's guess, if any. `anonymous`: they
    leave no phone and know that nobody can call them; only then may it be empty on the resident's page. `sent_as`: a
    random word of the page it was typed on; the same word again is the same concern, sent twice. `reference` and
    `source`: the number given by an outside office, and the name of that office or the owners' group. `reply_by`: when
    the office wants its answer, if it said so; otherwise the table `replies` sets it for the channel. `origin`: the
    row of an imported file. `sender`: from where it was sent (network or mail address), to bound what one sender raises.
    """

    community_id: int
    text: str
    category: str
    kind: str = "complaint"
    channel: str = "web"
    person_name: str = ""
    phone: str = ""
    mail: str = ""
    anonymous: bool = False
    household_id: int | None = None
    place_text: str = ""
    wish: str = ""
    happened_at: datetime | None = None
    danger: bool = False
    answer: str = ""
    urgency: str | None = None
    about: str = ""
    about_person_id: int | None = None
    households: int = 1
    press: bool = False
    reference: str = ""
    source: str = ""
    past_answer: str = ""
    past_answered_at: datetime | None = None
    reply_by: datetime | None = None
    language: str = "zh"
    sent_as: str | None = None
    origin: "Origin | None" = None
    sender: str = ""
    variables: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Origin:
    """The row of a file that a concern comes from: its key, its content, and the complaint it repeats."""

    imported_as: str
    words_hash: str
    repeat_of_id: int | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """The new complaint and the secret of its link, available only now because the secret is not stored."""

    complaint: Complaint
    secret: str


def register(session: Session, concern: Concern, *, key: bytes, by: Person | None = None) -> Registered:
    """Register the concern under a number and start its case. `key`: the installation's key for links and phones.

    Raises `Invalid` naming the wrong fields, `NotPermitted` when `by` may not register there.
    """
    if concern.sent_as and (there := session.scalar(select(Complaint).where(Complaint.sent_as == concern.sent_as))):
        return Registered(there, links.secret_of(key, there))
    check(session, concern, by)
    if by is not None:
        permissions.require(session, by, "complaint.register", concern.community_id)
    now = clock.now()
    complaint = _row(session, concern, now, by)
    complaint.number = _number(session, concern.community_id, now)
    secret = links.secret(key, complaint.number)
    complaint.secret_hash, complaint.phone_hash = links.hash_of(secret), links.phone_hash(key, concern.phone)
    if complaint.danger and by is None:
        emergencies.bound(session, complaint, concern.sender)
    session.add(complaint)
    session.flush()
    _start(session, complaint, concern, by)
    emergencies.join(session, complaint)
    session.refresh(complaint)  # the failed first step was rolled back, including what it had read
    return Registered(complaint, secret)


def _row(session: Session, concern: Concern, now: datetime, by: Person | None) -> Complaint:
    category = categories.find(session, concern.category)
    judged = _danger(session, concern, category.danger)
    return Complaint(
        community_id=concern.community_id,
        household_id=concern.household_id,
        person_name=concern.person_name.strip(),
        phone=phones.tidy(concern.phone),
        mail=concern.mail.strip().casefold(),
        anonymous=not phones.digits(concern.phone),
        language=concern.language,
        place_text=concern.place_text.strip(),
        text=concern.text.strip(),
        wish=concern.wish.strip(),
        happened_at=concern.happened_at,
        channel=concern.channel,
        kind=concern.kind,
        category=category.code,
        urgency=concern.urgency or judged.urgency,
        danger=judged.danger,
        danger_doubt=danger.WORDS if judged.doubt else "",
        about=concern.about,
        about_person_id=concern.about_person_id,
        households=concern.households,
        press=concern.press,
        reference=concern.reference.strip(),
        source=concern.source.strip(),
        past_answer=concern.past_answer,
        past_answered_at=concern.past_answered_at,
        received_at=now,
        sent_as=concern.sent_as,
        imported_as=concern.origin.imported_as if concern.origin else None,
        words_hash=concern.origin.words_hash if concern.origin else None,
        repeat_of_id=concern.origin.repeat_of_id if concern.origin else None,
        registered_by_id=by.id if by else None,
        support=[],
        level=0,
        round=1,
        status="registered",
        due={},
    )


def is_emergency(session: Session, concern: Concern) -> bool:
    """Return whether a concern will raise an alarm, unless too many do."""
    category = session.get(categories.Category, concern.category)
    return _danger(session, concern, category is not None and category.danger).danger


def _danger(session: Session, concern: Concern, category: bool) -> Judged:
    channel = "file" if concern.origin else concern.channel
    if concern.danger or concern.urgency == "critical":
        return Judged(danger=True)
    return danger.judge(session, concern.answer, channel, concern.text, concern.place_text, category=category)


def _number(session: Session, community_id: int, now: datetime) -> str:
    day = now.astimezone(calendars.of(session, community_id).zone).date()
    return numbers.take(session, places.find(session, community_id).code.upper(), day)


def _start(session: Session, complaint: Complaint, concern: Concern, by: Person | None) -> None:
    about = independence.subjects(session, complaint)

    def hang_on(case: Case) -> None:
        complaint.case_id = case.id
        independence.note(session, complaint, about, set())

    cases.start(
        session,
        PROCESS,
        {**start_variables(complaint, by), **_reply(session, complaint, concern), **concern.variables},
        business_key=complaint.number,
        place_id=complaint.community_id,
        by=by,
        barred=sorted(about),
        prepare=hang_on,
    )


def start_variables(complaint: Complaint, by: Person | None) -> dict[str, object]:
    """Return the case's first variables: nothing personal, nothing typed."""
    return {
        "number": complaint.number,
        "kind": complaint.kind,
        "category": complaint.category,
        "danger": complaint.danger,
        "unconfirmed": bool(complaint.danger_doubt),
        "channel": complaint.channel,
        "urgency": "critical" if complaint.danger else complaint.urgency,
        "about": complaint.about,
        "households": complaint.households,
        "press": complaint.press,
        "taken_by_desk": by is not None,
        "anonymous": complaint.anonymous,
        "registered_by": by.login if by else None,
        "region": None,
        "reply_limit": None,
    }


def _reply(session: Session, complaint: Complaint, concern: Concern) -> dict[str, object]:
    """Return the inputs that decide by when the channel, or the law of the region, wants an answer."""
    above = places.ancestors(session, places.find(session, complaint.community_id))
    region = next((place.code for place in above if place.kind == "region"), None)
    left = None if concern.reply_by is None else int((concern.reply_by - complaint.received_at).total_seconds())
    return {"region": region, "reply_limit": None if left is None else f"PT{left}S"}


def check(session: Session, concern: Concern, by: Person | None = None) -> None:
    """Raise `Invalid` with every wrong field."""
    wrong = {**_wrong_words(concern), **_wrong_person(concern, by), **_wrong_choices(session, concern)}
    if concern.happened_at is not None and concern.happened_at > clock.now() + APART:
        wrong["happened_at"] = ("发生时间不能晚于现在。", "It cannot have happened in the future.")
    if concern.reply_by is not None and concern.reply_by <= clock.now():
        wrong["reply_by"] = ("回复期限须晚于现在。", "The reply must be due in the future.")
    if wrong:
        raise Invalid(wrong)


def _wrong_words(concern: Concern) -> Wrong:
    wrong: Wrong = {}
    if not concern.text.strip():
        wrong["text"] = ("请写下发生了什么。", "Please say what happened.")
    most = LONGEST_IN_FILE if concern.origin else LONGEST
    for name, longest in (
        ("text", most),
        ("wish", most),
        ("place_text", 200),
        ("person_name", 60),
        ("reference", 60),
        ("source", 80),
    ):
        if len(getattr(concern, name)) > longest:
            wrong[name] = (f"最多 {longest} 个字。", f"At most {longest} characters.")
    return wrong


def _wrong_person(concern: Concern, by: Person | None) -> Wrong:
    digits = phones.digits(concern.phone)
    if concern.phone.strip() and not phones.is_complete(concern.phone):
        return {"phone": ("请填写完整的电话号码。", "Please give a complete phone number.")}
    if not digits and not concern.anonymous and by is None:
        return {
            "phone": (
                "请留下电话以便联系您，或选择匿名。",
                "Please leave a phone number so that we can reach you, or choose to stay anonymous.",
            )
        }
    return {}


def _wrong_choices(session: Session, concern: Concern) -> Wrong:
    wrong: Wrong = {}
    choice = ("请从列表中选择。", "Please choose from the list.")
    for name, words in (("kind", KINDS), ("channel", CHANNELS), ("about", ABOUT)):
        if getattr(concern, name) not in words:
            wrong[name] = choice
    if concern.urgency is not None and concern.urgency not in URGENCIES:
        wrong["urgency"] = choice
    if concern.answer not in danger.ANSWERS:
        wrong["danger"] = choice
    category = session.get(categories.Category, concern.category)
    if category is None or category.retired:
        wrong["category"] = ("请选择分类。", "Please choose a category.")
    place = session.get(Place, concern.community_id)
    if place is None or place.kind != "community" or place.retired_at is not None:
        wrong["community_id"] = ("请选择小区。", "Please choose a community.")
    if concern.household_id is not None:
        household = session.get(Household, concern.household_id)
        if household is None or household.community_id != concern.community_id:
            wrong["household_id"] = choice
    if concern.about_person_id is not None and session.get(Person, concern.about_person_id) is None:
        wrong["about_person_id"] = choice
    if not 1 <= concern.households <= 100_000:
        wrong["households"] = ("请填写受影响的户数。", "Please say how many households are affected.")
    return wrong
