"""Knowledge: articles on what to do, found, read, written, and asked to be read."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.company import people, places, roles
from engine.company.places import Place
from engine.complaints.core import categories
from engine.core.errors import Invalid, NotFound
from engine.improvement import Improvement, queries
from engine.knowledge import Article, ArticleVersion, articles, training
from engine.knowledge import lists as article_list
from web.shared import list_exports
from web.shared.reachable_places import communities
from web.shell import current, form_input, lists
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("knowledge", __name__, url_prefix="/knowledge")

NOTHING: Mapping[str, Any] = MappingProxyType({})
FIELDS = ("title", "situation", "to_do", "category", "community", "why")


@blueprint.get("")
@rule("knowledge.see")
def index() -> str:
    """The list of articles, those that the reader is to learn first."""
    session, me = current.reading(), current.someone()
    wish = read_wish(session)
    query = article_list.fitting(session, me, list_exports.asked(wish))
    found = lists.turn(session, query, wish, article_list.SORTS, tie=Article.id)
    return render_template(
        "knowledge/index.html",
        found=found,
        wish=wish,
        waiting=training.waiting(session, me),
        categories=categories.known(session),
        places=places.names(session, [each.community_id for each in found.rows if each.community_id]),
        communities=communities(session, me, "knowledge.see"),
    )


def read_wish(session: Session) -> lists.Wish:
    """What the address asks for."""
    filters: dict[str, Any] = {
        "category": list(categories.known(session)),
        "community": lists.is_id,
        "state": article_list.STATES,
    }
    return lists.read(list(article_list.SORTS), filters, "-changed")


@blueprint.post("/export")
@rule("knowledge.see")
def export() -> Response:
    """Start an export of the whole list."""
    return list_exports.ask(article_list.LIST, read_wish(current.reading()))


@blueprint.get("/<int:article_id>")
@rule("knowledge.see")
def show(article_id: int) -> str:
    """One article: what to do, where it comes from, its versions, and who has read it."""
    session, me = current.reading(), current.someone()
    article = articles.find(session, me, article_id)
    asked = (
        select(ArticleVersion).where(ArticleVersion.article_id == article.id).order_by(ArticleVersion.version.desc())
    )
    versions = session.scalars(asked).all()
    may_edit = articles.may_edit(session, me, article.community_id)
    return render_template(
        "knowledge/show.html",
        article=article,
        versions=versions,
        people=people.names(session, [each.by_id for each in versions if each.by_id is not None]),
        category=categories.known(session).get(article.category),
        places=places.names(session, [article.community_id] if article.community_id else []),
        improvement=_improvement(session, article),
        to_read=next((until for each, until in training.waiting(session, me) if each.id == article.id), None),
        readers=training.readers(session, article) if may_edit else [],
        may_edit=may_edit,
        roles=roles.of(session).offered_roles.values(),
        communities=communities(session, me, "knowledge.edit"),
    )


def _improvement(session: Session, article: Article) -> Improvement | None:
    if article.improvement_id is None or not current.may("improvement.see"):
        return None
    asked = select(Improvement).where(Improvement.id == article.improvement_id)
    return session.scalar(asked.where(queries.within(session, current.someone())))


@blueprint.get("/new")
@rule("knowledge.edit")
def new() -> str:
    """The form of a new article."""
    return form(None, {"category": request.args.get("category", "")})


@blueprint.get("/<int:article_id>/edit")
@rule("knowledge.edit")
def edit(article_id: int) -> str:
    """The form to change an article."""
    article = articles.find(current.reading(), current.someone(), article_id)
    return form(article, {name: getattr(article, name) for name in ("title", "situation", "to_do")})


def form(article: Article | None, typed: Mapping[str, str], errors: Mapping[str, Any] = NOTHING) -> str:
    """The form with what was typed and its errors."""
    session, me = current.reading(), current.someone()
    return render_template(
        "knowledge/form.html",
        article=article,
        typed=typed,
        errors=errors,
        categories=categories.tree(session),
        communities=communities(session, me, "knowledge.edit"),
        for_all=articles.may_edit(session, me, None),
    )


@blueprint.post("/new")
@rule("knowledge.edit")
def add() -> Response | tuple[str, int]:
    """Write an article."""
    typed, me = form_input.texts(FIELDS), current.someone()
    try:
        found = current.attempt(
            lambda session: articles.write(
                session,
                title=typed["title"],
                situation=typed["situation"],
                to_do=typed["to_do"],
                category=typed["category"],
                community_id=_community(typed["community"]),
                by=me,
            )
        )
    except Invalid as wrong:
        return form(None, typed, wrong.fields), 422
    flash(_("已写好。"))
    return redirect(url_for("knowledge.show", article_id=found.id), 303)


def _community(typed: str) -> int | None:
    if typed and not lists.is_id(typed):
        raise NotFound
    return int(typed) if typed else None


@blueprint.post("/<int:article_id>/edit")
@rule("knowledge.edit")
def change(article_id: int) -> Response | tuple[str, int]:
    """Change what an article says, with a reason."""
    typed, me = form_input.texts(FIELDS), current.someone()
    try:
        current.attempt(
            lambda session: articles.change(
                session, articles.find(session, me, article_id), typed, by=me, why=typed["why"]
            )
        )
    except Invalid as wrong:
        return form(articles.find(current.reading(), me, article_id), typed, wrong.fields), 422
    flash(_("已改好，上一版留着。"))
    return redirect(url_for("knowledge.show", article_id=article_id), 303)


@blueprint.post("/<int:article_id>/retire")
@rule("knowledge.edit")
def retire(article_id: int) -> Response:
    """Retire an article, or bring it back."""
    me, back = current.someone(), request.form.get("back") == "yes"
    current.attempt(
        lambda session: articles.retire(session, articles.find(session, me, article_id), by=me, retired=not back)
    )
    flash(_("已恢复。") if back else _("已停用，随时可以恢复。"))
    return redirect(url_for("knowledge.show", article_id=article_id), 303)


@blueprint.post("/<int:article_id>/read")
@rule("knowledge.see")
def read(article_id: int) -> Response:
    """The reader has read it."""
    me = current.someone()
    current.attempt(lambda session: training.read(session, articles.find(session, me, article_id), me))
    flash(_("已记下您读过了。"))
    return redirect(url_for("knowledge.show", article_id=article_id), 303)


@blueprint.post("/<int:article_id>/training")
@rule("knowledge.edit")
def ask(article_id: int) -> Response:
    """Ask all holders of a role at a place to read it until a day."""
    me, typed = current.someone(), form_input.texts(("place", "role", "until"))

    def put(session: Session) -> None:
        place = session.get(Place, _community(typed["place"]) or 0)
        known = roles.of(session).offered_roles
        if place is None or typed["role"] not in known or not lists.is_day(typed["until"]):
            raise Invalid({"until": ("请选小区、岗位和日期。", "Please choose a community, a role and a day.")})
        article = articles.find(session, me, article_id)
        training.ask(session, article, place, typed["role"], date.fromisoformat(typed["until"]), by=me)

    try:
        current.attempt(put)
        flash(_("已安排学习，会出现在他们的待办里。"))
    except Invalid as wrong:
        flash(wrong.text(language()))
    return redirect(url_for("knowledge.show", article_id=article_id), 303)
