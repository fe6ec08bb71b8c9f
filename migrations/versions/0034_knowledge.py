"""Articles of knowledge, their versions, who is to read them and who has."""

import sqlalchemy as sa
from alembic import op

from engine.core.store import Moment

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

GRANTED = (
    ("agent", "community", False),
    ("dispatcher", "community", False),
    ("handler", "community", False),
    ("head", "community", False),
    ("project_manager", "community", True),
    ("callback", "community", False),
    ("region_quality", "region", True),
    ("headquarters", "company", True),
    ("analyst", "company", True),
    ("lawyer", "company", False),
    ("counsellor", "company", False),
    ("assessor", "company", False),
    ("process_owner", "company", True),
)
"""Role, scope, and whether it may write; a company can change that."""

SEE, EDIT = "knowledge.see", "knowledge.edit"
PERMISSIONS = sa.table("permissions", *(sa.column(name) for name in ("role", "act", "scope")))


def upgrade() -> None:
    op.create_table(
        "articles",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("title", sa.String(200), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("situation", "to_do")),
        sa.Column("category", sa.String(8), nullable=False),
        sa.Column("community_id", sa.Integer, sa.ForeignKey("places.id"), nullable=True),
        sa.Column("improvement_id", sa.Integer, sa.ForeignKey("improvements.id"), nullable=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.Column("retired_at", Moment, nullable=True),
    )
    op.create_index("ix_articles_category", "articles", ["category", "community_id"])
    op.create_index("ix_articles_improvement_id", "articles", ["improvement_id"])
    op.create_table(
        "article_versions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("situation", "to_do")),
        sa.Column("why", sa.String(400), nullable=False),
        sa.Column("by_id", sa.Integer, sa.ForeignKey("people.id"), nullable=True),
        sa.Column("at", Moment, nullable=False),
        sa.UniqueConstraint("article_id", "version"),
    )
    op.create_table(
        "article_trainings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), nullable=False),
        sa.Column("place_id", sa.Integer, sa.ForeignKey("places.id"), nullable=False),
        sa.Column("role", sa.String(30), nullable=False),
        sa.Column("until", sa.Date, nullable=False),
        sa.Column("by_id", sa.Integer, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.UniqueConstraint("article_id", "place_id", "role"),
    )
    op.create_table(
        "article_readings",
        sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("at", Moment, nullable=False),
    )
    _permit()


def _permit() -> None:
    known = {tuple(row) for row in op.get_bind().execute(sa.select(PERMISSIONS.c.role, PERMISSIONS.c.act))}
    wanted = [(role, SEE, scope) for role, scope, _ in GRANTED]
    wanted += [(role, EDIT, scope) for role, scope, may in GRANTED if may]
    fresh = [each for each in wanted if each[:2] not in known]
    if known and fresh:  # a company that begins now gets the defaults
        op.bulk_insert(PERMISSIONS, [{"role": role, "act": act, "scope": scope} for role, act, scope in fresh])


def downgrade() -> None:
    op.execute(PERMISSIONS.delete().where(PERMISSIONS.c.act.in_((SEE, EDIT))))
    for table in ("article_readings", "article_trainings", "article_versions", "articles"):
        op.drop_table(table)
