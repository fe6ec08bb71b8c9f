"""What improvements aim at and what was measured of it, computed; figures typed in so far are kept aside."""

import sqlalchemy as sa
from alembic import op

from engine.core.store import Moment
from engine.letters import texts

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

FIGURE = sa.Numeric(14, 4)
TYPED = ("measure", "baseline", "target", "measured", "lower_is_better")
NEW_TEXTS = (
    "improvement_standard",
    "improvement_reminder",
    "improvement_late",
    "improvement_faded",
    "improvement_given_up",
)
SEEN = sa.text(
    "update improvements set answers_seen = coalesce((select max(answers.id) from answers join tasks on"
    " tasks.id = answers.task_id where tasks.case_id = improvements.case_id), 0)"
)
"""What was answered so far was taken over as it was answered."""

IMPROVEMENTS = sa.table(
    "improvements", sa.column("id"), *(sa.column(name) for name in TYPED), sa.column("typed", sa.JSON)
)
TEMPLATES = sa.table("templates", *(sa.column(name) for name in ("code", "language", "name", "subject", "text")))


def upgrade() -> None:
    with op.batch_alter_table("improvements") as table:
        table.add_column(sa.Column("origin", sa.String(20), nullable=False, server_default="person"))
        table.add_column(sa.Column("parent_id", sa.Integer, nullable=True))
        table.add_column(sa.Column("verdict", sa.String(20), nullable=True))
        table.add_column(sa.Column("standard_at", Moment, nullable=True))
        table.add_column(sa.Column("typed", sa.JSON, nullable=True))
        table.add_column(sa.Column("answers_seen", sa.Integer, nullable=False, server_default="0"))
        table.create_foreign_key("fk_improvements_parent_id", "improvements", ["parent_id"], ["id"])
        table.create_index("ix_improvements_parent_id", ["parent_id"])
    _put_aside()
    op.execute(SEEN)
    with op.batch_alter_table("improvements") as table:
        for name in ("origin", "answers_seen"):
            table.alter_column(name, server_default=None)
        for name in TYPED:
            table.drop_column(name)
    with op.batch_alter_table("improvement_actions") as table:
        table.add_column(sa.Column("evidence", sa.Text, nullable=True))
        table.add_column(sa.Column("cost", sa.Integer, nullable=True))
        table.add_column(sa.Column("turn", sa.Integer, nullable=True))
    _goals()
    if op.get_bind().scalar(sa.select(sa.func.count()).select_from(TEMPLATES)):
        op.bulk_insert(TEMPLATES, [_text(code, language) for code in NEW_TEXTS for language in ("zh", "en")])


def _put_aside() -> None:
    bind = op.get_bind()
    for row in bind.execute(sa.select(IMPROVEMENTS)).mappings().all():
        figures = {name: float(row[name]) for name in ("baseline", "target", "measured") if row[name] is not None}
        if figures:
            typed = {**figures, "measure": row["measure"], "lower_is_better": bool(row["lower_is_better"])}
            bind.execute(IMPROVEMENTS.update().where(IMPROVEMENTS.c.id == row["id"]).values(typed=typed))


def _goals() -> None:
    op.create_table(
        "improvement_goals",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("improvement_id", sa.Integer, sa.ForeignKey("improvements.id"), nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("measure", sa.String(40), nullable=False),
        sa.Column("category", sa.String(8), nullable=False),
        sa.Column("building", sa.String(40), nullable=False),
        sa.Column("hours", sa.String(10), nullable=False),
        sa.Column("hoped", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Date, nullable=True) for name in ("baseline_since", "baseline_until")),
        sa.Column("baseline", sa.JSON, nullable=True),
        sa.Column("weeks", sa.Integer, nullable=True),
        sa.Column("power", sa.Double, nullable=True),
        *(sa.Column(name, sa.Date, nullable=True) for name in ("changed_on", "check_on")),
        sa.UniqueConstraint("improvement_id", "round"),
    )
    op.create_table(
        "improvement_results",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("goal_id", sa.Integer, sa.ForeignKey("improvement_goals.id"), nullable=False),
        sa.Column("again", sa.Integer, nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("until", sa.Date, nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("lasting", sa.Boolean, nullable=True),
        sa.Column("figures", sa.JSON, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.UniqueConstraint("goal_id", "again"),
    )


def _text(code: str, language: str) -> dict[str, str]:
    known = texts.shipped()[code]
    return {"code": code, "language": language, "name": known["name"][language], **known[language]}


def downgrade() -> None:
    op.execute(TEMPLATES.delete().where(TEMPLATES.c.code.in_(NEW_TEXTS)))
    op.drop_table("improvement_results")
    op.drop_table("improvement_goals")
    with op.batch_alter_table("improvement_actions") as table:
        for name in ("turn", "cost", "evidence"):
            table.drop_column(name)
    with op.batch_alter_table("improvements") as table:
        table.add_column(sa.Column("measure", sa.String(20), nullable=True))
        table.add_column(sa.Column("lower_is_better", sa.Boolean, nullable=False, server_default=sa.true()))
        for name in ("baseline", "target", "measured"):
            table.add_column(sa.Column(name, FIGURE, nullable=True))
    bind = op.get_bind()
    for row in bind.execute(sa.select(IMPROVEMENTS).where(IMPROVEMENTS.c.typed.is_not(None))).mappings().all():
        bind.execute(IMPROVEMENTS.update().where(IMPROVEMENTS.c.id == row["id"]).values(**(row["typed"] or {})))
    with op.batch_alter_table("improvements") as table:
        table.alter_column("lower_is_better", server_default=None)
        table.drop_index("ix_improvements_parent_id")
        table.drop_constraint("fk_improvements_parent_id", type_="foreignkey")
        for name in ("answers_seen", "typed", "standard_at", "verdict", "parent_id", "origin"):
            table.drop_column(name)
