"""Categories: what a complaint is about, in two levels. Companies may change the defaults shipped here."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ForeignKey, String, case, false, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.core import master_data
from engine.core.errors import Invalid
from engine.core.store import Base

UNSORTED = "9901"
"""The default category for complaints not sorted yet; companies may choose another."""

DEFAULTS = Path(__file__).with_name("categories.json")


class Category(Base):
    """One category; one with a parent is of the second level. `danger`: danger to life until ruled out.

    `words`: what people say when they mean it, separated by 、, used to guess the category. `standard`: used where no
    category is given (a mail, a file); at most one category is standard.
    """

    __tablename__ = "categories"

    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    parent: Mapped[str | None] = mapped_column(ForeignKey("categories.code"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(80))
    danger: Mapped[bool] = mapped_column(default=False)
    retired: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    standard: Mapped[bool] = mapped_column(default=False, server_default=false())
    words: Mapped[str] = mapped_column(String(500), default="", server_default="")

    def said(self, language: str = "zh") -> str:
        """Return its name in one language."""
        return self.name if language == "zh" else self.name_en or self.name


@dataclass(frozen=True, slots=True)
class KnownCategory:
    """A category as pages read it."""

    code: str
    parent: str | None
    name: str
    name_en: str
    danger: bool
    retired: bool
    position: int

    def said(self, language: str = "zh") -> str:
        """Return its name in one language."""
        return self.name if language == "zh" else self.name_en or self.name


def known(session: Session) -> Mapping[str, KnownCategory]:
    """Return every category by code, in order, retired ones included; at most one statement."""
    return master_data.kept(
        session, "categories", lambda: {row.code: KnownCategory(*row) for row in session.execute(_EVERY)}
    )


_EVERY = select(
    Category.code,
    Category.parent,
    Category.name,
    Category.name_en,
    Category.danger,
    Category.retired,
    Category.position,
).order_by(Category.position, Category.code)


def seed(session: Session) -> None:
    """Insert the default categories; existing ones stay as the company has them."""
    there = set(session.scalars(select(Category.code)))
    rows = json.loads(DEFAULTS.read_text(encoding="utf-8"))
    fresh = [
        {
            "parent": None,
            "danger": False,
            "retired": False,
            "words": "",
            "standard": row["code"] == UNSORTED and not there,
            **row,
        }
        for row in rows
        if row["code"] not in there
    ]
    if fresh:
        session.execute(insert(Category), fresh)


def standard(session: Session) -> str:
    """Return the code of the category used where none is given."""
    usable = select(Category.code).where(Category.retired.is_(False), Category.parent.is_not(None))
    last = case((Category.code == UNSORTED, 1), else_=0)
    return session.scalar(usable.order_by(Category.standard.desc(), last.desc(), Category.code.desc())) or UNSORTED


def tree(session: Session) -> list[tuple[KnownCategory, list[KnownCategory]]]:
    """Return the first-level categories in order, each with its children, without retired ones."""
    every = [each for each in known(session).values() if not each.retired]
    return [(each, [child for child in every if child.parent == each.code]) for each in every if each.parent is None]


def find(session: Session, code: str) -> Category:
    """Return the category with that code. Raises `Invalid` naming the field `category`."""
    category = session.get(Category, code)
    if category is None or category.retired:
        raise Invalid({"category": ("请从列表中选择分类。", "Please choose a category from the list.")})
    return category
