"""What a resident is asked: the questions first, the company's form with the place, and the complaint."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from engine.company.places import Place
from engine.complaints.core import categories
from engine.complaints.core.categories import KnownCategory
from engine.complaints.core.codes import KINDS
from engine.complaints.core.meaning import PROCESS
from engine.complaints.homes import locations
from engine.complaints.homes.locations import Around, Spot
from engine.complaints.intake import danger
from engine.complaints.intake.registration import Concern
from engine.forms import Checked, Choice, Field, Form, Limits, Words
from engine.processes import versions
from web.residents import large_type, sent_twice
from web.shell.language import gettext as _
from web.shell.language import language

FORM = "complain"
BUILDING, UNIT, ROOM = "at_building", "at_unit", "at_room"
PLACE = frozenset({BUILDING, UNIT, ROOM})
KNOWN = frozenset({"category", "text", "place_text", "happened_at", "danger", "about", "wish", "person_name", "phone"})
"""Form fields stored in columns of a complaint; other questions of a company are added to its text."""

MAIN = PLACE | {"category", "text", "place_text", "danger", "phone"}
"""Fields shown at once; other optional fields are behind a "more" button."""

SAME = ("category", "phone", BUILDING, UNIT, ROOM, "place_text")
"""Answers that, besides the text, distinguish two complaints from the same browser."""

PUBLIC_LISTS = frozenset({None, "departments"})
"""Lists that a form may use without a log-in: never lists of people."""

OTHER = Words("其他，或说不清", "Something else, or not sure")
WHICH = Words("具体是哪一种", "Which of these")
NEITHER = (
    "请留下电话，或勾选“我不留电话”。",
    "Please leave a phone number, or tick “I do not want to leave a phone number”.",
)
BOTH = ("您填了电话，又选了不留电话，请二选一。", "You gave a phone and chose to leave none; please do one of the two.")
NOWHERE = ("请选楼栋，或写明具体位置。", "Please choose a building, or say where exactly.")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The answers before the form; `area` is the first-level category, with its subcategories.

    `spot`: the place of the poster whose code was scanned.
    """

    community: Place | None
    kind: str
    area: KnownCategory | None
    within: Sequence[KnownCategory]
    danger: bool
    spot: Spot | None = None

    def query(self, **other: str) -> dict[str, str]:
        """The answers for an address, with one answer added or changed."""
        known = {
            "at": self.spot.code if self.spot and "community" not in other else "",
            "community": self.community.code if self.community else "",
            "kind": self.kind,
            "area": self.area.code if self.area else "",
            "danger": "1" if self.danger else "",
        }
        return {name: text for name, text in {**known, **other}.items() if text}


def read_chosen(reading: Session, given: Mapping[str, str], open_communities: Sequence[Place]) -> Chosen:
    """The answers in an address or form; invalid ones count as unanswered."""
    spot = locations.read(given.get("at", ""))
    code = (given.get("community", "").strip() or (spot.community if spot else "")).casefold()
    community = next((each for each in open_communities if each.code.casefold() == code), None)
    if community is None and len(open_communities) == 1:
        community = open_communities[0]
    if spot is not None and (community is None or spot.community.casefold() != community.code.casefold()):
        spot = None
    kind = given.get("kind", "")
    area, within = next((each for each in areas(reading) if each[0].code == given.get("area", "")), (None, []))
    return Chosen(community, kind if kind in KINDS else "", area, within, given.get("danger") == "1", spot)


def areas(reading: Session) -> list[tuple[KnownCategory, list[KnownCategory]]]:
    """The categories for residents: without "not yet sorted", which is for the desk; its parent comes last."""
    found = [
        (area, [each for each in within if each.code != categories.UNSORTED], len(within))
        for area, within in categories.tree(reading)
    ]
    found.sort(key=lambda each: len(each[1]) != each[2])
    return [(area, within) for area, within, _all in found]


def context(chosen: Chosen) -> dict[str, object]:
    """The earlier answers that the form's conditions may read."""
    return {"kind": chosen.kind}


def form_for(reading: Session, chosen: Chosen) -> Form:
    """The company's form without questions already asked, starting with the second-level category.

    The large version does not ask optional questions except phone, photos and danger.
    """
    form = versions.form_today(reading, PROCESS, FORM)
    rest = [each for each in form.fields if each.key not in {"kind", "category"}]
    public = [each for each in rest if {one.choices_from for one in (each, *each.fields)} <= PUBLIC_LISTS]
    if large_type.is_large():
        public = [each for each in public if is_main(each)]
    assert chosen.community is not None
    known = locations.around(reading, chosen.community.id)
    return replace(form, fields=(*which(chosen), *with_pickers(public, known, chosen.spot)))


def is_main(field: Field) -> bool:
    """Whether a field is shown at once."""
    return field.key in MAIN or field.kind == "filepicker" or field.limits.required


def which(chosen: Chosen) -> tuple[Field, ...]:
    """The question for the second-level category, if there is one."""
    if chosen.area is None or not chosen.within:
        return ()
    offered = [Choice(each.code, Words(each.name, each.name_en)) for each in chosen.within]
    offered.append(Choice(chosen.area.code, OTHER))
    return (Field("radio", "category", WHICH, limits=Limits(required=True), choices=tuple(offered)),)


