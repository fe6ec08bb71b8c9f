"""A letter says what happened to it, and each way of sending says whether it works.

What was "sent" to the log alone reached nobody.
"""

import sqlalchemy as sa
from alembic import op

from engine.core.store import Moment

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("letters", sa.Column("state", sa.String(12), nullable=False, server_default="waiting"))
    op.add_column("letters", sa.Column("mail_id", sa.String(40), nullable=True))
    op.add_column("letters", sa.Column("told_at", Moment(timezone=True), nullable=True))
    names = ("state", "way", "sent_at", "due_at", "error")
    letters = sa.table("letters", *(sa.column(name) for name in names))
    sent, given_up = letters.c.sent_at.is_not(None), letters.c.sent_at.is_(None) & letters.c.due_at.is_(None)
    state = sa.case(
        (sent & (letters.c.way == "log"), "logged"), (sent, "handed_over"), (given_up, "given_up"), else_="waiting"
    )
    op.execute(sa.update(letters).values(state=state))
    op.create_index("ix_letters_state_created_at", "letters", ["state", "created_at"])
    op.create_index("ix_letters_mail_id", "letters", ["mail_id"])
    op.create_table(
        "ways_out",
        sa.Column("name", sa.String(20), primary_key=True),
        sa.Column("tried_at", Moment(timezone=True), nullable=False),
        sa.Column("sent_at", Moment(timezone=True), nullable=True),
        sa.Column("failing_since", Moment(timezone=True), nullable=True),
        sa.Column("logged_at", Moment(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("ways_out")
    op.drop_index("ix_letters_mail_id", "letters")
    op.drop_index("ix_letters_state_created_at", "letters")
    for name in ("told_at", "mail_id", "state"):
        op.drop_column("letters", name)
