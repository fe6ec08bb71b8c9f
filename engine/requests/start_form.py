"""What a start form asks: some of its questions are about who asks, the others about the matter."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from engine.casework import cases
from engine.casework.cases import Case
from engine.complaints.homes import locations
from engine.core.errors import NotFound
from engine.forms import Checked, Choice, Field, Form, Limits, Words
from engine.processes import start_events, topics, versions
from engine.processes.start_events import StartEvent

HOME, NAME, PHONE, MAIL, TEXT = "home", "person_name", "phone", "mail", "text"
CONTACT = frozenset({HOME, NAME, PHONE, MAIL, TEXT})
"""Keys of a start form's questions that say whose the case is; their answers are kept apart."""

topics.reads_contact(*CONTACT)

BUILDING, UNIT, ROOM = "at_building", "at_unit", "at_room"
PUBLIC_LISTS = frozenset({None, "departments"})
"""Lists that a form may use without a log-in: never lists of people."""

NOWHERE = ("请选楼栋和房号，或写明是哪一户。", "Please choose building and room, or say which home it is.")


@dataclass(frozen=True, slots=True)
class Start:
    """How a process begins, and its form as it is asked in one community (None: nothing is asked)."""

    event: StartEvent
    form: Form | None


def read(session: Session, process: str, community_id: int, *, public: bool = False) -> Start:
    """Return how people begin a process today. Raises `NotFound` where nobody may.

    `public`: for somebody without a log-in, who is shown no list of people.
    """
    event = start_events.plain(session, process)
    if event is None:
        raise NotFound
    if not event.form:
        return Start(event, None)
    form = versions.form_today(session, process, event.form)
    fields = [each for each in form.fields if not public or is_public(each)]
    return Start(event, replace(form, fields=tuple(_with_pickers(session, fields, community_id))))


def of_case(session: Session, case: Case) -> Form | None:
    """Return the form that a case began with, of the version that it runs on; None for none."""
    drawn = (each for diagram in versions.drawn(session, case.pin).values() for each in diagram.inside(case.process))
    key = next((node.form for node in drawn if node.kind == "startEvent" and node.event is None), "")
    try:
        return versions.form(session, case.pin, case.process, key) if key else None
    except NotFound:
        return None


def is_public(field: Field) -> bool:
    """Return whether a question can be asked without a log-in."""
    return {each.choices_from for each in (field, *field.fields)} <= PUBLIC_LISTS


def _with_pickers(session: Session, fields: list[Field], community_id: int) -> list[Field]:
    """Return the fields with building, entrance and room before the home in words, which then need not be written."""
    asked = next((each for each in fields if each.key == HOME), None)
    known = locations.around(session, community_id) if asked is not None else []
    if asked is None or not known:
        return fields
    at = fields.index(asked)
    words = replace(asked, label=ELSE, limits=replace(asked.limits, required=False))
    return [*fields[:at], *pickers(known), words, *fields[at + 1 :]]


ELSE = Words("列表里没有的，写在这里", "If it is not in the lists, write it here")


def pickers(known: list[locations.Around]) -> list[Field]:
    """Return the questions for building, entrance and room."""
    buildings = tuple(Choice(each.building, _words(each.building, "")) for each in known)
    units = sorted({unit for each in known for unit in each.units}, key=lambda unit: (len(unit), unit))
    found = [Field("select", BUILDING, Words("楼栋", "Building"), choices=buildings)]
    if units:
        entrances = tuple(Choice(unit, _words("", unit)) for unit in units)
        found.append(Field("select", UNIT, Words("单元", "Unit"), choices=entrances))
    return [*found, Field("text", ROOM, Words("房号", "Room"), limits=Limits(longest=12))]


def _words(building: str, unit: str) -> Words:
    return Words(locations.place(building, unit, ""), building or unit)


def with_home(session: Session, start: Start, checked: Checked) -> Checked:
    """Return the answers, with what is missing of the home where the company's form asks for it."""
    form = start.form
    if form is None or form.field(BUILDING) is None or HOME in checked.errors:
        return checked
    original = versions.form_today(session, start.event.process, start.event.form).field(HOME)
    needed = original is not None and original.limits.required
    chosen = bool(checked.values.get(BUILDING) and checked.values.get(ROOM))
    if not needed or chosen or checked.values.get(HOME):
        return checked
    return replace(checked, errors={**checked.errors, HOME: NOWHERE})


@dataclass(frozen=True, slots=True)
class Filled:
    """The answers of a start form: who asks, what steers the case, and all the rest to be read again."""

    steering: Mapping[str, object]
    answers: Mapping[str, Any]
    person_name: str = ""
    phone: str = ""
    mail: str = ""
    place_text: str = ""
    text: str = ""
    household_id: int | None = None


NOTHING = Filled({}, {})


def filled(session: Session, checked: Checked, community_id: int) -> Filled:
    """Return what was filled in, sorted by where it is kept."""
    values = checked.values
    apart = CONTACT | {BUILDING, UNIT, ROOM}
    building, unit, room = (_text(values, key) for key in (BUILDING, UNIT, ROOM))
    home = locations.home(session, community_id, building, unit, room)
    place = " ".join(filter(None, (locations.place(building, unit, room), _text(values, HOME))))
    files = {each.key for each in checked.fields if each.kind == "filepicker"}
    rest = {key: value for key, value in values.items() if key not in apart | files and key not in checked.hidden}
    return Filled(
        steering={key: value for key, value in checked.steering.items() if key not in apart},
        answers=cases.readable(rest),
        person_name=_text(values, NAME),
        phone=_text(values, PHONE),
        mail=_text(values, MAIL).casefold(),
        place_text=place[:200],
        text=_text(values, TEXT),
        household_id=home.id if home else None,
    )


def _text(values: Mapping[str, object], key: str) -> str:
    return str(values.get(key) or "").strip()