def with_pickers(fields: Sequence[Field], known: Sequence[Around], spot: Spot | None) -> list[Field]:
    """The fields with building, entrance and room before the place in words, which then becomes optional."""
    if not known:
        return list(fields)
    found: list[Field] = []
    for each in fields:
        if each.key == "place_text":
            found += pickers(known, spot)
            said = locations.THINGS[spot.thing] if spot and spot.thing else None
            each = replace(
                each,
                label=Words("哪里出了问题", "Where exactly"),
                help=Words(
                    "如：电梯里、3 楼楼道、车库入口。就在家里可以不写。",
                    "The lift, the third floor, the garage. At home: leave it out.",
                ),
                limits=replace(each.limits, required=False),
                default=said[0 if language() == "zh" else 1] if said else None,
            )
        found.append(each)
    return found


def pickers(known: Sequence[Around], spot: Spot | None) -> tuple[Field, ...]:
    """Building, entrance and room."""
    here = spot if spot is not None and locations.is_there(spot, known) else Spot("")
    buildings = tuple(Choice(each.building, _words(each.building, "")) for each in known)
    units = sorted({unit for each in known for unit in each.units}, key=lambda unit: (len(unit), unit))
    entrances = tuple(Choice(unit, _words("", unit)) for unit in units)
    found = [Field("select", BUILDING, Words("楼栋", "Building"), choices=buildings, default=here.building or None)]
    if entrances:
        found.append(Field("select", UNIT, Words("单元", "Unit"), choices=entrances, default=here.unit or None))
    found.append(Field("text", ROOM, Words("房号", "Room"), limits=Limits(longest=12)))
    return tuple(found)


def _words(building: str, unit: str) -> Words:
    return Words(locations.place(building, unit, ""), building or unit)


# ---- what was sent ---------------------------------------------------------------------------------------------------


def with_phone(checked: Checked, no_phone: bool) -> Checked:
    """A phone, or the box for leaving none: exactly one of the two."""
    if "phone" in checked.errors or bool(checked.values.get("phone")) != no_phone:
        return checked
    return replace(checked, errors={**checked.errors, "phone": BOTH if no_phone else NEITHER})


def with_place(checked: Checked, form: Form) -> Checked:
    """A building, or the place in words, if there are buildings to choose from."""
    field = form.field("place_text")
    if (
        form.field(BUILDING) is None
        or field is None
        or any(checked.values.get(key) for key in (BUILDING, "place_text"))
    ):
        return checked
    return (
        checked
        if "place_text" in checked.errors
        else replace(checked, errors={**checked.errors, "place_text": NOWHERE})
    )


def concern_of(reading: Session, chosen: Chosen, form: Form, checked: Checked, no_phone: bool) -> Concern:
    """The complaint as entered."""
    assert chosen.community is not None
    assert chosen.area is not None
    values = checked.values
    happened: Any = values.get("happened_at")
    text = words_of(form, values)
    building, unit, room = (said(values, key) for key in (BUILDING, UNIT, ROOM))
    home = locations.home(reading, chosen.community.id, building, unit, room)
    place = locations.place(building, unit, room)
    return Concern(
        community_id=chosen.community.id,
        household_id=home.id if home else None,
        kind=chosen.kind,
        category=said(values, "category") or chosen.area.code,
        text=text,
        person_name=said(values, "person_name"),
        phone=said(values, "phone"),
        place_text=" ".join(filter(None, (place, said(values, "place_text")))),
        wish=said(values, "wish"),
        about=said(values, "about"),
        happened_at=happened,
        answer=danger_answer(values),
        anonymous=no_phone,
        language=language(),
        sent_as=sent_twice.named(request.form.get("sent_as", ""), *answers(form, values)),
    )


def danger_answer(values: Mapping[str, object]) -> str:
    """The answer to the question about danger; a company's form may still have a box to tick for it."""
    value = values.get("danger")
    return "yes" if value is True else value if isinstance(value, str) and value in danger.ANSWERS else ""


def answers(form: Form, values: Mapping[str, object]) -> list[str]:
    """What distinguishes two complaints from the same browser."""
    return [*(said(values, each) for each in SAME), words_of(form, values)]


def words_of(form: Form, values: Mapping[str, object]) -> str:
    """The text of a complaint, with the company's additional questions."""
    return "\n".join([said(values, "text"), *others(form, values)]).strip()


def said(values: Mapping[str, object], name: str) -> str:
    """An answer in words; empty if there is none or the company's form lacks the field."""
    return str(values.get(name) or "")


def others(form: Form, values: Mapping[str, object]) -> list[str]:
    """The company's additional questions with their answers, in words."""
    found = []
    for each in form.fields:
        value = values.get(each.key)
        usual = each.key in KNOWN | PLACE or each.kind in {"note", "filepicker", "dynamiclist"}
        if usual or value in (None, "", [], False):
            continue
        known = {choice.text: choice.label.text(language()) for choice in each.choices}
        several = value if isinstance(value, list) else [value]
        said = _("是") if value is True else _("、").join(known.get(str(one), str(one)) for one in several)
        found.append(_("{question}：{answer}", question=each.label.text(language()), answer=said))
    return found
