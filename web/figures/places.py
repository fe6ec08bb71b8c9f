"""Where complaints come back: buildings, entrances, matters in a building, homes."""

from collections.abc import Sequence
from typing import Any, cast

from flask import Blueprint, render_template, url_for

from engine.company import places
from engine.complaints.core import categories
from engine.complaints.homes import locations
from engine.measures import repeats
from engine.measures.repeats import WAYS, Repeat, Way
from engine.measures.scopes import SEE
from web.figures import asking, words
from web.figures.asking import Asked
from web.shared import charts, codes_in_words
from web.shared.charts import Cell, Chart
from web.shell import current
from web.shell.formats import name_of
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("repeats", __name__, url_prefix="/figures/places")
blueprint.context_processor(codes_in_words.context)


@blueprint.get("")
@rule(SEE)
def show() -> str:
    """The spots with repeats; what is more than chance first."""
    session, me, asked = current.reading(), current.someone(), asking.read({"by": list(WAYS)})
    way = cast(Way, asked.wish.filters["by"] or "building")
    found = repeats.at(session, me, asked.scope, asked.since, asked.until, way)
    return render_template(
        "figures/places.html",
        way=way,
        cuts=[(code, words.pick(name)) for code, name in WAYS.items()],
        found=found,
        hot=[(spot(each, alone=is_one(found)), each) for each in found if each.is_hot][:6],
        drawn=drawn(way, found, asked),
        words=words,
        **asking.choices(asked),
    )


def is_one(found: Sequence[Repeat]) -> bool:
    """Whether all spots are of one community, whose name then need not be said."""
    return len({each.spot.community_id for each in found}) == 1


def spot(repeat: Repeat, *, alone: bool) -> str:
    """A spot in words: 阳光里 3栋2单元, without the community where there is one alone."""
    session, at = current.reading(), repeat.spot
    place = None if alone else places.known(session).get(at.community_id)
    category = categories.known(session).get(at.category)
    where = at.label or locations.place(at.building, at.unit, "", language())
    return " ".join(
        each for each in (name_of(place) if place else "", where, category.said(language()) if category else "") if each
    )


def drawn(way: Way, found: Sequence[Repeat], asked: Asked) -> Chart:
    """The spots as bars, those that are more than chance marked."""
    head = [words.pick(WAYS[way]), _("件数"), _("又投诉"), _("户数"), _("应有"), _("是否偶然")]
    alone = is_one(found)
    rows = [
        (
            Cell(spot(each, alone=alone), link(each, asked), "late" if each.is_hot else ""),
            float(each.cases),
            _cells(each),
        )
        for each in found
    ]
    note = {
        "building": _("应有：按本小区平均每户的投诉，这栋楼这么多户该有多少。"),
        "unit": _("应有：按本小区平均每户的投诉，这个单元这么多户该有多少。"),
        "asset": _("应有：按这类事在各楼投诉里平均占多少，这栋楼该有多少。电梯、门禁这样的设施在这里看。"),
        "home": _("一户人家投诉几次，没有“应有”可比。"),
    }[way]
    return charts.bars(_("反复最多的地方"), "count", head, rows, note=note, most=20)


def _cells(each: Repeat) -> list[Cell]:
    if each.compared is None:
        return [Cell(str(each.cases)), Cell(str(each.again)), Cell(str(each.homes)), Cell("–"), Cell("–")]
    chance = _("比偶然多") if each.is_hot else _("偶然就会有")
    return [
        Cell(str(each.cases)),
        Cell(str(each.again)),
        Cell(str(each.homes)),
        Cell(f"{each.compared.expected:.1f}"),
        Cell(chance, state="late" if each.is_hot else ""),
    ]


def link(repeat: Repeat, asked: Asked) -> str:
    """The complaints of a spot: of a home all of them, of a building its homes."""
    at = repeat.spot
    days: dict[str, Any] = {"since": asked.since.isoformat(), "until": asked.last.isoformat()}
    if at.household_id is not None:
        return url_for("complaints.index", household=at.household_id, kind="complaint", **days)
    if at.category:
        return url_for("complaints.index", community=at.community_id, category=at.category, kind="complaint", **days)
    return url_for("counts.index", by="home", community=at.community_id, building=at.building, **days)
