"""Links that can be replaced, log-ins that end on the server, and what was refused at the door."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0009"
branch_labels = None
depends_on = None

LETTERS = sa.table("letters", sa.column("id"), sa.column("to_kind"), sa.column("facts", sa.JSON()))


def upgrade() -> None:
    op.add_column("complaints", sa.Column("link_turn", sa.Integer, nullable=False, server_default=sa.text("0")))
    _forget_links()


def _forget_links() -> None:
    """Letters that wait held their resident's link; it is looked up when they are sent now."""
    connection = op.get_bind()
    mine = sa.select(LETTERS.c.id, LETTERS.c.facts).where(LETTERS.c.to_kind == "complaint")
    for letter, facts in connection.execute(mine.where(sa.cast(LETTERS.c.facts, sa.Text).contains("/c/"))).all():
        kept = {name: value for name, value in (json.loads(facts) if isinstance(facts, str) else facts).items() if name != "link"}
        connection.execute(sa.update(LETTERS).where(LETTERS.c.id == letter).values(facts=kept))


def downgrade() -> None:
    with op.batch_alter_table("complaints") as complaints:
        complaints.drop_column("link_turn")
