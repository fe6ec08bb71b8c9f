"""A working day"""

import sqlalchemy as sa
from alembic import op

import engine.core.store
import engine.history.rows

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "department_kinds",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", engine.core.store.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_department_kinds")),
    )
    op.create_table(
        "file_limits",
        sa.Column("sort", sa.String(length=10), nullable=False),
        sa.Column("megabytes", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("sort", name=op.f("pk_file_limits")),
    )
    op.create_table(
        "mailboxes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tried_at", engine.core.store.Moment(timezone=True), nullable=True),
        sa.Column("read_at", engine.core.store.Moment(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailboxes")),
    )
    op.create_table(
        "pause_reasons",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("zh", sa.String(length=40), nullable=False),
        sa.Column("en", sa.String(length=60), nullable=False),
        sa.Column("most_days", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", engine.core.store.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_pause_reasons")),
    )
    op.create_table(
        "phrases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("elements", sa.JSON(), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("title_en", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", engine.core.store.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phrases")),
        sa.UniqueConstraint("code", name=op.f("uq_phrases_code")),
    )
    op.create_table(
        "questions",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("zh", sa.String(length=60), nullable=False),
        sa.Column("en", sa.String(length=80), nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_questions")),
    )
    op.create_table(
        "roles",
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("held_at", sa.JSON(), nullable=False),
        sa.Column("department", sa.String(length=40), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", engine.core.store.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_roles")),
    )
    op.create_table(
        "scale",
        sa.Column("score", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("zh", sa.String(length=30), nullable=False),
        sa.Column("en", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("score", name=op.f("pk_scale")),
    )
    op.create_table(
        "thresholds",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_thresholds")),
    )
    op.create_table(
        "absences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("substitute_id", sa.Integer(), nullable=False),
        sa.Column("since", engine.core.store.Moment(timezone=True), nullable=False),
        sa.Column("until", engine.core.store.Moment(timezone=True), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", engine.core.store.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entered_by_id"], ["people.id"], name=op.f("fk_absences_entered_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_absences_person_id")),
        sa.ForeignKeyConstraint(["substitute_id"], ["people.id"], name=op.f("fk_absences_substitute_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    with op.batch_alter_table("absences", schema=None) as batch_op:
        batch_op.create_index("ix_absences_person_id_until", ["person_id", "until"], unique=False)
        batch_op.create_index("ix_absences_substitute_id_until", ["substitute_id", "until"], unique=False)

    op.create_table(
        "board_texts",
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_board_texts_place_id")),
        sa.PrimaryKeyConstraint("place_id", "code", "language", name=op.f("pk_board_texts")),
    )
    op.create_table(
        "buildings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("floors", sa.Integer(), nullable=False),
        sa.Column("lifts", sa.Integer(), nullable=False),
        sa.Column("retired_at", engine.core.store.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["places.id"], name=op.f("fk_buildings_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_buildings")),
        sa.UniqueConstraint("community_id", "name", name=op.f("uq_buildings_community_id_name")),
    )
    op.create_table(
        "chosen_columns",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("of", sa.String(length=20), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_chosen_columns_person_id")),
        sa.PrimaryKeyConstraint("person_id", "of", name=op.f("pk_chosen_columns")),
    )
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("shape", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", engine.core.store.Moment(timezone=True), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=True),
        sa.Column("open_all", sa.Boolean(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("looked_at", engine.core.store.Moment(timezone=True), nullable=True),
        sa.Column("done_at", engine.core.store.Moment(timezone=True), nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("refused", sa.LargeBinary(), nullable=True),
        sa.Column("ending", sa.String(length=5), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_imports_by_id")),
        sa.ForeignKeyConstraint(["community_id"], ["places.id"], name=op.f("fk_imports_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.create_index("ix_imports_at", ["at"], unique=False)
        batch_op.create_index("ix_imports_kind_shape", ["kind", "shape"], unique=False)
        batch_op.create_index(batch_op.f("ix_imports_sha256"), ["sha256"], unique=False)

    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("of", sa.Integer(), nullable=False),
        sa.Column("asked_at", engine.core.store.Moment(timezone=True), nullable=False),
        sa.Column("started_at", engine.core.store.Moment(timezone=True), nullable=True),
        sa.Column("heard_at", engine.core.store.Moment(timezone=True), nullable=True),
        sa.Column("ended_at", engine.core.store.Moment(timezone=True), nullable=True),
        sa.Column("expires_at", engine.core.store.Moment(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(length=32), nullable=True),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("file", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_jobs_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index("ix_jobs_by_id_id", ["by_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_jobs_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index("ix_jobs_state_id", ["state", "id"], unique=False)

    op.create_table(
        "paper_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("printed_at", engine.core.store.Moment(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_paper_batches_by_id")),
        sa.ForeignKeyConstraint(["community_id"], ["places.id"], name=op.f("fk_paper_batches_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_batches")),
    )
    with op.batch_alter_table("paper_batches", schema=None) as batch_op:
        batch_op.create_index("ix_paper_batches_community_id_printed_at", ["community_id", "printed_at"], unique=False)

    op.create_table(
        "shifts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("removed_at", engine.core.store.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_shifts_person_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_shifts_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
    )
    with op.batch_alter_table("shifts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shifts_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_shifts_place_id_role", ["place_id", "role"], unique=False)

    op.create_table(
        "views",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("query", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_views_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_views")),
        sa.UniqueConstraint("person_id", "page", "name", name=op.f("uq_views_person_id_page_name")),
    )
    op.create_table(
        "comments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", engine.core.store.Moment(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=True),
        sa.Column("changed_at", engine.core.store.Moment(timezone=True), nullable=True),
        sa.Column("deleted_at", engine.core.store.Moment(timezone=True), nullable=True),
        sa.Column("deleted_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_comments_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_comments_case_id")),
        sa.ForeignKeyConstraint(["deleted_by_id"], ["people.id"], name=op.f("fk_comments_deleted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.create_index("ix_comments_case_id_id", ["case_id", "id"], unique=False)

    op.create_table(
        "home_entries",
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_home_entries_household_id")),
        sa.PrimaryKeyConstraint("household_id", "number", name=op.f("pk_home_entries")),
    )
    op.create_table(
        "swaps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_swaps_person_id")),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_swaps_shift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_swaps")),
        sa.UniqueConstraint("shift_id", "day", name=op.f("uq_swaps_shift_id_day")),
    )
    op.create_table(
        "attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("at", engine.core.store.Moment(timezone=True), nullable=False),
        sa.Column("undone_at", engine.core.store.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_attendance_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_attendance_person_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_attendance_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
    )
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.create_index("ix_attendance_case_id", ["case_id"], unique=False)
        batch_op.create_index("ix_attendance_task_id", ["task_id"], unique=False)

    op.create_table(
        "complaint_words",
        sa.Column("complaint_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_complaint_words_complaint_id")),
        sa.PrimaryKeyConstraint("complaint_id", name=op.f("pk_complaint_words")),
    )
    op.create_table(
        "joinings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("follower_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("at", engine.core.store.Moment(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("parted_at", engine.core.store.Moment(timezone=True), nullable=True),
        sa.Column("parted_by_id", sa.Integer(), nullable=True),
        sa.Column("ended", sa.String(length=12), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_joinings_by_id")),
        sa.ForeignKeyConstraint(["follower_id"], ["complaints.id"], name=op.f("fk_joinings_follower_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["complaints.id"], name=op.f("fk_joinings_lead_id")),
        sa.ForeignKeyConstraint(["parted_by_id"], ["people.id"], name=op.f("fk_joinings_parted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joinings")),
    )
    with op.batch_alter_table("joinings", schema=None) as batch_op:
        batch_op.create_index("ix_joinings_follower_id_at", ["follower_id", "at"], unique=False)
        batch_op.create_index("ix_joinings_lead_id_at", ["lead_id", "at"], unique=False)

    op.create_table(
        "mentions",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("seen_at", engine.core.store.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_mentions_comment_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_mentions_person_id")),
        sa.PrimaryKeyConstraint("comment_id", "person_id", name=op.f("pk_mentions")),
    )
    with op.batch_alter_table("mentions", schema=None) as batch_op:
        batch_op.create_index("ix_mentions_person_id_seen_at", ["person_id", "seen_at"], unique=False)

    op.create_table(
        "papers",
        sa.Column("code", sa.String(length=7), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["paper_batches.id"], name=op.f("fk_papers_batch_id")),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_papers_complaint_id")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_papers")),
        sa.UniqueConstraint("complaint_id", name=op.f("uq_papers_complaint_id")),
    )
    with op.batch_alter_table("papers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_papers_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "phrase_uses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("phrase_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=80), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", engine.core.store.Moment(timezone=True), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_phrase_uses_by_id")),
        sa.ForeignKeyConstraint(["phrase_id"], ["phrases.id"], name=op.f("fk_phrase_uses_phrase_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_phrase_uses_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phrase_uses")),
    )
    with op.batch_alter_table("phrase_uses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_phrase_uses_phrase_id"), ["phrase_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_phrase_uses_task_id"), ["task_id"], unique=False)

    op.create_table(
        "received_mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("at", engine.core.store.Moment(timezone=True), nullable=False),
        sa.Column("sender", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=True),
        sa.Column("uid", sa.Integer(), nullable=False),
        sa.Column("validity", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_received_mails_complaint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_mails")),
        sa.UniqueConstraint("key", name=op.f("uq_received_mails_key")),
    )
    with op.batch_alter_table("received_mails", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_received_mails_complaint_id"), ["complaint_id"], unique=False)
        batch_op.create_index("ix_received_mails_outcome_id", ["outcome", "id"], unique=False)

    op.create_table(
        "task_drafts",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("at", engine.core.store.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_task_drafts_person_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_task_drafts_task_id")),
        sa.PrimaryKeyConstraint("person_id", "task_id", name=op.f("pk_task_drafts")),
    )
    with op.batch_alter_table("task_drafts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_task_drafts_task_id"), ["task_id"], unique=False)

    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cases_started_at"), ["started_at"], unique=False)

    with op.batch_alter_table("categories", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("standard", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("words", sa.String(length=500), server_default="", nullable=False))

    with op.batch_alter_table("complaints", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mail", sa.String(length=254), server_default="", nullable=False))
        batch_op.add_column(sa.Column("reference", sa.String(length=60), server_default="", nullable=False))
        batch_op.add_column(sa.Column("source", sa.String(length=80), server_default="", nullable=False))
        batch_op.add_column(sa.Column("past", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("added_at", engine.core.store.Moment(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("imported_as", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("repeat_of_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("words_hash", sa.String(length=32), nullable=True))
        batch_op.drop_index(batch_op.f("ix_complaints_category"))
        batch_op.drop_index(batch_op.f("ix_complaints_department"))
        batch_op.drop_index(batch_op.f("ix_complaints_household_id"))
        batch_op.drop_index(batch_op.f("ix_complaints_received_at"))
        batch_op.create_index("ix_complaints_category_received_at", ["category", "received_at"], unique=False)
        batch_op.create_index("ix_complaints_channel_received_at", ["channel", "received_at"], unique=False)
        batch_op.create_index(
            "ix_complaints_closed",
            ["closed_at", "community_id", "past", "kind", "category", "department", "channel"],
            unique=False,
            sqlite_where=sa.text("closed_at is not null"),
            postgresql_where=sa.text("closed_at is not null"),
        )
        batch_op.create_index("ix_complaints_department_received_at", ["department", "received_at"], unique=False)
        batch_op.create_index("ix_complaints_household_id_received_at", ["household_id", "received_at"], unique=False)
        batch_op.create_index("ix_complaints_kind_received_at", ["kind", "received_at"], unique=False)
        batch_op.create_index("ix_complaints_level_received_at", ["level", "received_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaints_mail"), ["mail"], unique=False)
        batch_op.create_index(
            "ix_complaints_open_received_at",
            [
                "received_at",
                "community_id",
                "next_due_at",
                "past",
                "status",
                "category",
                "department",
                "kind",
                "urgency",
                "channel",
                "level",
            ],
            unique=False,
            sqlite_where=sa.text("closed_at is null and case_id is not null"),
            postgresql_where=sa.text("closed_at is null and case_id is not null"),
        )
        batch_op.create_index("ix_complaints_outcome_received_at", ["outcome", "received_at"], unique=False)
        batch_op.create_index(
            "ix_complaints_past",
            ["received_at"],
            unique=False,
            sqlite_where=sa.text("past is 1"),
            postgresql_where=sa.text("past is true"),
        )
        batch_op.create_index(
            "ix_complaints_received_at_community_id",
            ["received_at", "community_id", "past", "kind", "category", "department", "channel"],
            unique=False,
        )
        batch_op.create_index(
            "ix_complaints_reference",
            ["reference"],
            unique=False,
            sqlite_where=sa.text("reference <> ''"),
            postgresql_where=sa.text("reference <> ''"),
        )
        batch_op.create_index(
            "ix_complaints_registered_by_id_received_at", ["registered_by_id", "received_at"], unique=False
        )
        batch_op.create_index(
            "ix_complaints_reopened",
            ["received_at"],
            unique=False,
            sqlite_where=sa.text("round > 1"),
            postgresql_where=sa.text("round > 1"),
        )
        batch_op.create_index(batch_op.f("ix_complaints_repeat_of_id"), ["repeat_of_id"], unique=False)
        batch_op.create_index("ix_complaints_urgency_received_at", ["urgency", "received_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaints_words_hash"), ["words_hash"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_complaints_imported_as"), ["imported_as"])
        batch_op.create_foreign_key(batch_op.f("fk_complaints_repeat_of_id"), "complaints", ["repeat_of_id"], ["id"])

    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.add_column(sa.Column("comment_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("brought_as", sa.String(length=64), nullable=True))
        batch_op.create_index(batch_op.f("ix_files_brought_as"), ["brought_as"], unique=False)
        batch_op.create_index(batch_op.f("ix_files_comment_id"), ["comment_id"], unique=False)

    with op.batch_alter_table("households", schema=None) as batch_op:
        batch_op.add_column(sa.Column("retired_at", engine.core.store.Moment(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column(
                "place_key",
                sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql"),
                server_default="",
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column(
                "room_key",
                sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql"),
                server_default="",
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column(
                "phone_key",
                sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql"),
                server_default="",
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column(
                "name_key",
                sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql"),
                server_default="",
                nullable=False,
            )
        )
        batch_op.create_index("ix_households_community_id_name_key", ["community_id", "name_key"], unique=False)
        batch_op.create_index("ix_households_community_id_phone_key", ["community_id", "phone_key"], unique=False)
        batch_op.create_index("ix_households_community_id_place_key", ["community_id", "place_key"], unique=False)
        batch_op.create_index("ix_households_community_id_room_key", ["community_id", "room_key"], unique=False)
        batch_op.create_index(
            "ix_households_retired",
            ["community_id", "place_key"],
            unique=False,
            sqlite_where=sa.text("retired_at is not null"),
            postgresql_where=sa.text("retired_at is not null"),
        )

    with op.batch_alter_table("pauses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pauses_ends_at"), ["ends_at"], unique=False)

    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("goes_back", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("places", schema=None) as batch_op:
        batch_op.add_column(sa.Column("address", sa.String(length=120), server_default="", nullable=False))

    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tasks_assignee_id_state_due_at"))
        batch_op.drop_index(batch_op.f("ix_tasks_community_id_state_due_at"))
        batch_op.drop_index(batch_op.f("ix_tasks_place_id_state_due_at"))
        batch_op.create_index(
            "ix_tasks_open_assignee",
            ["assignee_id", "due_at", "priority", "element", "community_id", "case_id", "state"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            "ix_tasks_open_place",
            ["place_id", "role", "assignee_id", "due_at", "priority", "element", "community_id", "case_id", "state"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )


def downgrade() -> None:
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_tasks_open_place", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'")
        )
        batch_op.drop_index(
            "ix_tasks_open_assignee", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'")
        )
        batch_op.create_index(
            batch_op.f("ix_tasks_place_id_state_due_at"), ["place_id", "state", "due_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_tasks_community_id_state_due_at"), ["community_id", "state", "due_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_tasks_assignee_id_state_due_at"), ["assignee_id", "state", "due_at"], unique=False
        )

    with op.batch_alter_table("places", schema=None) as batch_op:
        batch_op.drop_column("address")

    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_column("goes_back")

    with op.batch_alter_table("pauses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pauses_ends_at"))

    with op.batch_alter_table("households", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_households_retired",
            sqlite_where=sa.text("retired_at is not null"),
            postgresql_where=sa.text("retired_at is not null"),
        )
        batch_op.drop_index("ix_households_community_id_room_key")
        batch_op.drop_index("ix_households_community_id_place_key")
        batch_op.drop_index("ix_households_community_id_phone_key")
        batch_op.drop_index("ix_households_community_id_name_key")
        batch_op.drop_column("name_key")
        batch_op.drop_column("phone_key")
        batch_op.drop_column("room_key")
        batch_op.drop_column("place_key")
        batch_op.drop_column("retired_at")

    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_files_comment_id"))
        batch_op.drop_index(batch_op.f("ix_files_brought_as"))
        batch_op.drop_column("brought_as")
        batch_op.drop_column("comment_id")

    with op.batch_alter_table("complaints", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_complaints_repeat_of_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_complaints_imported_as"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_complaints_words_hash"))
        batch_op.drop_index("ix_complaints_urgency_received_at")
        batch_op.drop_index(batch_op.f("ix_complaints_repeat_of_id"))
        batch_op.drop_index(
            "ix_complaints_reopened", sqlite_where=sa.text("round > 1"), postgresql_where=sa.text("round > 1")
        )
        batch_op.drop_index("ix_complaints_registered_by_id_received_at")
        batch_op.drop_index(
            "ix_complaints_reference",
            sqlite_where=sa.text("reference <> ''"),
            postgresql_where=sa.text("reference <> ''"),
        )
        batch_op.drop_index("ix_complaints_received_at_community_id")
        batch_op.drop_index(
            "ix_complaints_past", sqlite_where=sa.text("past is 1"), postgresql_where=sa.text("past is true")
        )
        batch_op.drop_index("ix_complaints_outcome_received_at")
        batch_op.drop_index(
            "ix_complaints_open_received_at",
            sqlite_where=sa.text("closed_at is null and case_id is not null"),
            postgresql_where=sa.text("closed_at is null and case_id is not null"),
        )
        batch_op.drop_index(batch_op.f("ix_complaints_mail"))
        batch_op.drop_index("ix_complaints_level_received_at")
        batch_op.drop_index("ix_complaints_kind_received_at")
        batch_op.drop_index("ix_complaints_household_id_received_at")
        batch_op.drop_index("ix_complaints_department_received_at")
        batch_op.drop_index(
            "ix_complaints_closed",
            sqlite_where=sa.text("closed_at is not null"),
            postgresql_where=sa.text("closed_at is not null"),
        )
        batch_op.drop_index("ix_complaints_channel_received_at")
        batch_op.drop_index("ix_complaints_category_received_at")
        batch_op.create_index(batch_op.f("ix_complaints_received_at"), ["received_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaints_household_id"), ["household_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaints_department"), ["department"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaints_category"), ["category"], unique=False)
        batch_op.drop_column("words_hash")
        batch_op.drop_column("repeat_of_id")
        batch_op.drop_column("imported_as")
        batch_op.drop_column("added_at")
        batch_op.drop_column("past")
        batch_op.drop_column("source")
        batch_op.drop_column("reference")
        batch_op.drop_column("mail")

    with op.batch_alter_table("categories", schema=None) as batch_op:
        batch_op.drop_column("words")
        batch_op.drop_column("standard")
        batch_op.drop_column("position")

    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cases_started_at"))

    with op.batch_alter_table("task_drafts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_drafts_task_id"))

    op.drop_table("task_drafts")
    with op.batch_alter_table("received_mails", schema=None) as batch_op:
        batch_op.drop_index("ix_received_mails_outcome_id")
        batch_op.drop_index(batch_op.f("ix_received_mails_complaint_id"))

    op.drop_table("received_mails")
    with op.batch_alter_table("phrase_uses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_phrase_uses_task_id"))
        batch_op.drop_index(batch_op.f("ix_phrase_uses_phrase_id"))

    op.drop_table("phrase_uses")
    with op.batch_alter_table("papers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_papers_batch_id"))

    op.drop_table("papers")
    with op.batch_alter_table("mentions", schema=None) as batch_op:
        batch_op.drop_index("ix_mentions_person_id_seen_at")

    op.drop_table("mentions")
    with op.batch_alter_table("joinings", schema=None) as batch_op:
        batch_op.drop_index("ix_joinings_lead_id_at")
        batch_op.drop_index("ix_joinings_follower_id_at")

    op.drop_table("joinings")
    op.drop_table("complaint_words")
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.drop_index("ix_attendance_task_id")
        batch_op.drop_index("ix_attendance_case_id")

    op.drop_table("attendance")
    op.drop_table("swaps")
    op.drop_table("home_entries")
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.drop_index("ix_comments_case_id_id")

    op.drop_table("comments")
    op.drop_table("views")
    with op.batch_alter_table("shifts", schema=None) as batch_op:
        batch_op.drop_index("ix_shifts_place_id_role")
        batch_op.drop_index(batch_op.f("ix_shifts_person_id"))

    op.drop_table("shifts")
    with op.batch_alter_table("paper_batches", schema=None) as batch_op:
        batch_op.drop_index("ix_paper_batches_community_id_printed_at")

    op.drop_table("paper_batches")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index("ix_jobs_state_id")
        batch_op.drop_index(batch_op.f("ix_jobs_expires_at"))
        batch_op.drop_index("ix_jobs_by_id_id")

    op.drop_table("jobs")
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_imports_sha256"))
        batch_op.drop_index("ix_imports_kind_shape")
        batch_op.drop_index("ix_imports_at")

    op.drop_table("imports")
    op.drop_table("chosen_columns")
    op.drop_table("buildings")
    op.drop_table("board_texts")
    with op.batch_alter_table("absences", schema=None) as batch_op:
        batch_op.drop_index("ix_absences_substitute_id_until")
        batch_op.drop_index("ix_absences_person_id_until")

    op.drop_table("absences")
    op.drop_table("thresholds")
    op.drop_table("scale")
    op.drop_table("roles")
    op.drop_table("questions")
    op.drop_table("phrases")
    op.drop_table("pause_reasons")
    op.drop_table("mailboxes")
    op.drop_table("file_limits")
    op.drop_table("department_kinds")
