"""The list of complaints: search, filters, sorting, choice of columns, export in the background."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.company import saved_filters
from engine.company.people import Person
from engine.company.places import KnownPlace
from engine.complaints.changes import corrections
from engine.complaints.core.codes import CHANNELS, KINDS, OUTCOMES, STATUSES, URGENCIES
from engine.complaints.core.complaint import Complaint
from engine.complaints.lists import columns, conduct, exporting, queries, sizes
from engine.complaints.lists.columns import COLUMNS, Names
from engine.complaints.lists.exporting import Wanted
from engine.complaints.lists.queries import ComplaintPage, Filters
from engine.core import clock, master_data
from engine.core.settings import secret
from engine.core.spreadsheets import FORMATS
from engine.measures import handlers
from engine.measures.cases import PARTS
from engine.measures.definitions import MEASURES
from engine.measures.scopes import NONE
from web.complaints.page import blueprint
from web.shared import saved_views
from web.shared.diagram_drawing import groups_in_words
from web.shared.reachable_places import communities
from web.shell import current, lists
from web.shell.formats import name_of, zone
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language
from web.shell.lists import Wish, is_day, is_id, midnight, number
from web.shell.options import named

STATES = ("open", "late", "stuck")
COUNTED = ("late", "open", "closed", "")
MATTER = ("community", "place", "kind", "urgency")
"""What the cell of a subject says besides its category."""

LONGEST_BUILDING = 20
DAYS = ("since", "until", "closed_since", "closed_until")


def filters_read() -> dict[str, Callable[[str], bool] | Sequence[str]]:
    """The filters that the address can have, and their values."""
    return {
        "state": (*STATES, *STATUSES),
        "region": is_id,
        "community": is_id,
        "kind": list(KINDS),
        "category": str.isalnum,
        "urgency": list(URGENCIES),
        "department": list(current.known().departments),
        "outcome": list(OUTCOMES),
        "channel": list(CHANNELS),
        "level": ("0", "1", "2", "3"),
        "again": ("yes",),
        "missed": conduct.MISSED,
        "answered": conduct.ANSWERED,
        "second": ("yes",),
        "unreached": ("yes",),
        "measure": list(MEASURES),
        "part": PARTS,
        "building": lambda text: len(text) <= LONGEST_BUILDING,
        "hour": [str(each) for each in range(24)],
        "past": ("only", "without", "with"),
        "size": sizes.CODES,
        "household": is_id,
        "taken_by": is_id,
        "person": is_id,
        **dict.fromkeys(DAYS, is_day),
        "after": is_id,
        "columns": lambda text: bool(columns.known(text.split(","))),
    }


def read_wish() -> Wish:
    """What the address asks for."""
    return lists.read(
        list(queries.SORTS), filters_read(), "-received" if request.args.get("measure") in MEASURES else "due"
    )


def filters_of(wish: Wish) -> Filters:
    """The same in the engine's form."""
    asked = wish.filters
    return Filters(
        words=wish.search,
        status=asked["state"],
        **{
            name: asked[name]
            for name in ("kind", "category", "urgency", "outcome", "channel", "department", "past", "size")
        },
        reopened=bool(asked["again"]),
        missed=asked["missed"],
        answered=asked["answered"],
        second=bool(asked["second"]),
        unreached=bool(asked["unreached"]),
        measure=asked["measure"],
        part=asked["part"],
        building=asked["building"],
        hour=number(asked["hour"]),
        level=number(asked["level"]),
        region_id=number(asked["region"]),
        community_id=number(asked["community"]),
        household_id=number(asked["household"]),
        registered_by_id=number(asked["taken_by"]),
        person_id=number(asked["person"]),
        since=midnight(asked["since"]),
        until=midnight(asked["until"], after=True),
        closed_since=midnight(asked["closed_since"]),
        closed_until=midnight(asked["closed_until"], after=True),
        sort=wish_order(wish),
        after=number(asked["after"]),
        page=wish.number,
        per_page=lists.SIZE,
    )


def key() -> bytes:
    """The installation's key, for finding by phone number."""
    return secret(current.settings(), "links")


@dataclass(frozen=True, slots=True)
class Choices:
    """Filter choices within this person's reach; names of the household and people in the address."""

    regions: Sequence[KnownPlace]
    communities: Sequence[KnownPlace]
    household: str
    taken_by: str
    handler: str


def choices(session: Session, person: Person, names: Names, wish: Wish) -> Choices:
    """Regions and communities to choose from. A household or person only if the reader sees them."""
    offered = communities(session, person, "complaint.see")
    around = {each.region_id for each in offered}
    regions = [each for each in names.places.values() if each.kind == "region" and each.id in around]
    home, taker = number(wish.filters["household"]), number(wish.filters["taken_by"])
    return Choices(
        sorted(regions, key=lambda each: each.name),
        offered,
        (names.homes.get(home) or str(home)) if home else "",
        (names.of(names.people.get(taker)) or str(taker)) if taker else "",
        _handler(session, wish),
    )


def _handler(session: Session, wish: Wish) -> str:
    """The name of who handled the complaints, "" where anybody may have; the search has checked that they may know."""
    id = number(wish.filters["person"])
    if id is None:
        return ""
    found = handlers.find(session, current.someone(), id) if id else None
    return name_of(found) if found else str(id) if id else _("没有经办人")


