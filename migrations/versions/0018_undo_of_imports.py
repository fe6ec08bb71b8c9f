"""An import can be undone as one act, and keeps what the words of its files mean."""

import sqlalchemy as sa
from alembic import op

from engine.core.store import Moment

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_changes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("import_id", sa.Integer, sa.ForeignKey("imports.id"), nullable=False),
        sa.Column("noun", sa.String(12), nullable=False),
        sa.Column("noun_id", sa.Integer, nullable=False),
        sa.Column("how", sa.String(10), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
    )
    op.create_index("ix_import_changes_import_id", "import_changes", ["import_id"])
    op.create_index("ix_import_changes_noun_id", "import_changes", ["noun_id"])
    op.create_table(
        "import_words",
        sa.Column("field", sa.String(20), primary_key=True),
        sa.Column("word", sa.String(80), primary_key=True),
        sa.Column("means", sa.String(60), nullable=False),
    )
    with op.batch_alter_table("imports") as imports:
        imports.add_column(sa.Column("undone_at", Moment(timezone=True), nullable=True))
        for name in ("return_retired", "mail_links"):
            imports.add_column(sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false()))
        imports.add_column(sa.Column("told", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    with op.batch_alter_table("imports") as imports:
        for name in ("told", "mail_links", "return_retired", "undone_at"):
            imports.drop_column(name)
    op.drop_table("import_words")
    op.drop_table("import_changes")
