"""Articles: written, changed with a reason, retired, and found for a complaint."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from engine import history
from engine.company import permissions
from engine.company.people import Person
from engine.complaints.core import categories
from engine.core import clock
from engine.core.errors import Invalid, NotFound
from engine.history import NewEntry
from engine.knowledge.rows import Article, ArticleVersion

SEE, EDIT = "knowledge.see", "knowledge.edit"
LONGEST = {"title": 200, "situation": 2000, "to_do": 4000}
MOST_SHOWN = 5
"""So many articles are offered beside a task."""


def write(
    session: Session,
    *,
    title: str,
    situation: str,
    to_do: str,
    category: str = "",
    community_id: int | None = None,
    by: Person | None = None,
    improvement_id: int | None = None,
) -> Article:
    """Write an article; `by` None: an improvement does. Raises `Invalid` naming fields, `NotPermitted`."""
    said = _checked(session, {"title": title, "situation": situation, "to_do": to_do}, category)
    if by is not None:
        require_edit(session, by, community_id)
    article = Article(
        **said, category=category, community_id=community_id, improvement_id=improvement_id, changed_at=clock.now()
    )
    session.add(article)
    session.flush()
    _keep(session, article, by, "")
    _record(session, "article.written", article, by)
    return article


def change(session: Session, article: Article, said: Mapping[str, str], *, by: Person, why: str) -> None:
    """Change what an article says; the version before is kept. Raises `Invalid`, `NotPermitted`."""
    require_edit(session, by, article.community_id)
    checked = _checked(session, said, article.category)
    if not why.strip():
        raise Invalid({"why": ("请写一句为什么改。", "Please say in a sentence why.")})
    for name, text in checked.items():
        setattr(article, name, text)
    article.version, article.changed_at = article.version + 1, clock.now()
    _keep(session, article, by, why.strip()[:400])
    _record(session, "article.changed", article, by)


def retire(session: Session, article: Article, *, by: Person, retired: bool = True) -> None:
    """Retire an article, or bring it back. Raises `NotPermitted`."""
    require_edit(session, by, article.community_id)
    article.retired_at = clock.now() if retired else None
    _record(session, "article.retired" if retired else "article.restored", article, by)


def within(session: Session, person: Person, act: str = SEE) -> ColumnElement[bool]:
    """Return a condition: `person` may read (or `act` on) the article, by where it applies."""
    reach = permissions.reach(session, person, act)
    if reach.everything:
        return true()
    return or_(Article.community_id.is_(None), Article.community_id.in_(sorted(reach.ids)))


def find(session: Session, person: Person, article_id: int) -> Article:
    """Return an article that `person` may read. Raises `NotFound`."""
    found = session.scalar(select(Article).where(Article.id == article_id, within(session, person)))
    if found is None:
        raise NotFound
    return found


def fitting(session: Session, category: str, community_id: int) -> list[Article]:
    """Return the articles on complaints of a category at a community: its own first; one statement."""
    parent = (known := categories.known(session).get(category)) and known.parent
    asked = select(Article).where(
        Article.retired_at.is_(None),
        Article.category.in_([category, parent or category]),
        or_(Article.community_id.is_(None), Article.community_id == community_id),
    )
    order = (Article.category.desc(), Article.changed_at.desc())
    return list(session.scalars(asked.order_by(*order).limit(MOST_SHOWN)))


def may_edit(session: Session, person: Person, community_id: int | None) -> bool:
    """Return whether `person` may write articles there; for all communities only who reaches all of them."""
    reach = permissions.reach(session, person, EDIT)
    return reach.everything or (community_id is not None and community_id in reach.ids)


def require_edit(session: Session, by: Person, community_id: int | None) -> None:
    """Raise `NotPermitted` unless `by` may write articles there."""
    if not may_edit(session, by, community_id):
        raise permissions.refusal(EDIT)


def _checked(session: Session, said: Mapping[str, str], category: str) -> dict[str, str]:
    kept = {name: said.get(name, "").strip() for name in LONGEST}
    wrong = {
        name: (f"请填写，最多 {longest} 个字。", f"Please fill in, {longest:,} characters at most.")
        for name, longest in LONGEST.items()
        if not kept[name] or len(kept[name]) > longest
    }
    if category and category not in categories.known(session):
        wrong["category"] = ("请从列表中选择。", "Please choose from the list.")
    if wrong:
        raise Invalid(wrong)
    return kept


def _keep(session: Session, article: Article, by: Person | None, why: str) -> None:
    said = {name: getattr(article, name) for name in LONGEST}
    session.add(
        ArticleVersion(
            article_id=article.id, version=article.version, why=why, by_id=by.id if by else None, at=clock.now(), **said
        )
    )
    session.flush()


def _record(session: Session, what: str, article: Article, by: Person | None) -> None:
    told = {"article": article.id, "version": article.version}
    history.add(session, history.company(session), [NewEntry(what, by.id if by else None, None, told)])
