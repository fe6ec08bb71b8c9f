"""A working day"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("complaints", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reference", sa.String(length=60), server_default="", nullable=False))
        batch_op.add_column(sa.Column("past", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("imported_as", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("repeat_of_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_complaints_repeat_of_id"), ["repeat_of_id"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_complaints_imported_as"), ["imported_as"])
        batch_op.create_foreign_key(batch_op.f("fk_complaints_repeat_of_id"), "complaints", ["repeat_of_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("complaints", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_complaints_repeat_of_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_complaints_imported_as"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_complaints_repeat_of_id"))
        batch_op.drop_column("repeat_of_id")
        batch_op.drop_column("imported_as")
        batch_op.drop_column("past")
        batch_op.drop_column("reference")
