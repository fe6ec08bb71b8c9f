"""Alarms with the people they call, browsers that take messages, and emergencies that nobody has confirmed."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

from engine.core import master_data
from engine.core.store import Moment
from engine.letters import texts

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

COUNTED = ("alarms", "alarm_calls")
NEW_TEXTS = ("alarm", "push_try")
TEMPLATES = sa.table("templates", *(sa.column(name) for name in ("code", "language", "name", "subject", "text")))


def upgrade() -> None:
    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), nullable=False, index=True),
        sa.Column("task_id", sa.Integer, sa.ForeignKey("tasks.id"), nullable=False, unique=True),
        _moment("raised_at"),
        *(_moment(name, nullable=True) for name in ("arrive_by", "due_at", "going_at", "ended_at")),
        sa.Column("stage", sa.Integer, nullable=False),
        sa.Column("rings", sa.Integer, nullable=False),
        sa.Column("going_id", sa.Integer, sa.ForeignKey("people.id")),
        sa.Column("done", sa.Boolean, nullable=False),
    )
    _partial("ix_alarms_due_at", "due_at", "due_at is not null")
    _partial("ix_alarms_running", "ended_at", "ended_at is null")
    op.create_table(
        "alarm_calls",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("alarm_id", sa.Integer, sa.ForeignKey("alarms.id"), nullable=False),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("people.id"), nullable=False, index=True),
        sa.Column("stage", sa.Integer, nullable=False),
        *(_moment(name) for name in ("first_at", "last_at")),
        sa.Column("times", sa.Integer, nullable=False),
        _moment("seen_at", nullable=True),
        sa.UniqueConstraint("alarm_id", "person_id"),
    )
    op.create_table(
        "browsers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("people.id"), nullable=False, index=True),
        sa.Column("fingerprint", sa.String(64), nullable=False, unique=True),
        sa.Column("endpoint", sa.Text, nullable=False),
        sa.Column("p256dh", sa.String(120), nullable=False),
        sa.Column("auth", sa.String(60), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        _moment("added_at"),
    )
    for statement in master_data.triggers(op.get_bind().dialect.name, COUNTED):
        op.execute(sa.DDL(statement))
    if op.get_bind().scalar(sa.text("select count(*) from templates")):  # a company that began before
        op.bulk_insert(TEMPLATES, [_text(code, language) for code in NEW_TEXTS for language in ("zh", "en")])


def _text(code: str, language: str) -> dict[str, str]:
    known = texts.shipped()[code]
    return {"code": code, "language": language, "name": known["name"][language], **known[language]}


def downgrade() -> None:
    op.execute(TEMPLATES.delete().where(TEMPLATES.c.code.in_(NEW_TEXTS)))
    for name in ("browsers", "alarm_calls", "alarms"):
        op.drop_table(name)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, Moment(timezone=True), nullable=nullable)


def _partial(name: str, column: str, where: str) -> None:
    op.create_index(name, "alarms", [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
