"""Warnings, the weekly looks that give them, and who may see them."""

import sqlalchemy as sa
from alembic import op

from engine.core.store import Moment
from engine.letters import texts

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

GRANTED = (
    ("handler", "own", False),
    ("head", "department", False),
    ("project_manager", "community", True),
    ("region_quality", "region", True),
    ("headquarters", "company", True),
    ("analyst", "company", True),
    ("assessor", "company", False),
    ("process_owner", "company", False),
)
"""Role, scope, and whether it may look at once; a company can change that."""

NEW_TEXTS = ("warning_reminder", "patrol_now", "warning_late")
TEMPLATES = sa.table("templates", *(sa.column(name) for name in ("code", "language", "name", "subject", "text")))
PERMISSIONS = sa.table("permissions", *(sa.column(name) for name in ("role", "act", "scope")))


def upgrade() -> None:
    op.create_table(
        "warnings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("number", sa.String(60), nullable=False, unique=True),
        sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), nullable=True, unique=True),
        sa.Column("community_id", sa.Integer, sa.ForeignKey("places.id"), nullable=False),
        sa.Column("category", sa.String(8), nullable=False),
        sa.Column("week", sa.Date, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Double, nullable=False) for name in ("usual", "chance", "by_chance")),
        *(sa.Column(name, sa.JSON, nullable=False) for name in ("chart", "hours")),
        sa.Column("opened_at", Moment, nullable=False),
        sa.Column("stage", sa.String(10), nullable=False),
        sa.Column("repeats", sa.Integer, nullable=False),
        sa.Column("repeated_week", sa.Date, nullable=True),
        sa.Column("patrolled_at", Moment, nullable=True),
        *(sa.Column(name, sa.Boolean, nullable=True) for name in ("found", "followed", "hit")),
        sa.Column("settled_at", Moment, nullable=True),
        sa.Column("result", sa.String(20), nullable=True),
        sa.Column("improvement_id", sa.Integer, sa.ForeignKey("improvements.id"), nullable=True),
        sa.Column("ended_at", Moment, nullable=True),
        sa.UniqueConstraint("community_id", "category", "week"),
    )
    op.create_index("ix_warnings_opened_at", "warnings", ["opened_at", "community_id"])
    op.create_index("ix_warnings_community_id_opened_at", "warnings", ["community_id", "opened_at"])
    unsettled = sa.text("settled_at is null")
    op.create_index(
        "ix_warnings_unsettled", "warnings", ["opened_at"], sqlite_where=unsettled, postgresql_where=unsettled
    )
    op.create_table(
        "warning_looks",
        sa.Column("week", sa.Date, primary_key=True),
        sa.Column("at", Moment, nullable=False),
        sa.Column("by_id", sa.Integer, sa.ForeignKey("people.id"), nullable=True),
        *(
            sa.Column(name, sa.Integer, nullable=False)
            for name in ("charts", "signals", "opened", "repeated", "left_out")
        ),
    )
    _permit()
    if op.get_bind().scalar(sa.select(sa.func.count()).select_from(TEMPLATES)):
        op.bulk_insert(TEMPLATES, [_text(code, language) for code in NEW_TEXTS for language in ("zh", "en")])


def _permit() -> None:
    known = {(role, act) for role, act in op.get_bind().execute(sa.select(PERMISSIONS.c.role, PERMISSIONS.c.act))}
    wanted = [(role, "warning.see", scope) for role, scope, _ in GRANTED]
    wanted += [(role, "warning.act", scope) for role, scope, acts in GRANTED if acts]
    fresh = [each for each in wanted if each[:2] not in known]
    if known and fresh:  # a company that begins now gets the defaults
        op.bulk_insert(PERMISSIONS, [{"role": role, "act": act, "scope": scope} for role, act, scope in fresh])


def _text(code: str, language: str) -> dict[str, str]:
    known = texts.shipped()[code]
    return {"code": code, "language": language, "name": known["name"][language], **known[language]}


def downgrade() -> None:
    op.execute(TEMPLATES.delete().where(TEMPLATES.c.code.in_(NEW_TEXTS)))
    op.execute(PERMISSIONS.delete().where(PERMISSIONS.c.act.in_(("warning.see", "warning.act"))))
    op.drop_table("warning_looks")
    op.drop_table("warnings")
