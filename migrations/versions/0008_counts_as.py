"""What a task counts as stands with it: told by its step in the diagram, no longer by the id of the step."""

import sqlalchemy as sa
from alembic import op

from engine.processes.before_properties import STEPS

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TASKS = sa.table("tasks", *(sa.column(name) for name in ("element", "counts_as")))
OPEN = {"ix_tasks_open_place": ("place_id", "role", "assignee_id"), "ix_tasks_open_assignee": ("assignee_id",)}
SHOWN = ("due_at", "priority", "element", "counts_as", "community_id", "case_id", "state")


def upgrade() -> None:
    op.add_column("tasks", sa.Column("counts_as", sa.String(40), nullable=False, server_default=""))
    meant = {element: said["counts_as"] for element, said in STEPS.items() if "counts_as" in said}
    mine = TASKS.c.element.in_(meant)
    op.execute(sa.update(TASKS).where(mine).values(counts_as=sa.case(meant, value=TASKS.c.element)))
    _again(SHOWN)


def downgrade() -> None:
    _again(tuple(name for name in SHOWN if name != "counts_as"))
    op.drop_column("tasks", "counts_as")


def _again(shown: tuple[str, ...]) -> None:
    waits = sa.text("state = 'open'")
    for index, first in OPEN.items():
        op.drop_index(index, table_name="tasks")
        op.create_index(index, "tasks", [*first, *shown], sqlite_where=waits, postgresql_where=waits)
