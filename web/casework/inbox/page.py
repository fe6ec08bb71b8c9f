"""The task list: counts on top, filters in the address, cards; and the same as a part that refreshes itself."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import cached_property
from hashlib import sha256
from typing import Any, Literal, cast

from flask import Blueprint, jsonify, make_response, render_template, request
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import comments
from engine.casework import tasks
from engine.casework.tasks import Figures, Wanted
from engine.company import absences, people, permissions, places, roles, saved_filters
from engine.complaints.core import categories
from engine.complaints.core.complaint import Complaint
from engine.complaints.lists import work
from engine.complaints.lists.work import About
from engine.core import clock, master_data
from engine.core.settings import secret
from engine.knowledge import training
from web.shared import case_subjects, codes_in_words, reachable_places
from web.shell import current, lists
from web.shell.formats import name_of, zone
from web.shell.guard import rule
from web.shell.language import language
from web.shell.lists import SIZE, Page, Wish

blueprint = Blueprint("inbox", __name__, url_prefix="/inbox")
blueprint.context_processor(codes_in_words.context)
blueprint.context_processor(lambda: {"MOST_WORK": tasks.MOST})

PAGE = "inbox"
"""The name under which views of this list are saved."""

WHOSE = ("all", "mine", "unclaimed", "supervise", "others")
SORTS = ("due", "opened")
URGENCIES = ("critical", "urgent", "normal", "complex")
Sort = Literal["due", "-due", "opened", "-opened"]


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of tasks with what the cards show. `instead_of`: for whom, by task; `away`: complaints that wait."""

    found: Page
    figures: Figures
    subjects: dict[int, case_subjects.Subject]
    people: Mapping[int, people.KnownPerson]
    places: Mapping[int, places.KnownPlace]
    instead_of: dict[int, int]
    waiting: list[Complaint]

    @cached_property
    def ids(self) -> list[int]:
        """The tasks shown."""
        return [task.id for task in self.found.rows]


def read() -> Wish:
    """What the address asks for."""
    known = {"whose": WHOSE, "due": ("late", "today"), "urgency": URGENCIES}
    short = dict.fromkeys(("category", "step", "department"), _is_short)
    found = lists.read(SORTS, {**known, **short, "community": _is_id}, "due")
    return replace(found, endpoint="inbox.index")


def _is_short(text: str) -> bool:
    return len(text) <= 100


def _is_id(text: str) -> bool:
    return text.isdecimal() and len(text) < 10


def wanted(wish: Wish) -> Wanted:
    """The filters of the address in the engine's form."""
    chosen, now = wish.filters, clock.now()
    about = About(chosen["category"], chosen["urgency"], chosen["department"], wish.search)
    late, today = chosen["due"] == "late", chosen["due"] == "today"
    return Wanted(
        cast(Any, chosen["whose"] or "all"),
        since=now if today else None,
        until=now if late else end_of_day() if today else None,
        element=chosen["step"],
        community_id=int(chosen["community"]) if chosen["community"] else None,
        more=work.conditions(current.reading(), current.someone(), about, secret(current.settings(), "links")),
    )


def end_of_day() -> datetime:
    """The end of today in the company's time zone."""
    today = clock.now().astimezone(zone()).date()
    return datetime.combine(today + timedelta(days=1), time(), zone())


@blueprint.get("")
@rule("task.work")
def index() -> str:
    """The list of work."""
    session, me, wish = current.reading(), current.someone(), read()
    return render_template(
        "inbox/index.html",
        listed=listed(session, wish),
        wish=wish,
        views=saved_filters.of(session, me, PAGE),
        communities=reachable_places.communities(session, me, "task.work"),
        categories=categories_offered(session),
        departments=roles.of(session).offered_departments.values(),
        steps=tasks.steps(session, me),
        urgencies=[(each, codes_in_words.say("urgency", each)) for each in URGENCIES],
        to_read=training.waiting(session, me),
        substitutes=absences.now_away(session, permissions.grants(session, me).ids()),
    )


def categories_offered(session: Session) -> list[tuple[object, str]]:
    """The categories to choose from; second-level ones with a dash."""
    return master_data.kept(
        session,
        ("categories offered", language()),
        lambda: [
            (each.code, f"— {name_of(each)}" if each.parent else name_of(each))
            for first, below in categories.tree(session)
            for each in (first, *below)
        ],
    )


@blueprint.get("/list")
@rule("task.work")
def refreshed() -> Response:
    """Only counts and cards, for an open page; empty if nothing has changed."""
    wish = read()
    text = render_template("inbox/list.html", listed=listed(current.reading(), wish), wish=wish)
    answer = make_response(text)
    same = text.replace(generate_csrf(), "")  # a form's token contains the time
    answer.set_etag(sha256(same.encode()).hexdigest()[:20])
    return answer.make_conditional(request)


def listed(session: Session, wish: Wish) -> Listed:
    """The page of tasks that the address asks for, in a fixed number of statements."""
    me, asked = current.someone(), wanted(wish)
    figures = tasks.figures(session, me, clock.now(), end_of_day(), asked)
    found = _page(session, wish, asked, figures.listed)
    instead_of = tasks.for_whom(session, me, found.rows)
    waiting = list(work.waiting_elsewhere(session, me)) if wish.filters["whose"] == "others" else []
    return Listed(
        found,
        figures,
        case_subjects.of_cases(
            session, [task.case_id for task in found.rows] + [each.case_id or 0 for each in waiting]
        ),
        people.known(session),
        places.known(session),
        instead_of,
        waiting,
    )


def _page(session: Session, wish: Wish, asked: Wanted, total: int) -> Page:
    sort = cast(Sort, f"{'-' * wish.descending}{wish.sort}")
    number = min(wish.number, max(1, -(-total // SIZE)))
    ids = tasks.in_order(session, current.someone(), asked, sort, most=SIZE, skipped=(number - 1) * SIZE)
    return Page(tasks.rows_of(session, ids), total, number, SIZE, wish)


@blueprint.get("/count")
@rule("task.work")
def count() -> Response:
    """Counts for the bell: open tasks, tasks since the last one seen, the newest, unread mentions."""
    seen = max(0, min(request.args.get("since", 0, type=int), 2**31 - 1))
    session, me = current.reading(), current.someone()
    open_, fresh, newest = tasks.news(session, me, seen)
    return jsonify(open=open_, fresh=fresh, newest=newest, called=comments.unseen(session, me))
