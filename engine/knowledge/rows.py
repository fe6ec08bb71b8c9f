"""The tables of knowledge: articles, their versions, who is to read them and who has."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.core.store import Base


class Article(Base):
    """What to do in a situation, as its newest version says.

    `category`: of either level, "" for all; `community_id` None: all communities. `improvement_id`: the improvement
    that proved it. Retired, never deleted.
    """

    __tablename__ = "articles"
    __table_args__ = (Index("ix_articles_category", "category", "community_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    situation: Mapped[str] = mapped_column(Text)
    to_do: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(String(8), default="")
    community_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    improvement_id: Mapped[int | None] = mapped_column(ForeignKey("improvements.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class ArticleVersion(Base):
    """What an article said from `at` on, who wrote it (None: by an improvement) and why."""

    __tablename__ = "article_versions"
    __table_args__ = (UniqueConstraint("article_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    situation: Mapped[str] = mapped_column(Text)
    to_do: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(String(400), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]


class ArticleTraining(Base):
    """Whoever holds `role` at a place or below it is to read an article until a day."""

    __tablename__ = "article_trainings"
    __table_args__ = (UniqueConstraint("article_id", "place_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    role: Mapped[str] = mapped_column(String(30))
    until: Mapped[date] = mapped_column(Date)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]


class ArticleReading(Base):
    """A person has read an article, in its version of then."""

    __tablename__ = "article_readings"

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    version: Mapped[int]
    at: Mapped[datetime]
