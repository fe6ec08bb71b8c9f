"""Letters to the staff wait while people are off duty, and those that tell the same thing are joined."""

import sqlalchemy as sa
from alembic import op

from engine.core.store import Moment

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("letters", sa.Column("about", sa.String(32), nullable=False, server_default=""))
    op.add_column("letters", sa.Column("held_for", sa.String(8), nullable=True))
    op.add_column("letters", sa.Column("held_until", Moment(timezone=True), nullable=True))
    op.add_column("letters", sa.Column("reader_id", sa.Integer, nullable=True))
    op.add_column("letters", sa.Column("tried_at", Moment(timezone=True), nullable=True))
    op.add_column("letters", sa.Column("together", sa.Integer, nullable=True))
    letters = sa.table("letters", sa.column("id", sa.Integer), sa.column("about"), sa.column("due_at"))
    waiting = sa.update(letters).where(letters.c.due_at.is_not(None))
    op.execute(waiting.values(about=sa.cast(letters.c.id, sa.String)))  # of those nobody knows what they are about
    _index("ix_letters_to_ref_due_at", ["to_ref", "due_at"], "due_at is not null")
    op.create_index("ix_letters_reader_id_tried_at", "letters", ["reader_id", "tried_at"])
    _index("ix_letters_joined_created_at", ["created_at"], "together > 1")
    minutes = ("begins", "ends", "earliest", "latest", "apart", "few")
    op.create_table(
        "letter_rules",
        sa.Column("id", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.Integer, nullable=False) for name in minutes),
        sa.Column("free_days", sa.Boolean, nullable=False),
    )
    op.create_table(
        "disturbing_letters",
        sa.Column("template", sa.String(40), primary_key=True),
        sa.Column("disturbs", sa.Boolean, nullable=False),
    )
    op.create_table(
        "own_quiet_hours",
        sa.Column("person_id", sa.Integer, sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("always", sa.Boolean, nullable=False),
        sa.Column("begins", sa.Integer, nullable=True),
        sa.Column("ends", sa.Integer, nullable=True),
    )


def _index(name: str, columns: list[str], only: str) -> None:
    op.create_index(name, "letters", columns, sqlite_where=sa.text(only), postgresql_where=sa.text(only))


def downgrade() -> None:
    for table in ("own_quiet_hours", "disturbing_letters", "letter_rules"):
        op.drop_table(table)
    for name in ("ix_letters_joined_created_at", "ix_letters_reader_id_tried_at", "ix_letters_to_ref_due_at"):
        op.drop_index(name, "letters")
    for name in ("together", "tried_at", "reader_id", "held_until", "held_for", "about"):
        op.drop_column("letters", name)