@blueprint.get("")
@rule("complaint.see")
def index() -> str:
    """The list of complaints, overdue ones first."""
    reading, me, wish = current.reading(), current.someone(), read_wish()
    asked = filters_of(wish)
    found = queries.search(reading, me, asked, key=key(), statuses=COUNTED)
    names = columns.names(reading, found.rows, language(), zone())
    return render_template(
        "complaints/index.html",
        found=page_of(found, wish),
        measure=MEASURES.get(wish.filters["measure"]),
        parts=parts(),
        nowhere=NONE,
        views=saved_filters.of(reading, me, saved_views.COMPLAINTS),
        sizes=[(code, each.said(language())) for code, each in sizes.of(reading).items()],
        due=found.due,
        now=clock.now(),
        wish=wish,
        figures=found.figures,
        bound=queries.MOST,
        names=names,
        categories=master_data.kept(reading, ("all categories offered", language()), lambda: categories_offered(names)),
        choices=choices(reading, me, names, wish),
        shown=shown(reading, me, wish),
        moves=len(communities(reading, me, corrections.ACT)) > 1,
        heads=heads(),
        departments=current.known().departments.values(),
        groups_in_words=groups_in_words,
        query=request.query_string.decode(),
    )


def page_of(found: ComplaintPage, wish: Wish) -> lists.Page:
    """The page as lists show it; a list beyond the bound goes on after its last complaint."""
    most = None if wish.filters["measure"] else queries.MOST
    goes_on = found.rest > queries.MOST and found.page == found.pages and wish_order(wish) in queries.KEYED
    further = wish.url(after=found.rows[-1].id) if goes_on and found.rows else ""
    return lists.Page(found.rows, found.total, found.page, lists.SIZE, wish, most, found.pages, further)


def wish_order(wish: Wish) -> str:
    """The order as the engine names it."""
    return f"{'-' * wish.descending}{wish.sort}"


def parts() -> dict[str, str]:
    """The parts of a figure in words."""
    return {"hit": _("计入的"), "of": _("分母里的"), "excluded": _("不计的"), "immature": _("还不到时候的")}


def heads() -> dict[str, str]:
    """The headings of the columns that a page can show."""
    found = {code: each.said(language()) for code, each in COLUMNS.items() if not each.exported_only}
    return {**found, "category": _("投诉事项"), "department": _("由谁办")}


def categories_offered(names: Names) -> list[tuple[str, list[tuple[object, str]]]]:
    """Categories to choose from: under each first-level one, "all" and then its subcategories, retired ones too."""
    every = names.categories.values()
    return [
        (
            name_of(first),
            [
                (first.code, _("{name}（全部）", name=name_of(first))),
                *named(each for each in every if each.parent == first.code),
            ],
        )
        for first in every
        if first.parent is None
    ]


def shown(session: Session, person: Person, wish: Wish) -> tuple[str, ...]:
    """The columns to show: those in the address, else the person's own."""
    return columns.known(wish.filters["columns"].split(",")) or columns.chosen(session, person)


def as_shown(session: Session, person: Person, wish: Wish) -> list[str]:
    """The columns for a file: the parts of a subject cell become separate columns."""
    codes = list(shown(session, person, wish))
    if "category" in codes:
        at = codes.index("category")
        codes[at:at] = [each for each in MATTER if each not in codes]
    return codes


@blueprint.post("/columns")
@rule("complaint.see")
def choose_columns() -> Response:
    """Save a person's choice of columns and apply it."""
    me, wish = current.someone(), read_wish()
    codes = request.form.getlist("column")[: len(COLUMNS)]
    with current.transaction() as writing:
        columns.choose(writing, me, codes)
    return redirect(to_list(wish, columns=""), 303)


@blueprint.post("/export")
@rule("complaint.export")
def export() -> Response:
    """Start an export of the whole list and redirect to the page of its job."""
    me, wish = current.someone(), read_wish()
    form = request.form.get("format", "")
    whole = request.form.get("which") == "all"
    phones = bool(request.form.get("phones")) and current.may("complaint.see_phone")

    def ask(writing: Session) -> int:
        codes: Sequence[str] = list(COLUMNS) if whole else [*as_shown(writing, me, wish), *["phone"] * phones, "text"]
        asked = Wanted(
            filters_of(wish),
            codes,
            form if form in FORMATS else "xlsx",
            language(),
            phones=phones,
        )
        return exporting.ask(writing, me, asked).id

    return redirect(url_for("jobs.show", job_id=current.attempt(ask)), 303)


def to_list(wish: Wish, **changed: str) -> str:
    """The address of the list to export."""
    kept: Mapping[str, Any] = {"q": wish.search, **wish.filters, "sort": f"{'-' * wish.descending}{wish.sort}"}
    return url_for("complaints.index", **{name: value for name, value in {**kept, **changed}.items() if value})


def cell(complaint: Complaint, code: str, names: Names) -> object:
    """The content of a column without special markup."""
    return COLUMNS[code].cell(complaint, names)


blueprint.add_app_template_global(cell, "complaint_cell")
