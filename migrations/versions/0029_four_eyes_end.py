"""That somebody else has to approve a process is switched off by two people."""

import sqlalchemy as sa
from alembic import op

from engine.core.store import Moment

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("four_eyes") as rows:
        rows.add_column(sa.Column("end_asked_by_id", sa.Integer))
        rows.add_column(sa.Column("end_asked_at", Moment))
        rows.create_foreign_key(op.f("fk_four_eyes_end_asked_by_id"), "people", ["end_asked_by_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("four_eyes") as rows:
        rows.drop_constraint(op.f("fk_four_eyes_end_asked_by_id"), type_="foreignkey")
        rows.drop_column("end_asked_by_id")
        rows.drop_column("end_asked_at")
