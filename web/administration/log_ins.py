"""Who logged in from where, and what was refused at the door."""

from flask import Blueprint, render_template
from sqlalchemy import ColumnElement, or_, select

from engine.company import people, permissions, staff
from engine.company.log_ins import LogIn, Refusal
from engine.company.people import Person
from web.shell import current, lists
from web.shell.guard import rule

blueprint = Blueprint("log_ins", __name__, url_prefix="/log-ins")

SORTS = {"began": LogIn.began_at}
MOST_REFUSALS = 50


@blueprint.get("")
@rule(staff.ACT)
def index() -> str:
    """The log-ins of the people whom one may edit, and what was refused lately."""
    session, me = current.reading(), current.someone()
    mine = staff.visible(session, me).with_only_columns(Person.id)
    wish = lists.read(list(SORTS), {"person": lists.is_id}, "-began")
    asked = select(LogIn).where(LogIn.person_id.in_(mine))
    refused: list[ColumnElement[bool]] = [Refusal.person_id.in_(mine)]
    if permissions.reach(session, me, staff.ACT).everything:
        refused.append(Refusal.person_id.is_(None))  # unknown logins belong to nobody's place
    refusals = select(Refusal).where(or_(*refused)).order_by(Refusal.last_at.desc(), Refusal.id.desc())
    if wish.filters["person"]:
        chosen = int(wish.filters["person"])
        asked, refusals = asked.where(LogIn.person_id == chosen), refusals.where(Refusal.person_id == chosen)
    return render_template(
        "log_ins/index.html",
        found=lists.turn(session, asked, wish, SORTS, tie=LogIn.id, most=lists.MOST),
        wish=wish,
        refusals=session.scalars(refusals.limit(MOST_REFUSALS)).all(),
        people=people.known(session),
    )
