"""The index over the words of complaints"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session

from engine.complaints.lists import word_index

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in word_index.SQLITE if sqlite else word_index.POSTGRESQL:
        op.execute(sa.DDL(statement))
    with Session(op.get_bind()) as session:
        word_index.rebuild(session)
        session.flush()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change in ("added", "changed", "removed"):
            op.execute(f"drop trigger complaint_index_{change}")
        op.execute("drop table complaint_index")
    else:
        op.execute("drop index complaint_index")
