"""Baselines that stay until somebody moves them, and links to the screen in the hall."""

import sqlalchemy as sa
from alembic import op

from engine.core.store import Moment

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

PERMISSIONS = sa.table("permissions", *(sa.column(name) for name in ("role", "act", "scope")))
ACT = "figures.baseline"
ROLES = ("headquarters", "analyst")


def upgrade() -> None:
    op.create_table(
        "baselines",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("measure", sa.String(30), nullable=False),
        sa.Column("cut", sa.String(200), nullable=False),
        sa.Column("step", sa.String(8), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("until", sa.Date, nullable=False),
        *(sa.Column(name, sa.Double, nullable=False) for name in ("centre", "spread", "widest", "count", "size")),
        sa.Column("points", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by_id", sa.Integer, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("at", Moment, nullable=False),
    )
    op.create_index("ix_baselines_measure_cut", "baselines", ["measure", "cut", "step"])
    op.create_table(
        "wall_links",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("place_id", sa.Integer, sa.ForeignKey("places.id"), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("by_id", sa.Integer, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("withdrawn_at", Moment, nullable=True),
    )
    held = set(op.get_bind().scalars(sa.select(PERMISSIONS.c.role).where(PERMISSIONS.c.act == "complaint.see")))
    rows = [{"role": role, "act": ACT, "scope": "company"} for role in ROLES if role in held]
    if rows:
        op.bulk_insert(PERMISSIONS, rows)


def downgrade() -> None:
    op.execute(PERMISSIONS.delete().where(PERMISSIONS.c.act == ACT))
    for table in ("wall_links", "baselines"):
        op.drop_table(table)
