"""Training: who is to read an article until when, and who has."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, Integer, Select, bindparam, exists, func, literal, select
from sqlalchemy.orm import Session, aliased

from engine import history
from engine.company.people import Holding, Person
from engine.company.places import Place
from engine.core import clock
from engine.core.errors import Invalid
from engine.core.store import Moment
from engine.history import NewEntry
from engine.knowledge import articles
from engine.knowledge.rows import Article, ArticleReading, ArticleTraining


def ask(session: Session, article: Article, place: Place, role: str, until: date, *, by: Person) -> None:
    """Ask everybody who holds a role at a place or below it to read an article. Raises `Invalid`, `NotPermitted`."""
    articles.require_edit(session, by, place.id if place.kind == "community" else place.community_id)
    if until < clock.now().date():
        raise Invalid({"until": ("请选今天或以后的日期。", "Please choose today or a later day.")})
    asked = select(ArticleTraining).where(
        ArticleTraining.article_id == article.id, ArticleTraining.place_id == place.id, ArticleTraining.role == role
    )
    row = session.scalar(asked) or ArticleTraining(article_id=article.id, place_id=place.id, role=role)
    row.until, row.by_id, row.at = until, by.id, clock.now()
    session.add(row)
    session.flush()
    told = {"article": article.id, "place": place.id, "role": role, "until": until.isoformat()}
    history.add(session, history.company(session), [NewEntry("article.training", by.id, None, told)])


def read(session: Session, article: Article, person: Person) -> None:
    """Note that a person has read the present version; a second time changes nothing."""
    row = session.get(ArticleReading, (article.id, person.id))
    if row is None:
        row = ArticleReading(article_id=article.id, person_id=person.id)
        session.add(row)
    if row.version != article.version:
        row.version, row.at = article.version, clock.now()
    session.flush()


def waiting(session: Session, person: Person) -> list[tuple[Article, date]]:
    """Return what a person is to read and has not, in its present version, with the day; one statement."""
    found = session.execute(_WAITING, {"person": person.id, "now": clock.now()})
    return [(article, until) for article, until in found]


def readers(session: Session, article: Article) -> list[tuple[Person, date, bool]]:
    """Return who is to read an article, until when, and whether they have read its present version."""
    there, held = aliased(Place), aliased(Place)
    has_read = exists().where(
        ArticleReading.article_id == article.id,
        ArticleReading.person_id == Person.id,
        ArticleReading.version == article.version,
    )
    asked: Select[Person, date, bool] = (
        select(Person, func.min(ArticleTraining.until), has_read)
        .join(Holding, Holding.person_id == Person.id)
        .join(held, held.id == Holding.place_id)
        .join(ArticleTraining, ArticleTraining.role == Holding.role)
        .join(there, there.id == ArticleTraining.place_id)
        .where(ArticleTraining.article_id == article.id, held.path.startswith(there.path))
        .where(*_held(literal(clock.now(), Moment)), Person.retired_at.is_(None))
        .group_by(Person.id)
        .order_by(Person.name)
    )
    return [(person, until, bool(done)) for person, until, done in session.execute(asked)]


def _held(now: ColumnElement[datetime]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Holding.since <= now, Holding.until.is_(None) | (Holding.until > now)


def _waiting() -> Select[Article, date]:
    """What the person `person` is to read at the time `now`: asked with every inbox, so built once."""
    there, held, person = aliased(Place), aliased(Place), bindparam("person", type_=Integer)
    has_read = exists().where(
        ArticleReading.article_id == Article.id,
        ArticleReading.person_id == person,
        ArticleReading.version == Article.version,
    )
    return (
        select(Article, func.min(ArticleTraining.until))
        .join(ArticleTraining, ArticleTraining.article_id == Article.id)
        .join(there, there.id == ArticleTraining.place_id)
        .join(Holding, Holding.role == ArticleTraining.role)
        .join(held, held.id == Holding.place_id)
        .where(Holding.person_id == person, *_held(bindparam("now", type_=Moment)), held.path.startswith(there.path))
        .where(Article.retired_at.is_(None), ~has_read)
        .group_by(Article.id)
        .order_by(func.min(ArticleTraining.until))
    )


_WAITING = _waiting()
