"""Saved views: a person's filters of a list, under a name."""

from sqlalchemy import ForeignKey, String, UniqueConstraint, bindparam, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.company.people import Person
from engine.core.errors import Conflict, Invalid, NotFound
from engine.core.store import Base

LONGEST = 30
MOST = 20


class View(Base):
    """A person's saved view. `query`: the filters as in the address of the page."""

    __tablename__ = "views"
    __table_args__ = (UniqueConstraint("person_id", "page", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    page: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(LONGEST))
    query: Mapped[str] = mapped_column(String(1000), default="")


def of(session: Session, person: Person, page: str) -> list[View]:
    """Return a person's saved views of a page, oldest first."""
    return list(session.scalars(_SAVED, {"person": person.id, "page": page}))


_SAVED = select(View).where(View.person_id == bindparam("person"), View.page == bindparam("page")).order_by(View.id)


def find(session: Session, person: Person, view_id: int) -> View:
    """Return the view, if it is the person's own. Raises `NotFound`."""
    view = session.get(View, view_id)
    if view is None or view.person_id != person.id:
        raise NotFound()
    return view


def save(session: Session, person: Person, page: str, name: str, query: str) -> View:
    """Save these filters under a name, replacing a view of that name.

    Raises `Invalid` for a bad name, `Conflict` when there are too many.
    """
    _check(name)
    there = {each.name: each for each in of(session, person, page)}
    if name.strip() in there:
        there[name.strip()].query = query[:1000]
        return there[name.strip()]
    if len(there) >= MOST:
        raise Conflict(
            zh=f"最多保存 {MOST} 个常用筛选，请先删除不用的。", en=f"At most {MOST} views; delete one that is not used."
        )
    view = View(person_id=person.id, page=page, name=name.strip(), query=query[:1000])
    session.add(view)
    session.flush()
    return view


def rename(session: Session, person: Person, view_id: int, name: str) -> View:
    """Rename a view. Raises `Invalid`, `Conflict` when another one has that name, `NotFound`."""
    view = find(session, person, view_id)
    _check(name)
    same = select(func.count()).where(
        View.person_id == person.id, View.page == view.page, View.name == name.strip(), View.id != view.id
    )
    if session.scalar(same):
        raise Conflict(
            zh=f"您已有名为“{name.strip()}”的常用筛选。", en=f"You have a view named “{name.strip()}” already."
        )
    view.name = name.strip()
    session.flush()
    return view


def delete(session: Session, person: Person, view_id: int) -> View:
    """Delete a view and return what it was. Raises `NotFound`."""
    view = find(session, person, view_id)
    session.delete(view)
    session.flush()
    return view


def _check(name: str) -> None:
    if not name.strip() or len(name.strip()) > LONGEST:
        raise Invalid(
            {"name": (f"请起一个名字，最多 {LONGEST} 个字。", f"Give it a name of at most {LONGEST} characters.")}
        )
