"""Cases of any process have an owner, and begin by people, timers and messages, as their start events say."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

from engine.core.store import Moment
from engine.letters import texts

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ACTS = {
    "complaint.see": "request.see",
    "complaint.see_phone": "request.see_phone",
    "complaint.export": "request.export",
}
"""Whoever may do the former with complaints may do the latter with requests."""

NEW_TEXTS = ("request_receipt", "request_asks", "request_news", "request_result")
TEMPLATES = sa.table("templates", *(sa.column(name) for name in ("code", "language", "name", "subject", "text")))
PERMISSIONS = sa.table("permissions", *(sa.column(name) for name in ("role", "act", "scope")))
VERSIONS = sa.table("versions", *(sa.column(name) for name in ("process", "name", "name_en")))


def upgrade() -> None:
    _start_events()
    _requests()
    with op.batch_alter_table("files") as files:
        files.add_column(sa.Column("request_id", sa.Integer, nullable=True))
        files.create_index("ix_files_request_id", ["request_id"])
    for old, new in ACTS.items():
        there = PERMISSIONS.alias()
        same = (there.c.act == new, there.c.role == PERMISSIONS.c.role, there.c.scope == PERMISSIONS.c.scope)
        asked = sa.select(PERMISSIONS.c.role, sa.literal(new), PERMISSIONS.c.scope).where(
            PERMISSIONS.c.act == old, ~sa.exists().where(*same)
        )
        op.execute(PERMISSIONS.insert().from_select(["role", "act", "scope"], asked))
    op.execute(VERSIONS.update().where(VERSIONS.c.name == "").values(name=VERSIONS.c.process))
    op.execute(VERSIONS.update().where(VERSIONS.c.name_en == "").values(name_en=VERSIONS.c.process))
    if op.get_bind().scalar(sa.text("select count(*) from templates")):  # a company that began before
        op.bulk_insert(TEMPLATES, [_text(code, language) for code in NEW_TEXTS for language in ("zh", "en")])


def _start_events() -> None:
    op.create_table(
        "start_events",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("process", sa.String(80), nullable=False, index=True),
        sa.Column("version_id", sa.Integer, sa.ForeignKey("versions.id"), nullable=False),
        sa.Column("element", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("form", sa.String(80), nullable=False),
        sa.Column("started_by", sa.JSON, nullable=False),
        sa.Column("expression", sa.Text, nullable=False),
        sa.Column("for_each", sa.String(12), nullable=False),
        _moment("due_at", nullable=True, index=True),
        sa.Column("left", sa.Integer, nullable=True),
        sa.Column("reached", sa.Integer, nullable=True),
        _moment("last_at", nullable=True),
        sa.Column("last_started", sa.Integer, nullable=False),
    )
    op.create_index("ix_start_events_kind_name", "start_events", ["kind", "name"])
    op.create_table(
        "opened_processes",
        sa.Column("process", sa.String(80), primary_key=True),
        _moment("opened_at"),
        sa.Column("by_id", sa.Integer, sa.ForeignKey("people.id"), nullable=True),
    )


def _requests() -> None:
    op.create_table(
        "requests",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("number", sa.String(60), nullable=False, unique=True),
        sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), nullable=True, unique=True),
        sa.Column("process", sa.String(80), nullable=False),
        sa.Column("community_id", sa.Integer, sa.ForeignKey("places.id"), nullable=False),
        sa.Column("household_id", sa.Integer, sa.ForeignKey("households.id"), nullable=True, index=True),
        sa.Column("origin", sa.String(10), nullable=False),
        _moment("started_at", index=True),
        sa.Column("started_by_id", sa.Integer, sa.ForeignKey("people.id"), nullable=True, index=True),
        sa.Column("from_case_id", sa.Integer, sa.ForeignKey("cases.id"), nullable=True, index=True),
        sa.Column("sent_as", sa.String(64), nullable=True, unique=True),
        sa.Column("secret_hash", sa.String(64), nullable=False, index=True),
        sa.Column("link_turn", sa.Integer, nullable=False),
        _moment("ended_at", nullable=True, index=True),
    )
    op.create_index("ix_requests_community_id_started_at", "requests", ["community_id", "started_at"])
    op.create_index("ix_requests_process_started_at", "requests", ["process", "started_at"])
    still_open = sa.text("ended_at is null")
    op.create_index(
        "ix_requests_open_started_at",
        "requests",
        ["started_at", "community_id", "process"],
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.create_table(
        "request_contacts",
        sa.Column("request_id", sa.Integer, sa.ForeignKey("requests.id"), primary_key=True),
        sa.Column("person_name", sa.String(60), nullable=False),
        sa.Column("phone", sa.String(30), nullable=False),
        sa.Column("phone_hash", sa.String(64), nullable=False, index=True),
        sa.Column("mail", sa.String(254), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("place_text", sa.String(200), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("answers", sa.JSON, nullable=False),
    )


def _moment(name: str, *, nullable: bool = False, index: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, Moment(timezone=True), nullable=nullable, index=index)


def _text(code: str, language: str) -> dict[str, str]:
    known = texts.shipped()[code]
    return {"code": code, "language": language, "name": known["name"][language], **known[language]}


def downgrade() -> None:
    op.execute(TEMPLATES.delete().where(TEMPLATES.c.code.in_(NEW_TEXTS)))
    op.execute(PERMISSIONS.delete().where(PERMISSIONS.c.act.in_(ACTS.values())))
    with op.batch_alter_table("files") as files:
        files.drop_index("ix_files_request_id")
        files.drop_column("request_id")
    for name in ("request_contacts", "requests", "opened_processes", "start_events"):
        op.drop_table(name)
