"""Undo one import as one act: what nothing uses is taken away, what nobody changed since is put back."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from engine import history
from engine.company import people, staff
from engine.company.people import Holding, Person
from engine.complaints import facts
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.feedback import Feedback
from engine.complaints.homes.home_entries import HomeEntry
from engine.complaints.homes.households import Household
from engine.complaints.lists.word_index import ComplaintWords
from engine.core import clock
from engine.core.errors import BihuanError, Conflict
from engine.core.store import Base, table_of
from engine.history import NewEntry
from engine.importing.changes import ImportChange
from engine.importing.rows import Import

POSSIBLE_FOR = timedelta(days=30)
"""How long an import can be undone; what is kept for it holds personal data and is deleted then."""

BATCH = 500
OWN = (table_of(Feedback), table_of(ComplaintWords), *map(table_of, facts.FACTS), table_of(Complaint))
"""Tables whose rows of a past complaint the import itself has written."""

Counts = Counter[str]


def is_possible(session: Session, kept: Import) -> bool:
    """Return whether the import wrote anything that can still be undone."""
    if kept.undone_at is not None or kept.state not in ("done", "failed"):
        return False
    return bool(session.scalar(select(exists().where(ImportChange.import_id == kept.id))))


def plan(session: Session, kept: Import) -> dict[str, int]:
    """Return what undoing would do now, by what and how: {"household_removed": 12, "household_left": 1, …}."""
    return dict(_everything(session, kept, _look))


def undo(session: Session, by: Person, kept: Import) -> dict[str, int]:
    """Undo the import; return what was done. Raises `Conflict` when that was done already or is no longer possible."""
    session.scalar(select(Import.id).where(Import.id == kept.id).with_for_update())
    session.refresh(kept)
    if not is_possible(session, kept):
        raise Conflict(
            zh="这次导入已经撤销过，或不能再撤销了。", en="This import was undone already, or can no longer be undone."
        )
    done = dict(_everything(session, kept, _Doing(session, by).do))
    kept.undone_at, kept.told = clock.now(), {**kept.told, "undone": done, "addresses": []}
    facts = {"import": kept.id, "kind": kept.kind, **done}
    history.add(session, history.company(session), [NewEntry("import.undone", by.id, None, facts)])
    session.flush()
    return done


def let_go(session: Session) -> None:
    """Delete what was kept to undo old imports."""
    old = select(Import.id).where(Import.at < clock.now() - POSSIBLE_FOR)
    session.execute(delete(ImportChange).where(ImportChange.import_id.in_(old)))


Act = Callable[[str, Sequence[ImportChange]], int]
"""Does one thing to the nouns of some changes, or only looks; returns to how many."""


def _look(_what: str, changes: Sequence[ImportChange]) -> int:
    return len(changes)


def _everything(session: Session, kept: Import, act: Act) -> Counts:
    """Go through the changes, the last ones first, and sort them by what is to be done with each."""
    mine = select(ImportChange).where(ImportChange.import_id == kept.id).order_by(ImportChange.id.desc()).limit(BATCH)
    counts = Counts()
    some = session.scalars(mine).all()
    while some:
        by_noun: dict[str, list[ImportChange]] = {}
        for each in some:
            by_noun.setdefault(each.noun, []).append(each)
        for noun, changes in by_noun.items():
            for what, found in _SORTED[noun](session, changes):
                if found:
                    counts[f"{noun}_{what}"] += act(f"{noun}_{what}", found)
        some = session.scalars(mine.where(ImportChange.id < some[-1].id)).all()
    return counts


Sorted = Iterator[tuple[str, list[ImportChange]]]


def _households(session: Session, changes: Sequence[ImportChange]) -> Sorted:
    """Homes that it added and nothing uses are removed; changed ones are put back unless they were changed since."""
    ids = [each.noun_id for each in changes]
    homes = {each.id: each for each in session.scalars(select(Household).where(Household.id.in_(ids)))}
    used = set(session.scalars(select(Complaint.household_id).where(Complaint.household_id.in_(ids))))
    used |= set(session.scalars(select(HomeEntry.household_id).where(HomeEntry.household_id.in_(ids))))
    found: dict[str, list[ImportChange]] = {"removed": [], "put_back": [], "left": []}
    for each in changes:
        home = homes.get(each.noun_id)
        same = home is not None and all(getattr(home, name) == value for name, value in each.after.items())
        if each.how == "added":
            found["removed" if same and home and home.retired_at is None and home.id not in used else "left"].append(
                each
            )
        else:
            found["put_back" if same else "left"].append(each)
    yield from found.items()


def _complaints(session: Session, changes: Sequence[ImportChange]) -> Sorted:
    """Past complaints that nothing refers to are removed; those with a case go their way."""
    past = [each.noun_id for each in changes if each.how == "past"]
    there = set(session.scalars(select(Complaint.id).where(Complaint.id.in_(past), Complaint.case_id.is_(None))))
    for table in Base.metadata.tables.values():
        for column in table.columns if table not in OWN else ():
            if any(key.column.table is table_of(Complaint) for key in column.foreign_keys):
                there -= set(session.scalars(select(column).where(column.in_(past))))
    feedback = select(Feedback.complaint_id).where(Feedback.complaint_id.in_(past), Feedback.by_id.is_not(None))
    there -= set(session.scalars(feedback))
    yield "removed", [each for each in changes if each.noun_id in there]
    yield "left", [each for each in changes if each.noun_id not in there]


def _people(session: Session, changes: Sequence[ImportChange]) -> Sorted:
    """People whom it added and who never logged in leave again; roles that it gave end."""
    ids = [each.noun_id for each in changes]
    known = {each.id: each for each in session.scalars(select(Person).where(Person.id.in_(ids)))}
    found: dict[str, list[ImportChange]] = {"left_company": [], "roles_ended": [], "left": []}
    for each in changes:
        person = known.get(each.noun_id)
        if person is None or person.retired_at is not None:
            found["left"].append(each)
        elif each.how == "added":
            found["left_company" if person.password is None else "left"].append(each)
        else:
            found["roles_ended" if _holding(session, each) else "left"].append(each)
    yield from found.items()


def _holding(session: Session, change: ImportChange) -> Holding | None:
    role, place = change.after["role"], change.after["place"]
    held = people.holdings(session, change.noun_id)
    return next((each for each in held if (each.role, each.place_id) == (role, place)), None)


_SORTED: dict[str, Callable[[Session, Sequence[ImportChange]], Sorted]] = {
    "household": _households,
    "complaint": _complaints,
    "person": _people,
}


class _Doing:
    """Does what `plan` counts."""

    def __init__(self, session: Session, by: Person) -> None:
        self.session, self.by = session, by

    def do(self, what: str, changes: Sequence[ImportChange]) -> int:
        """Do it to each; return to how many. People beyond one's reach are left as they are."""
        session, ids = self.session, [each.noun_id for each in changes]
        if what == "household_removed":
            session.execute(delete(Household).where(Household.id.in_(ids)))
        elif what == "household_put_back":
            self._put_back(changes)
        elif what == "complaint_removed":
            _remove_complaints(session, ids)
        elif what in ("person_left_company", "person_roles_ended"):
            return sum(self._take_away(each) for each in changes)
        return len(changes)

    def _put_back(self, changes: Sequence[ImportChange]) -> None:
        for each in changes:
            home = self.session.get_one(Household, each.noun_id)
            for name, value in each.before.items():
                setattr(home, name, value)
            if each.how == "returned":
                home.retired_at = clock.now()
        self.session.flush()

    def _take_away(self, change: ImportChange) -> bool:
        try:
            if change.how == "added":
                staff.retire(self.session, self.by, change.noun_id)
            elif (held := _holding(self.session, change)) is not None:
                staff.end(self.session, self.by, change.noun_id, held.id)
        except BihuanError:
            return False
        return True


def _remove_complaints(session: Session, ids: Sequence[int]) -> None:
    session.execute(update(Complaint).where(Complaint.repeat_of_id.in_(ids)).values(repeat_of_id=None))
    facts.forget(session, ids)
    for table, column in ((Feedback, Feedback.complaint_id), (ComplaintWords, ComplaintWords.complaint_id)):
        session.execute(delete(table).where(column.in_(ids)))
    session.execute(delete(Complaint).where(Complaint.id.in_(ids)))


def was_undone(session: Session, person_id: int) -> bool:
    """Return whether a person left because the import that added them was undone: they may come again."""
    asked = select(ImportChange.id).join(Import, Import.id == ImportChange.import_id)
    mine = (ImportChange.noun == "person", ImportChange.noun_id == person_id, ImportChange.how == "added")
    return session.scalar(asked.where(*mine, Import.undone_at.is_not(None)).limit(1)) is not None
