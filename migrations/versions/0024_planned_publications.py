"""Publications that wait for their time or an approval, rights per process, and drafts whose changes can be undone."""

from contextlib import suppress

import sqlalchemy as sa
from alembic import op

from engine.bpmn import diagrams
from engine.core.errors import BihuanError
from engine.core.store import Moment

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

VERSIONS = sa.table("versions", *(sa.column(name) for name in ("id", "process", "step_names")))
FILES = sa.table("version_files", *(sa.column(name) for name in ("version_id", "path", "content_hash")))
CONTENTS = sa.table("contents", sa.column("hash"), sa.column("content"))


def upgrade() -> None:
    op.create_table(
        "planned_publications",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("process", sa.String(80), nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("merged", sa.JSON(), nullable=True),
        sa.Column("seen", sa.Integer, nullable=False),
        sa.Column("at", Moment, nullable=True),
        sa.Column("by_id", sa.Integer, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("asked_at", Moment, nullable=False),
        sa.Column("approved_by_id", sa.Integer, sa.ForeignKey("people.id"), nullable=True),
        sa.Column("approved_at", Moment, nullable=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("job_id", sa.Integer, nullable=True),
        sa.Column("zh", sa.Text, nullable=False),
        sa.Column("en", sa.Text, nullable=False),
        sa.Column("ended_by_id", sa.Integer, sa.ForeignKey("people.id"), nullable=True),
        sa.Column("ended_at", Moment, nullable=True),
        sa.Column("number", sa.Integer, nullable=True),
    )
    for column in ("process", "state"):
        op.create_index(f"ix_planned_publications_{column}", "planned_publications", [column])
    op.create_table(
        "process_rights",
        sa.Column("process", sa.String(80), primary_key=True),
        sa.Column("act", sa.String(40), primary_key=True),
        sa.Column("role", sa.String(30), primary_key=True),
    )
    op.create_table("four_eyes", sa.Column("process", sa.String(80), primary_key=True))
    op.create_table(
        "process_draft_changes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "draft_id", sa.Integer, sa.ForeignKey("process_drafts.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("by_id", sa.Integer, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("before", sa.LargeBinary, nullable=False),
        sa.Column("revisions", sa.JSON(), nullable=False),
    )
    op.drop_index("ix_cases_pin", "cases")
    op.create_index("ix_cases_pin_process_status", "cases", ["pin", "process", "status"])
    op.add_column("versions", sa.Column("step_names", sa.Text, nullable=False, server_default=""))
    name_steps()


def name_steps() -> None:
    """Note what the steps of the newest versions are called: the list of processes finds them by it."""
    store, newest = op.get_bind(), sa.select(sa.func.max(VERSIONS.c.id)).group_by(VERSIONS.c.process)
    drawn = (
        sa.select(FILES.c.version_id, CONTENTS.c.content)
        .join(CONTENTS, CONTENTS.c.hash == FILES.c.content_hash)
        .where(FILES.c.version_id.in_(newest), FILES.c.path.like("%.bpmn"))
    )
    names: dict[int, set[str]] = {}
    for version_id, text in store.execute(drawn):
        with suppress(BihuanError):
            named = (name for node in diagrams.read(text).nodes for name in (node.name, node.name_en))
            names.setdefault(version_id, set()).update(filter(None, named))
    for version_id, found in names.items():
        mine = VERSIONS.update().where(VERSIONS.c.id == version_id)
        store.execute(mine.values(step_names="\n".join(sorted(found))))


def downgrade() -> None:
    with op.batch_alter_table("versions") as versions:
        versions.drop_column("step_names")
    op.drop_index("ix_cases_pin_process_status", "cases")
    op.create_index("ix_cases_pin", "cases", ["pin"])
    for table in ("process_draft_changes", "four_eyes", "process_rights", "planned_publications"):
        op.drop_table(table)
