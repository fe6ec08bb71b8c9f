"""Photos are bounded in pixels, and what waits for its form is bounded for each address."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("file_limits", sa.Column("megapixels", sa.Integer))
    op.add_column("files", sa.Column("brought_from", sa.String(64)))
    op.create_index("ix_files_brought_from", "files", ["brought_from"])


def downgrade() -> None:
    op.drop_index("ix_files_brought_from", table_name="files")
    with op.batch_alter_table("files") as files:
        files.drop_column("brought_from")
    with op.batch_alter_table("file_limits") as limits:
        limits.drop_column("megapixels")
