"""Edit the tree of categories: add, rename, move, order, retire."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine.administration import wording
from engine.administration.recording import differing, record, require
from engine.company.people import Person
from engine.complaints.core.categories import Category
from engine.complaints.core.complaint import Complaint
from engine.core.errors import Conflict, Invalid, NotFound

FIRST, SECOND = 2, 4
"""Digits of a code of the first and the second level."""


def every(session: Session) -> list[tuple[Category, list[Category]]]:
    """Return the tree in order, including retired categories."""
    rows = session.scalars(select(Category).order_by(Category.position, Category.code)).all()
    return [(each, [child for child in rows if child.parent == each.code]) for each in rows if each.parent is None]


def find(session: Session, code: str) -> Category:
    """Return the category, retired or not; raises `NotFound`."""
    found = session.get(Category, code)
    if found is None:
        raise NotFound()
    return found


def add(session: Session, by: Person, parent: str, name: str, name_en: str, danger: bool, words: str = "") -> Category:
    """Add a category; `parent` "" for the first level. It gets the next free code. Raises `Invalid`."""
    require(session, by)
    wrong = _wrong(session, parent, name, name_en, words)
    if wrong:
        raise Invalid(wrong)
    last = session.scalar(select(func.max(Category.position)).where(Category.parent == (parent or None))) or 0
    made = Category(
        code=_next(session, parent),
        parent=parent or None,
        name=name.strip(),
        name_en=name_en.strip(),
        danger=danger,
        words=words.strip(),
        position=last + 1,
    )
    session.add(made)
    facts = {"category": made.code, "parent": parent, "name": made.name, "danger": danger}
    record(session, by, "category.added", facts)
    return made


def _wrong(session: Session, parent: str, name: str, name_en: str, words: str) -> wording.Wrong:
    wrong = wording.names(name, name_en)
    above = session.get(Category, parent) if parent else None
    if parent and (above is None or above.parent is not None):
        wrong["parent"] = ("请选择一级类别。", "Choose a category of the first level.")
    if len(words) > 500:
        wrong["words"] = ("最多 500 个字。", "At most 500 characters.")
    return wrong


def _next(session: Session, parent: str) -> str:
    """Return the next free code: two digits more than the parent's."""
    taken = set(session.scalars(select(Category.code).where(Category.parent == (parent or None))))
    free = (f"{parent}{number:02d}" for number in range(1, 100))
    code = next((each for each in free if each not in taken and session.get(Category, each) is None), None)
    if code is None:
        raise Conflict(zh="这一级最多 99 个类别。", en="There are at most 99 categories on one level.")
    return code


def change(
    session: Session, by: Person, code: str, *, parent: str, name: str, name_en: str, danger: bool, words: str
) -> Category:
    """Rename a category, move it below another, set whether it means danger. Raises `Invalid`, `NotFound`."""
    require(session, by)
    category = find(session, code)
    wrong = _wrong(session, parent, name, name_en, words)
    if parent and session.scalar(select(Category.code).where(Category.parent == code).limit(1)):
        wrong["parent"] = ("它下面还有类别，不能移到别的类别下面。", "It has categories below it and cannot be moved.")
    if parent == code:
        wrong["parent"] = ("不能移到自己下面。", "It cannot be below itself.")
    if wrong:
        raise Invalid(wrong)
    fields = ("parent", "name", "name_en", "danger", "words")
    before = {each: getattr(category, each) for each in fields}
    category.parent, category.danger = parent or None, danger
    category.name, category.name_en, category.words = name.strip(), name_en.strip(), words.strip()
    if changed := differing(before, {each: getattr(category, each) for each in fields}):
        record(session, by, "category.changed", {"category": code, "changed": changed})
    return category


def retire(session: Session, by: Person, code: str) -> bool:
    """Retire a category with its children, or delete it if never used; return whether it was kept.

    Raises `Conflict` for the default category.
    """
    require(session, by)
    category = find(session, code)
    family = [category, *session.scalars(select(Category).where(Category.parent == code))]
    if any(each.standard for each in family):
        raise Conflict(
            zh="它是未分类时使用的类别，请先指定另一个。",
            en="It is the default category. Choose another default first.",
        )
    codes = [each.code for each in family]
    used = session.scalar(select(Complaint.id).where(Complaint.category.in_(codes)).limit(1)) is not None
    if used:
        for each in family:
            each.retired = True
    else:
        for each in reversed(family):
            session.delete(each)
            session.flush()
    record(session, by, "category.retired" if used else "category.deleted", {"category": code, "name": category.name})
    return used


def bring_back(session: Session, by: Person, code: str) -> None:
    """Bring back a retired category, with its parent."""
    require(session, by)
    category = find(session, code)
    for each in (category, session.get(Category, category.parent) if category.parent else None):
        if each is not None:
            each.retired = False
    record(session, by, "category.returned", {"category": code})


def move(session: Session, by: Person, code: str, up: bool) -> None:
    """Swap a category with its neighbour in the list."""
    require(session, by)
    category = find(session, code)
    mine = select(Category).where(Category.parent == category.parent, Category.retired.is_(False))
    rows = list(session.scalars(mine.order_by(Category.position, Category.code)))
    at = next((number for number, each in enumerate(rows) if each.code == code), None)
    to = None if at is None else at + (-1 if up else 1)
    if at is None or to is None or not 0 <= to < len(rows):
        return
    rows[at], rows[to] = rows[to], rows[at]
    for number, each in enumerate(rows, 1):
        each.position = number
    record(session, by, "category.moved", {"category": code, "changed": {"position": [at + 1, to + 1]}})


def make_standard(session: Session, by: Person, code: str) -> None:
    """Make this the default category. Raises `Conflict` for one with children or a retired one."""
    require(session, by)
    category = find(session, code)
    if category.parent is None or category.retired:
        raise Conflict(zh="请选择一个在用的二级类别。", en="Choose a category of the second level that is in use.")
    before = session.scalar(select(Category.code).where(Category.standard))
    session.execute(update(Category).where(Category.standard).values(standard=False))
    category.standard = True
    record(session, by, "category.standard", {"category": code, "changed": {"standard": [before or "", code]}})
