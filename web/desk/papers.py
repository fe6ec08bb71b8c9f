"""Paper forms: printing batches, and where the code on a sheet leads."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from engine.company import permissions, places
from engine.complaints.intake import paper_forms
from engine.complaints.intake.paper_forms import Batch
from engine.core.errors import Invalid
from web.shared import codes_in_words, qr_codes
from web.shared.reachable_places import communities
from web.shell import current, form_input, lists
from web.shell.guard import PUBLIC, rule
from web.shell.language import language
from web.shell.lists import Wish

blueprint = Blueprint("papers", __name__, url_prefix="/papers")
blueprint.context_processor(codes_in_words.context)

BLANK = {"community": "", "sheets": "10"}
SORTS = {"printed": Batch.printed_at, "sheets": Batch.sheets}


@blueprint.get("")
@rule(paper_forms.ACT)
def index() -> str:
    """The printed batches, and a form to print more."""
    return page(BLANK, {})


def page(filled: dict[str, str], errors: dict[str, tuple[str, str]]) -> str:
    """The page with the input and its errors."""
    session, me, wish = current.reading(), current.someone(), read_wish()
    asked = select(Batch).where(permissions.within(permissions.reach(session, me, paper_forms.ACT), Batch.community_id))
    if wish.filters["community"]:
        asked = asked.where(Batch.community_id == int(wish.filters["community"]))
    found = lists.turn(session, asked, wish, SORTS, tie=Batch.id)
    return render_template(
        "papers/index.html",
        found=found,
        wish=wish,
        typed=filled,
        errors=errors,
        returned=paper_forms.returned(session, [each.id for each in found.rows]),
        places=places.names(session, [each.community_id for each in found.rows]),
        communities=communities(session, me, paper_forms.ACT),
        most=paper_forms.MOST_SHEETS,
    )


def read_wish() -> Wish:
    """What the address asks for."""
    return lists.read(list(SORTS), {"community": lists.is_id}, "-printed")


@blueprint.post("")
@rule(paper_forms.ACT)
def make() -> Response | tuple[str, int]:
    """Make a batch, ready to be printed."""
    me, filled = current.someone(), form_input.texts(("community", "sheets"))
    try:
        batch_id = current.attempt(
            lambda session: paper_forms.print_batch(session, me, chosen(filled), number(filled["sheets"])).id
        )
    except Invalid as wrong:
        return page(filled, dict(wrong.fields)), 422
    return redirect(url_for("papers.show", batch_id=batch_id), 303)


def chosen(filled: dict[str, str]) -> int:
    """The chosen community, or the only one if there is no choice. Raises `Invalid`."""
    offered = communities(current.reading(), current.someone(), paper_forms.ACT)
    found = [each.id for each in offered if str(each.id) == filled["community"] or len(offered) == 1]
    if not found:
        raise Invalid({"community": ("请选择小区。", "Please choose a community.")})
    return found[0]


def number(text: str) -> int:
    """How many sheets; 0 for anything that is not a number."""
    return int(text) if text.isdecimal() and len(text) < 6 else 0


@blueprint.get("/<int:batch_id>")
@rule(paper_forms.ACT)
def show(batch_id: int) -> str:
    """The sheets of a batch, one per page; printing again gives the same sheets."""
    session = current.reading()
    batch = paper_forms.find_batch(session, current.someone(), batch_id)
    community = places.find(session, batch.community_id)
    return render_template(
        "papers/show.html",
        batch=batch,
        community=community,
        company=places.company(session),
        phone=places.phone(session, community),
        sheets=[(paper_forms.spelt(code), qr_codes.qr(address(code))) for code in paper_forms.codes(session, batch)],
    )


def address(code: str) -> str:
    """Where the code on a sheet leads."""
    root = current.settings().public_url.rstrip("/") or request.host_url.rstrip("/")
    return f"{root}{url_for('papers.scan', sheet=paper_forms.spelt(code))}"


@blueprint.get("/of/<sheet>")
@rule(PUBLIC)
def scan(sheet: str) -> Response:
    """If the desk scans it: the form with the sheet prefilled. Anybody else: the online complaint form."""
    try:
        found = paper_forms.find(current.reading(), paper_forms.read_code(sheet))
    except Invalid as wrong:
        flash(wrong.fields["paper"][0 if language() == "zh" else 1], "error")
        return redirect(url_for("complain.show"), 303)
    if current.may(paper_forms.ACT):
        return redirect(url_for("desk.index", paper=found.said), 303)
    community = places.find(current.reading(), found.batch.community_id)
    return redirect(url_for("complain.show", community=community.code), 303)
