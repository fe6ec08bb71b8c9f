"""What can make figures look better than they are: lists of cases to look at, no accusation."""

from collections.abc import Sequence

from flask import Blueprint, render_template

from engine.company import people, places
from engine.complaints.core import categories
from engine.complaints.core.complaint import Complaint
from engine.complaints.facts import CaseFact
from engine.core.errors import NotFound
from engine.measures import flattering
from engine.measures.flattering import Share
from engine.measures.flattering_words import CHECKS
from engine.measures.scopes import PEOPLE, SEE
from web.figures import asking, words
from web.figures.asking import Asked
from web.shared import charts, codes_in_words
from web.shared.charts import Cell, Chart
from web.shell import current, lists
from web.shell.formats import name_of
from web.shell.guard import rule
from web.shell.language import gettext as _

blueprint = Blueprint("flattering", __name__, url_prefix="/figures/flattering")
blueprint.context_processor(codes_in_words.context)

MOST_ROWS = 40


@blueprint.get("")
@rule(SEE)
def index() -> str:
    """Every check with its number of cases."""
    session, me, asked = current.reading(), current.someone(), asking.read()
    counted, ended = flattering.counts(session, me, asked.scope, asked.since, asked.until)
    return render_template(
        "figures/flattering.html",
        checks=[(each, counted[each.code]) for each in CHECKS.values()],
        ended=ended,
        words=words,
        **asking.choices(asked),
    )


@blueprint.get("/<check>")
@rule(SEE)
def show(check: str) -> str:
    """The cases of one check, the newest first."""
    found = CHECKS.get(check)
    if found is None:
        raise NotFound()
    session, me, asked = current.reading(), current.someone(), asking.read()
    query = flattering.listed(session, me, check, asked.scope, asked.since, asked.until)
    page = lists.turn(session, query, asked.wish, {"n": CaseFact.complaint_id.desc()}, tie=Complaint.id)
    return render_template(
        "figures/flattering_cases.html",
        check=found,
        page=page,
        places=places.known(session),
        categories=categories.known(session),
        people=people.names(session, [fact.person_id for _one, fact in page.rows if fact.person_id])
        if current.may(PEOPLE)
        else {},
        shares=shares(asked) if check == "unfounded" else (),
        words=words,
        **asking.choices(asked),
    )


def shares(asked: Asked) -> list[Chart]:
    """The share of unfounded ones by community, and by person for who may see that."""
    session, me = current.reading(), current.someone()
    found = []
    for way, title in (("community", _("各小区的不实占比")), ("person", _("各经办人的不实占比"))):
        mine = flattering.unfounded_shares(session, me, asked.scope, asked.since, asked.until, way)  # type: ignore[arg-type]
        if mine:
            found.append(_shares(title, way, mine))
    return found


def _shares(title: str, way: str, mine: Sequence[Share]) -> Chart:
    session = current.reading()
    known = places.known(session) if way == "community" else people.names(session, [each.code for each in mine])
    head = ["", _("不实"), _("结案"), _("应有"), _("占比"), _("是否偶然")]
    rows = []
    for each in sorted(mine, key=lambda each: -each.compared.size)[:MOST_ROWS]:
        made = each.compared
        name = Cell(
            name_of(known[each.code]) if each.code in known else str(each.code), state="late" if each.is_more else ""
        )
        share = made.hit / made.size if made.size >= 30 else None
        cells = [
            Cell(f"{made.hit:,.0f}"), Cell(f"{made.size:,.0f}"), Cell(f"{made.expected:.1f}"),
            Cell("–" if share is None else f"{share * 100:.1f}%"), Cell(_("比偶然多") if each.is_more else _("偶然就会有")),
        ]  # fmt: skip
        rows.append((name, made.hit, cells))
    return charts.bars(title, "count", head, rows, note=_("应有：按各类投诉平均有多少不实算。不到 30 件的不算占比。"))
