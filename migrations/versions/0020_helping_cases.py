"""Who may help cases and move them to another version: the defaults, for companies that began before."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None

ACTS = ("case.help", "case.move")
ROLES = ("process_owner", "administrator")
PERMISSIONS = sa.table("permissions", *(sa.column(name) for name in ("role", "act", "scope")))


def upgrade() -> None:
    if op.get_bind().scalar(sa.text("select count(*) from permissions")):
        rows = [{"role": role, "act": act, "scope": "company"} for role in ROLES for act in ACTS]
        op.bulk_insert(PERMISSIONS, rows)


def downgrade() -> None:
    op.execute(PERMISSIONS.delete().where(PERMISSIONS.c.act.in_(ACTS)))
