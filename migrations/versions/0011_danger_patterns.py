"""Danger patterns in place of bare words; a complaint in which danger is to be confirmed by the desk"""

import sqlalchemy as sa
from alembic import op

from engine.complaints.intake import before_patterns

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLE = sa.table(
    "danger_patterns", *(sa.column(name, sa.String()) for name in ("kind", "name", "name_en", "who", "what"))
)


def upgrade() -> None:
    op.add_column("complaints", sa.Column("danger_doubt", sa.String(10), server_default="", nullable=False))
    op.create_table(
        "danger_patterns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("name_en", sa.String(60), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("retired", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_danger_patterns")),
    )
    had = list(op.get_bind().scalars(sa.text("select word from danger_words order by id")))
    if had:
        op.bulk_insert(TABLE, before_patterns.patterns(had))
    op.drop_table("danger_words")


def downgrade() -> None:
    op.create_table(
        "danger_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_danger_words")),
        sa.UniqueConstraint("word", name=op.f("uq_danger_words_word")),
    )
    if op.get_bind().scalar(sa.text("select count(*) from danger_patterns")):
        words = sa.table("danger_words", sa.column("word", sa.String()))
        op.bulk_insert(words, [{"word": word} for word in before_patterns.OURS])
    op.drop_table("danger_patterns")
    op.drop_column("complaints", "danger_doubt")  # not by a batch: that would take the table's triggers with it
