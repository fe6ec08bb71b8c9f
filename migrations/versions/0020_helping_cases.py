"""Who may help cases and move them to another version: the defaults, for companies that began before."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ACTS = ("case.help", "case.move")
ROLES = ("process_owner", "administrator")
PERMISSIONS = sa.table("permissions", *(sa.column(name) for name in ("role", "act", "scope")))


def upgrade() -> None:
    known = {(role, act) for role, act in op.get_bind().execute(sa.select(PERMISSIONS.c.role, PERMISSIONS.c.act))}
    fresh = [(role, act) for role in ROLES for act in ACTS if (role, act) not in known]
    if known and fresh:  # a company that begins now gets the defaults
        op.bulk_insert(PERMISSIONS, [{"role": role, "act": act, "scope": "company"} for role, act in fresh])


def downgrade() -> None:
    op.execute(PERMISSIONS.delete().where(PERMISSIONS.c.act.in_(ACTS)))
