"""What was last released from a folder is remembered, so that a new release keeps what the company changed since.

Of earlier releases it is known that a command made them: nobody's name stands at such versions.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    released = op.create_table(
        "released_files",
        sa.Column("process", sa.String(80), primary_key=True),
        sa.Column("path", sa.String(300), primary_key=True),
        sa.Column("content_hash", sa.String(64), sa.ForeignKey("contents.hash"), nullable=False),
    )
    op.add_column("uploads", sa.Column("merged", sa.JSON(), nullable=True))
    versions = sa.table("versions", *(sa.column(name) for name in ("id", "process", "number", "by_id")))
    files = sa.table("version_files", *(sa.column(name) for name in ("version_id", "path", "content_hash")))
    last = sa.select(versions.c.process, sa.func.max(versions.c.number).label("number"))
    by_command = last.where(versions.c.by_id.is_(None)).group_by(versions.c.process).subquery()
    newest = versions.join(
        by_command, sa.and_(by_command.c.process == versions.c.process, by_command.c.number == versions.c.number)
    ).join(files, files.c.version_id == versions.c.id)
    found = sa.select(versions.c.process, files.c.path, files.c.content_hash).select_from(newest)
    op.execute(sa.insert(released).from_select(["process", "path", "content_hash"], found))


def downgrade() -> None:
    op.drop_column("uploads", "merged")
    op.drop_table("released_files")
