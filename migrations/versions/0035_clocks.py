"""How late timers fired, and who may see and move them."""

import sqlalchemy as sa
from alembic import op

from engine.core.store import Moment

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

GRANTED = (
    ("project_manager", "community", True),
    ("region_quality", "region", True),
    ("headquarters", "company", True),
    ("analyst", "company", False),
    ("assessor", "company", False),
    ("process_owner", "company", True),
)
"""Role, scope, and whether it may move timers; a company can change that."""

SEE, MOVE = "timer.see", "timer.move"
PERMISSIONS = sa.table("permissions", *(sa.column(name) for name in ("role", "act", "scope")))


def upgrade() -> None:
    op.create_table(
        "timer_firings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", Moment, nullable=False),
        sa.Column("late", sa.Double, nullable=False),
    )
    op.create_index("ix_timer_firings_at", "timer_firings", ["at"])
    known = {tuple(row) for row in op.get_bind().execute(sa.select(PERMISSIONS.c.role, PERMISSIONS.c.act))}
    wanted = [(role, SEE, scope) for role, scope, _ in GRANTED]
    wanted += [(role, MOVE, scope) for role, scope, may in GRANTED if may]
    fresh = [each for each in wanted if each[:2] not in known]
    if known and fresh:  # a company that begins now gets the defaults
        op.bulk_insert(PERMISSIONS, [{"role": role, "act": act, "scope": scope} for role, act, scope in fresh])


def downgrade() -> None:
    op.execute(PERMISSIONS.delete().where(PERMISSIONS.c.act.in_((SEE, MOVE))))
    op.drop_table("timer_firings")
