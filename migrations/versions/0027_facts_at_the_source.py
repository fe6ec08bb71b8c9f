"""When work on a task began and what it did cost are kept; a callback has the round that it was about."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa
from alembic import op

from engine.core.store import Moment

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

COST = sa.Numeric(14, 2)
MOST = 10**12

TASKS = sa.table(
    "tasks", *(sa.column(name) for name in ("id", "case_id", "key", "counts_as", "state", "assignee_id", "closed_by_id")),
    sa.column("closed_at", Moment), sa.column("begun_at", Moment),
)  # fmt: skip
ATTENDANCE = sa.table(
    "attendance", sa.column("task_id"), sa.column("person_id"), sa.column("at", Moment), sa.column("undone_at")
)
ANSWERS = sa.table("answers", sa.column("id"), sa.column("task_id"), sa.column("values", sa.JSON))
ENTRIES = sa.table("entries", *(sa.column(name) for name in ("case_id", "number", "kind", "facts")))
FEEDBACKS = sa.table(
    "feedbacks", *(sa.column(name) for name in ("id", "complaint_id", "round", "by_id")), sa.column("at", Moment)
)
COMPLAINTS = sa.table(
    "complaints", sa.column("id"), sa.column("case_id"), sa.column("costs", sa.JSON),
    sa.column("planned_cost", COST), sa.column("actual_cost", COST),
)  # fmt: skip


def upgrade() -> None:
    op.add_column("tasks", sa.Column("claimed_at", Moment))
    op.add_column("tasks", sa.Column("begun_at", Moment))
    op.add_column("task_drafts", sa.Column("begun_at", Moment))
    op.execute(sa.text("update task_drafts set begun_at = at"))  # by then at the latest
    with op.batch_alter_table("task_drafts") as drafts:
        drafts.alter_column("begun_at", existing_type=Moment, nullable=False)
    op.add_column("complaints", sa.Column("costs", sa.JSON, nullable=False, server_default=sa.text("'{}'")))
    for name in ("planned_cost", "actual_cost"):
        op.add_column("complaints", sa.Column(name, COST))
    _begun_on_the_way()
    reopened = Reopened(op.get_bind())
    _callbacks(op.get_bind(), reopened)
    _costs(op.get_bind(), reopened)


def downgrade() -> None:
    """Rounds that were wrong stay right."""
    for table, names in {
        "complaints": ("costs", "planned_cost", "actual_cost"),
        "task_drafts": ("begun_at",),
        "tasks": ("claimed_at", "begun_at"),
    }.items():
        for name in names:
            op.drop_column(table, name)


def _begun_on_the_way() -> None:
    """Work began when whoever has or did a task set out for it; nothing else of before is known."""
    holder = sa.func.coalesce(TASKS.c.closed_by_id, TASKS.c.assignee_id)
    first = sa.select(sa.func.min(ATTENDANCE.c.at)).where(
        ATTENDANCE.c.task_id == TASKS.c.id, ATTENDANCE.c.person_id == holder, ATTENDANCE.c.undone_at.is_(None)
    )
    there = TASKS.c.id.in_(sa.select(ATTENDANCE.c.task_id))
    op.execute(sa.update(TASKS).where(there).values(begun_at=first.scalar_subquery()))


class Done(NamedTuple):
    """What one entry of a reopened case says: the visits that ended in its step, and the round that it began."""

    ended: frozenset[str]
    round: int | None


class Reopened:
    """The cases with more than one round, and in which round a task of theirs was done, by the order of the record.

    Entries are ordered by number, whatever the clocks said: that of a step comes before that of the round it began.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        again = sa.select(ENTRIES.c.case_id).where(ENTRIES.c.kind == "complaint.reopened").distinct()
        self.cases = set(connection.scalars(again))
        self.last: tuple[int, Sequence[Done]] = (0, ())

    def round_of(self, case_id: int, task: str) -> int | None:
        """Return the round in which the task with this key was done, None when the record does not say so."""
        if case_id not in self.cases:
            return 1
        if self.last[0] != case_id:
            self.last = (case_id, list(self._read(case_id)))
        before = 1
        for entry in self.last[1]:
            if task in entry.ended:
                return before
            before = entry.round or before
        return None

    def _read(self, case_id: int) -> Iterator[Done]:
        mine = sa.select(ENTRIES.c.kind, ENTRIES.c.facts).where(ENTRIES.c.case_id == case_id)
        for kind, said in self.connection.execute(mine.order_by(ENTRIES.c.number)).all():
            facts = json.loads(said)
            ended = frozenset(key for what, _, key, *_ in facts.get("path", ()) if what == "c")
            yield Done(ended, facts.get("round") if kind == "complaint.reopened" else None)


