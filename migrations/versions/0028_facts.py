"""Facts that figures come from, sums of busy days, read-only views of them, and who may see figures."""

import re

import sqlalchemy as sa
from alembic import op

from engine.core.store import Moment

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

COST = sa.Numeric(14, 2)
DAYS = (
    "received_day", "closed_day", "loop_day", "answered_day", "acknowledge_day", "first_response_day", "plan_day",
    "due_day", "callback_day",
)  # fmt: skip
MEASURES = (
    "response", "loop", "loop_handled", "second_home", "second_place", "solved", "satisfied",
    "satisfied_every", "score", "coverage", "in_time", "escalated", "returned", "unfounded",
    "dispatched_once", "per_homes", "paused", "missed_acknowledge", "missed_first_response", "missed_plan",
    "missed_resolve", "missed_callback", "cost_planned", "cost_actual",
)  # fmt: skip
LEAVING_OUT = (
    "response", "loop_handled", "coverage", "in_time", "missed_acknowledge", "missed_first_response",
    "missed_plan", "missed_resolve", "missed_callback", "cost_planned", "cost_actual",
)  # fmt: skip
"""Those that count what they leave out."""

COMPLAINTS = sa.table("complaints", sa.column("id"))
PERMISSIONS = sa.table("permissions", *(sa.column(name) for name in ("role", "act", "scope")))
TO_BUILD = sa.table("facts_to_build", sa.column("id"), sa.column("upto"))
GRANTED = (
    ("project_manager", "community", True), ("region_quality", "region", True), ("headquarters", "company", True),
    ("analyst", "company", False), ("assessor", "company", True), ("process_owner", "company", False),
)  # fmt: skip
"""Role, scope, and whether it may see figures of single people."""


def upgrade() -> None:
    _facts()
    _sums()
    for name, words in VIEWS.items():
        op.execute(sa.text(f"create view {name} as {_in_this_store(words)}"))
    _permit()
    if op.get_bind().scalar(sa.select(COMPLAINTS.c.id).limit(1)) is not None:  # the schedule works them out
        op.bulk_insert(TO_BUILD, [{"id": 1, "upto": 0}])


def downgrade() -> None:
    for name in VIEWS:
        op.execute(sa.text(f"drop view {name}"))
    for name in ("day_sums", "facts_to_build", "changed_days", "callback_facts", "case_facts"):
        op.drop_table(name)
    op.execute(PERMISSIONS.delete().where(PERMISSIONS.c.act.in_(("figures.see", "figures.people"))))


