"""The communities that an improvement is compared with, where somebody chose them."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("improvement_goals", sa.Column("compared", sa.JSON, nullable=True))


def downgrade() -> None:
    op.drop_column("improvement_goals", "compared")
