"""Work of the highest urgency goes first in an inbox; and what the company sets up has its changes counted."""

import sqlalchemy as sa
from alembic import op

from engine.core import master_data

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SHOWN = ("due_at", "priority", "element", "counts_as", "community_id", "case_id", "state")
COUNTED = (
    "people", "holdings", "permissions", "roles", "department_kinds", "absences", "places", "categories",
    "pause_reasons", "phrases", "templates",
)  # fmt: skip
INDEXES = {"ix_tasks_open_place": ("place_id", "role", "assignee_id"), "ix_tasks_open_assignee": ("assignee_id",)}


def upgrade() -> None:
    op.add_column("tasks", sa.Column("can_wait", sa.Boolean, nullable=False, server_default=sa.true()))
    op.execute(
        sa.text(
            "update tasks set can_wait = :no where state = 'open' "
            "and case_id in (select case_id from complaints where urgency = 'critical')"
        ).bindparams(no=False)
    )
    _index_anew(("can_wait", *SHOWN))
    for statement in master_data.made(op.get_bind().dialect.name, COUNTED):
        op.execute(sa.DDL(statement))


def downgrade() -> None:
    for statement in master_data.dropped(op.get_bind().dialect.name, COUNTED):
        op.execute(sa.DDL(statement))
    _index_anew(SHOWN)
    with op.batch_alter_table("tasks") as tasks:
        tasks.drop_column("can_wait")


def _index_anew(shown: tuple[str, ...]) -> None:
    only = sa.text("state = 'open'")
    for name, first in INDEXES.items():
        op.drop_index(name, table_name="tasks")
        op.create_index(name, "tasks", [*first, *shown], sqlite_where=only, postgresql_where=only)
