"""The list of articles: search, filters, and its export."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from engine.company import places
from engine.company.people import Person
from engine.complaints.core import categories
from engine.jobs import lists
from engine.jobs.lists import Asked, List, Saying
from engine.knowledge import articles
from engine.knowledge.rows import Article

SORTS: Mapping[str, object] = {"changed": Article.changed_at, "title": Article.title}
STATES = ("in_use", "retired")
HEADS = (
    ("标题", "Title"), ("什么情况下", "In what situation"), ("怎么做", "What to do"), ("类别", "Category"),
    ("小区", "Community"), ("第几版", "Version"), ("更新", "Changed"), ("停用", "Retired"), ("来自改进", "From an improvement"),
)  # fmt: skip


def fitting(session: Session, person: Person, asked: Asked) -> Select[Article]:
    """Return the articles that a person may read and that the list asks for; those in use unless asked otherwise."""
    chosen, retired = asked.filters, asked.filters.get("state") == "retired"
    found = select(Article).where(articles.within(session, person))
    found = found.where(Article.retired_at.is_not(None) if retired else Article.retired_at.is_(None))
    if chosen.get("category"):
        found = found.where(Article.category.startswith(chosen["category"], autoescape=True))
    if chosen.get("community"):
        found = found.where(Article.community_id == int(chosen["community"]))
    if asked.words:
        columns = (Article.title, Article.situation, Article.to_do)
        found = found.where(or_(*(each.icontains(asked.words, autoescape=True) for each in columns)))
    return found


def _cells(session: Session, rows: Sequence[tuple[Article]], saying: Saying) -> list[Sequence[object]]:
    known, named = categories.known(session), places.known(session)
    everything = (saying.pick(("所有类别", "All categories")), saying.pick(("所有小区", "All communities")))
    return [
        (
            each.title, each.situation, each.to_do,
            saying.name(known.get(each.category)) if each.category else everything[0],
            saying.name(named.get(each.community_id)) if each.community_id else everything[1],
            each.version, saying.moment(each.changed_at), saying.moment(each.retired_at),
            saying.pick(("是", "Yes") if each.improvement_id else ("否", "No")),
        )
        for (each,) in rows
    ]  # fmt: skip


LIST = lists.register(List("articles", ("知识", "knowledge"), HEADS, SORTS, Article.id, fitting, _cells))
