"""Reports of figures: what they say, the cases behind it, when they are made and who gets them; who may do what."""

import sqlalchemy as sa
from alembic import op

from engine.core.store import Moment

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

PERMISSIONS = sa.table("permissions", *(sa.column(name) for name in ("role", "act", "scope")))
GRANTS = (
    *(("project_manager", act, "community") for act in ("report.see", "report.prepare")),
    *(("region_quality", act, "region") for act in ("report.see", "report.prepare", "report.check")),
    *(("headquarters", act, "company") for act in ("report.see", "report.prepare", "report.check", "report.sign")),
    *(("analyst", act, "company") for act in ("report.see", "report.prepare", "report.check")),
    *(("assessor", act, "company") for act in ("report.see", "report.check", "task.work")),
    ("process_owner", "report.see", "company"),
)
"""As in engine/company/permissions.toml, for companies that have their own table already."""


def upgrade() -> None:
    people = sa.ForeignKey("people.id")
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("number", sa.String(60), nullable=False, unique=True),
        sa.Column("place_id", sa.Integer, sa.ForeignKey("places.id"), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("until", sa.Date, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), nullable=True, unique=True),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("made_by_id", sa.Integer, people, nullable=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("summary", "word", "why_back")),
        sa.Column("prepared_at", Moment, nullable=True),
        sa.Column("prepared_by_id", sa.Integer, sa.ForeignKey("people.id"), nullable=True),
        sa.Column("checked_at", Moment, nullable=True),
        sa.Column("checked_by_id", sa.Integer, sa.ForeignKey("people.id"), nullable=True),
        sa.Column("signed_at", Moment, nullable=True),
        sa.Column("signed_by_id", sa.Integer, sa.ForeignKey("people.id"), nullable=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.UniqueConstraint("place_id", "kind", "since", "revision"),
    )
    op.create_index("ix_reports_place_id_since", "reports", ["place_id", "since"])
    op.create_index("ix_reports_state", "reports", ["state"])
    op.create_table(
        "report_cases",
        sa.Column("report_id", sa.Integer, sa.ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("figure", sa.String(60), primary_key=True),
        sa.Column("part", sa.String(10), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("ids", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "report_plans",
        sa.Column("kind", sa.String(8), primary_key=True),
        sa.Column("level", sa.String(12), primary_key=True),
        sa.Column("day", sa.Integer, nullable=False),
    )
    op.create_table("report_readers", sa.Column("person_id", sa.Integer, sa.ForeignKey("people.id"), primary_key=True))
    _grant()


def _grant() -> None:
    store = op.get_bind()
    held = {tuple(row) for row in store.execute(sa.select(PERMISSIONS.c.role, PERMISSIONS.c.act, PERMISSIONS.c.scope))}
    if held:  # an empty table is filled from the defaults later
        missing = [dict(zip(("role", "act", "scope"), each, strict=True)) for each in GRANTS if each not in held]
        if missing:
            op.bulk_insert(PERMISSIONS, missing)


def downgrade() -> None:
    store = op.get_bind()
    store.execute(PERMISSIONS.delete().where(PERMISSIONS.c.act.like("report.%")))
    for table in ("report_readers", "report_plans", "report_cases", "reports"):
        op.drop_table(table)
