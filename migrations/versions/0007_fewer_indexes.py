"""What every step writes and what lists read: an index of tasks less, and what is open told by what it is asked by."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OPEN = "ix_complaints_open_received_at"
FILTERED = ("next_due_at", "past", "status", "category", "department", "kind", "urgency", "channel", "level")
COLUMNS = ("received_at", "community_id", *FILTERED)


def upgrade() -> None:
    op.drop_index("ix_tasks_case_id_state", table_name="tasks")
    _again("closed_at is null and past is 0", "closed_at is null and past is false")


def downgrade() -> None:
    _again("closed_at is null and case_id is not null", "closed_at is null and case_id is not null")
    op.create_index("ix_tasks_case_id_state", "tasks", ["case_id", "state"])


def _again(sqlite: str, postgresql: str) -> None:
    op.drop_index(OPEN, table_name="complaints")
    op.create_index(
        OPEN, "complaints", list(COLUMNS), sqlite_where=sa.text(sqlite), postgresql_where=sa.text(postgresql)
    )
