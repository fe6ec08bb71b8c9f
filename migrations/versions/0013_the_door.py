"""Links that can be replaced, log-ins that end on the server, and what was refused at the door."""

import json

import sqlalchemy as sa
from alembic import op

from engine.core.words import kept

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

COMPLAINTS = sa.table("complaints", *(sa.column(name) for name in ("id", "text", "wish", "place_text")))
LETTERS = sa.table("letters", sa.column("id"), sa.column("to_kind"), sa.column("facts", sa.JSON()))


def upgrade() -> None:
    op.add_column("complaints", sa.Column("link_turn", sa.Integer, nullable=False, server_default=sa.text("0")))
    _forget_links()
    _blank_links()
    _log_ins()
    op.drop_column("people", "session_key")


def _log_ins() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "log_ins",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("address", sa.String(60), nullable=False),
        sa.Column("began_at", moment, nullable=False),
        sa.Column("ends_at", moment, nullable=False),
        sa.Column("ended_at", moment),
        sa.Column("ended_how", sa.String(12)),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_log_ins_person_id", "log_ins", ["person_id"])
    op.create_index("ix_log_ins_began_at", "log_ins", ["began_at"])
    op.create_table(
        "refused_log_ins",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("hour", moment, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("people.id")),
        sa.Column("address", sa.String(60), nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("last_at", moment, nullable=False),
    )
    op.create_index("ix_refused_log_ins_hour_kind", "refused_log_ins", ["hour", "kind"])
    op.create_index("ix_refused_log_ins_person_id", "refused_log_ins", ["person_id"])


def _blank_links() -> None:
    """Complaints that quote a letter of ours: what it opens is for the resident alone."""
    connection = op.get_bind()
    words = [COMPLAINTS.c.text, COMPLAINTS.c.wish, COMPLAINTS.c.place_text]
    mine = sa.select(COMPLAINTS.c.id, *words).where(sa.or_(*(each.contains("/c/") for each in words)))
    for complaint, *said in connection.execute(mine).all():
        fresh = {column.name: kept(text) for column, text in zip(words, said, strict=True)}
        connection.execute(sa.update(COMPLAINTS).where(COMPLAINTS.c.id == complaint).values(fresh))


def _forget_links() -> None:
    """Letters that wait held their resident's link; it is looked up when they are sent now."""
    connection = op.get_bind()
    mine = sa.select(LETTERS.c.id, LETTERS.c.facts).where(LETTERS.c.to_kind == "complaint")
    for letter, facts in connection.execute(mine.where(sa.cast(LETTERS.c.facts, sa.Text).contains("/c/"))).all():
        kept = {
            name: value
            for name, value in (json.loads(facts) if isinstance(facts, str) else facts).items()
            if name != "link"
        }
        connection.execute(sa.update(LETTERS).where(LETTERS.c.id == letter).values(facts=kept))


def downgrade() -> None:
    op.drop_table("refused_log_ins")
    op.drop_table("log_ins")
    # Everybody has to log in again.
    op.add_column("people", sa.Column("session_key", sa.String(32), nullable=False, server_default=""))
    with op.batch_alter_table("complaints") as complaints:
        complaints.drop_column("link_turn")
