"""The company's logo."""

import sqlalchemy as sa
from alembic import op

from engine.core import master_data

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

COUNTED = ("logos",)


def upgrade() -> None:
    op.create_table(
        "logos",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("type", sa.String(20), nullable=False),
        sa.Column("version", sa.String(12), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    for statement in master_data.triggers(op.get_bind().dialect.name, COUNTED):
        op.execute(sa.DDL(statement))


def downgrade() -> None:
    op.drop_table("logos")