def _facts() -> None:
    op.create_table(
        "case_facts",
        sa.Column("complaint_id", sa.Integer, sa.ForeignKey("complaints.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("community_id", sa.Integer, sa.ForeignKey("places.id"), nullable=False),
        sa.Column("region_id", sa.Integer, sa.ForeignKey("places.id")),
        sa.Column("building", sa.String(20), nullable=False),
        sa.Column("household_id", sa.Integer, sa.ForeignKey("households.id")),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("category", sa.String(8), nullable=False),
        sa.Column("department", sa.String(20)),
        sa.Column("urgency", sa.String(10)),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("people.id")),
        sa.Column("past", sa.Boolean, nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("rounds", sa.Integer, nullable=False),
        sa.Column("outcome", sa.String(20)),
        sa.Column("received_at", Moment, nullable=False),
        sa.Column("received_day", sa.Date, nullable=False),
        sa.Column("received_hour", sa.Integer, nullable=False),
        sa.Column("closed_at", Moment),
        sa.Column("closed_day", sa.Date),
        sa.Column("first_response_seconds", sa.Integer),
        sa.Column("resolve_seconds", sa.Integer),
        sa.Column("open_seconds", sa.Integer),
        sa.Column("paused_seconds", sa.Integer, nullable=False),
        sa.Column("acknowledge_day", sa.Date),
        sa.Column("acknowledge_kept", sa.Boolean),
        sa.Column("first_response_day", sa.Date),
        sa.Column("first_response_kept", sa.Boolean),
        sa.Column("plan_day", sa.Date),
        sa.Column("plan_kept", sa.Boolean),
        sa.Column("due_day", sa.Date),
        sa.Column("due_kept", sa.Boolean),
        sa.Column("callback_day", sa.Date),
        sa.Column("callback_kept", sa.Boolean),
        sa.Column("loop_day", sa.Date),
        sa.Column("loop_closed", sa.Boolean, nullable=False),
        sa.Column("again_home", sa.Boolean, nullable=False),
        sa.Column("again_place", sa.Boolean, nullable=False),
        sa.Column("supervised", sa.Boolean, nullable=False),
        sa.Column("dispatched", sa.Boolean, nullable=False),
        sa.Column("returns", sa.Integer, nullable=False),
        sa.Column("reassigned", sa.Integer, nullable=False),
        sa.Column("owes_callback", sa.Boolean, nullable=False),
        sa.Column("callbacks", sa.Integer, nullable=False),
        sa.Column("reached", sa.Boolean, nullable=False),
        sa.Column("answered_day", sa.Date),
        sa.Column("last_outcome", sa.String(20)),
        sa.Column("last_score", sa.Integer),
        sa.Column("planned_cost", COST),
        sa.Column("actual_cost", COST),
    )
    for day in DAYS:
        op.create_index(f"ix_case_facts_{day}", "case_facts", [day, "community_id"])
        op.create_index(f"ix_case_facts_community_{day}", "case_facts", ["community_id", day])
    op.create_table(
        "callback_facts",
        sa.Column("complaint_id", sa.Integer, sa.ForeignKey("complaints.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("task_id", sa.Integer, sa.ForeignKey("tasks.id")),
        sa.Column("by_id", sa.Integer, sa.ForeignKey("people.id")),
        sa.Column("at", Moment, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("reached", sa.Boolean, nullable=False),
        sa.Column("outcome", sa.String(20)),
        sa.Column("score", sa.Integer),
    )
    op.create_index("ix_callback_facts_day", "callback_facts", ["day", "complaint_id"])
    op.create_table(
        "changed_days", sa.Column("id", sa.Integer, primary_key=True), sa.Column("day", sa.Date, nullable=False)
    )
    op.create_index("ix_changed_days_day", "changed_days", ["day"])
    op.create_table(
        "facts_to_build", sa.Column("id", sa.Integer, primary_key=True), sa.Column("upto", sa.Integer, nullable=False)
    )


def _sums() -> None:
    op.create_table(
        "day_sums",
        sa.Column("place_id", sa.Integer, sa.ForeignKey("places.id"), primary_key=True),
        sa.Column("way", sa.String(12), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("code", sa.String(40), primary_key=True),
        *(
            sa.Column(
                name, sa.Float if name.endswith(("_hit", "_size")) else sa.Integer, nullable=False, server_default="0"
            )
            for measure in MEASURES
            for name in _columns(measure)
        ),
    )
    op.create_index("ix_day_sums_day", "day_sums", ["day"])


def _columns(measure: str) -> list[str]:
    more = ["excluded"] if measure in LEAVING_OUT else ["size"] if measure == "paused" else []
    return [f"{measure}_{name}" for name in ("hit", "of", *more)]


def _permit() -> None:
    known = {(role, act) for role, act in op.get_bind().execute(sa.select(PERMISSIONS.c.role, PERMISSIONS.c.act))}
    wanted = [(role, "figures.see", scope) for role, scope, _ in GRANTED]
    wanted += [(role, "figures.people", scope) for role, scope, people in GRANTED if people]
    fresh = [each for each in wanted if each[:2] not in known]
    if known and fresh:  # a company that begins now gets the defaults
        op.bulk_insert(PERMISSIONS, [{"role": role, "act": act, "scope": scope} for role, act, scope in fresh])


VIEWS = {
    "fact_cases": """
        select f.*, c.number, p.name as community, r.name as region, k.name as category_name
        from case_facts f
        join complaints c on c.id = f.complaint_id
        join places p on p.id = f.community_id
        left join places r on r.id = f.region_id
        left join categories k on k.code = f.category
    """,
    "fact_rounds": """
        select d.complaint_id, d.round, f.community_id,
            min(case when d.round = 1 then f.received_at when d.kind in ('first_response', 'resolve') then d.started_at end)
                as begun_at,
            max(case when d.kind = 'resolve' then d.met_at end) as told_at,
            max(case when d.kind = 'resolve' then d.measured_due_at end) as due_at
        from deadlines d join case_facts f on f.complaint_id = d.complaint_id
        group by d.complaint_id, d.round, f.community_id
    """,
    "fact_deadlines": """
        select d.id as deadline_id, d.complaint_id, f.community_id, d.round, d.kind, d.clock, d.limit_seconds,
            d.extension_seconds, d.started_at, d.due_at, d.measured_due_at, d.met_at, d.ended_at,
            case
                when d.met_at is not null and d.met_at <= d.measured_due_at then 'kept'
                when d.met_at is not null then 'missed'
                when d.ended_at is null then 'running'
                when d.ended_at > d.measured_due_at then 'missed'
                else 'not owed'
            end as result
        from deadlines d join case_facts f on f.complaint_id = d.complaint_id
    """,
    "fact_callbacks": """
        select c.*, f.community_id from callback_facts c join case_facts f on f.complaint_id = c.complaint_id
    """,
    "fact_tasks": """
        select t.id as task_id, c.id as complaint_id, t.community_id, t.place_id, t.role, t.element, t.name, t.counts_as,
            t.deadline, t.state, t.opened_at, t.claimed_at, t.begun_at, t.closed_at, t.due_at, t.assignee_id,
            t.closed_by_id, {seconds:t.opened_at:t.begun_at} as waiting_seconds,
            {seconds:t.begun_at:t.closed_at} as working_seconds
        from tasks t join complaints c on c.case_id = t.case_id
    """,
}
"""Documented in docs/facts.md."""

SECONDS = {
    "sqlite": "cast(round((julianday({until}) - julianday({since})) * 86400) as integer)",
    "postgresql": "cast(round(extract(epoch from ({until} - {since}))) as integer)",
}


def _in_this_store(words: str) -> str:
    """Return a view's statement with lengths of time as this store computes them."""
    said = SECONDS[op.get_bind().dialect.name]
    return re.sub(r"\{seconds:([\w.]+):([\w.]+)\}", lambda found: said.format(since=found[1], until=found[2]), words)