def _callbacks(connection: sa.Connection, reopened: Reopened) -> None:
    """Give answers to phone calls the round of the call: the last one done before the answer was kept."""
    mine = sa.select(FEEDBACKS, COMPLAINTS.c.case_id).join(COMPLAINTS, COMPLAINTS.c.id == FEEDBACKS.c.complaint_id)
    mine = mine.where(FEEDBACKS.c.by_id.is_not(None), FEEDBACKS.c.round > 1, COMPLAINTS.c.case_id.is_not(None))
    for row in connection.execute(mine.order_by(COMPLAINTS.c.case_id, FEEDBACKS.c.id)).all():
        calls = sa.select(TASKS.c.key).where(
            TASKS.c.case_id == row.case_id, TASKS.c.counts_as == "callback", TASKS.c.state == "done",
            TASKS.c.closed_by_id == row.by_id, TASKS.c.closed_at <= row.at,
        )  # fmt: skip
        call = connection.scalar(calls.order_by(TASKS.c.closed_at.desc(), TASKS.c.id.desc()).limit(1))
        right = reopened.round_of(row.case_id, call) if call is not None else None
        if right is not None and right != row.round:
            connection.execute(sa.update(FEEDBACKS).where(FEEDBACKS.c.id == row.id).values(round=right))


def _costs(connection: sa.Connection, reopened: Reopened) -> None:
    """Keep what the plan of each round was to cost, and what its work did, from what was filled in."""
    filled = sa.select(TASKS.c.case_id, TASKS.c.key, TASKS.c.counts_as, ANSWERS.c["values"])
    filled = filled.join(ANSWERS, ANSWERS.c.task_id == TASKS.c.id).where(
        TASKS.c.state == "done",
        TASKS.c.case_id.in_(sa.select(COMPLAINTS.c.case_id)),
        sa.cast(ANSWERS.c["values"], sa.Text).like('%cost"%'),
    )
    costs: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
    for case_id, key, counts_as, values in connection.execute(filled.order_by(TASKS.c.case_id, ANSWERS.c.id)).all():
        said = {"planned": values["cost"]} if counts_as == "plan" and "cost" in values else {}
        said |= {"actual": values["actual_cost"]} if "actual_cost" in values else {}
        of_round = reopened.round_of(case_id, key)
        if said and of_round is not None:
            sums = {name: _sum(value) for name, value in said.items()}
            costs[case_id].setdefault(str(of_round), {}).update(sums)
    rows = [
        {"of": case_id, "each": said, "planned": _total(said, "planned"), "actual": _total(said, "actual")}
        for case_id, said in costs.items()
    ]
    if rows:
        values = {
            "costs": sa.bindparam("each"),
            "planned_cost": sa.bindparam("planned"),
            "actual_cost": sa.bindparam("actual"),
        }
        connection.execute(sa.update(COMPLAINTS).where(COMPLAINTS.c.case_id == sa.bindparam("of")).values(values), rows)


def _sum(value: object) -> str | None:
    try:
        cost = Decimal(str(value))
    except ArithmeticError:
        return None
    return f"{cost:.2f}" if cost.is_finite() and 0 <= cost < MOST else None


def _total(costs: dict[str, dict[str, Any]], what: str) -> Decimal | None:
    said = [each.get(what) for each in costs.values()]
    return None if None in said else sum((Decimal(each) for each in said), Decimal())
