"""A case has few tasks: finding them by the case is enough, and every step writes one index less."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_tasks_case_id_state", table_name="tasks")


def downgrade() -> None:
    op.create_index("ix_tasks_case_id_state", "tasks", ["case_id", "state"])
