"""Danger patterns in place of bare words; a complaint in which danger is to be confirmed by the desk

A word that the company had added becomes a pattern of its own. A word of ours that it had dropped is left out of ours.
"""

import sqlalchemy as sa
from alembic import op

from engine.complaints.intake import danger_patterns, danger_reading

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None

OURS = [
    *(
        "电梯困人",
        "困在电梯",
        "被困电梯",
        "关在电梯",
        "电梯坠落",
        "燃气泄漏",
        "煤气泄漏",
        "燃气味",
        "煤气味",
        "起火",
        "着火",
        "冒烟",
    ),
    *(
        "火灾",
        "爆炸",
        "触电",
        "漏电",
        "坍塌",
        "倒塌",
        "坠落",
        "落水",
        "溺水",
        "晕倒",
        "昏迷",
        "救命",
        "流血",
        "受伤",
        "持刀",
        "打人",
    ),
    *("trapped in the lift", "trapped in the elevator", "stuck in the lift", "stuck in the elevator", "gas leak"),
    *("smell of gas", "on fire", "smoke", "explosion", "electric shock", "collapsed", "unconscious", "bleeding"),
    *("injured", "drowning"),
]
"""The words that every company began with."""

FIELDS = ("kind", "name", "name_en", "who", "what")
TABLE = sa.table("danger_patterns", *(sa.column(name, sa.String()) for name in FIELDS))


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
        op.bulk_insert(TABLE, [*_ours(set(OURS) - set(had)), *_theirs([word for word in had if word not in OURS])])
    op.drop_table("danger_words")


def _ours(dropped: set[str]) -> list[dict[str, str]]:
    rows = [{name: getattr(each, name) for name in FIELDS} for each in danger_patterns.shipped()]
    for row in rows:
        if row["kind"] == danger_reading.DANGER:
            row["what"] = "、".join(word for word in danger_reading.words(row["what"]) if word not in dropped)
    return [row for row in rows if row["what"]]


def _theirs(added: list[str]) -> list[dict[str, str]]:
    return [{"kind": danger_reading.DANGER, "name": word, "name_en": "", "who": "", "what": word} for word in added]


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
        op.bulk_insert(words, [{"word": word} for word in OURS])
    op.drop_table("danger_patterns")
    op.drop_column("complaints", "danger_doubt")  # not by a batch: that would take the table's triggers with it
