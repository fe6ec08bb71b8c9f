"""Roles and kinds of department as rows, and who may do what is new, for companies that are there already"""

import sqlalchemy as sa
from alembic import op

from engine.company import permissions, roles

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KNOWN = frozenset(
    {"complaint.see", "complaint.register", "complaint.see_phone", "complaint.pause", "complaint.withdraw"}
    | {"task.see", "task.work", "task.assign", "task.take_over", "supervise", "improvement.see", "improvement.work"}
    | {"process.see", "process.publish", "incident.see", "incident.retry", "people.edit", "company.edit", "clock.turn"}
    | {"history.see"}
)
"""Acts that existed before: who may do them is the company's own choice."""

PLACES = sa.table("places", sa.column("id"))
PERMISSIONS = sa.table("permissions", sa.column("role"), sa.column("act"), sa.column("scope"))
ROLES = sa.table(
    "roles",
    *(sa.column(name) for name in ("code", "name", "name_en", "department", "position")),
    sa.column("held_at", sa.JSON()),
)
DEPARTMENTS = sa.table("department_kinds", *(sa.column(name) for name in ("code", "name", "name_en", "position")))
CATEGORIES = sa.table(
    "categories",
    *(sa.column(name) for name in ("code", "parent", "name", "name_en")),
    *(sa.column(name, sa.Boolean()) for name in ("danger", "retired", "standard")),
)
UNSORTED = "9901"


def upgrade() -> None:
    connection = op.get_bind()
    if connection.scalar(sa.select(PLACES.c.id).limit(1)) is None:
        return
    there = set(connection.scalars(sa.select(PERMISSIONS.c.act).distinct()))
    fresh = [
        {"role": role, "act": act, "scope": scope}
        for role, act, scope in permissions.defaults()
        if act not in there and act not in KNOWN
    ]
    own = [
        {"code": each.code, "name": each.name, "name_en": each.name_en, "department": each.department,
         "held_at": list(each.held_at), "position": number}
        for number, each in enumerate(roles.ROLES.values(), 1)
    ]  # fmt: skip
    kinds = [
        {"code": each.code, "name": each.name, "name_en": each.name_en, "position": number}
        for number, each in enumerate(roles.DEPARTMENTS.values(), 1)
    ]
    known = set(connection.scalars(sa.select(CATEGORIES.c.code)))
    unsorted = [
        {"code": code, "parent": parent, "name": name, "name_en": name_en, "danger": False, "retired": False}
        for code, parent, name, name_en in (
            ("99", None, "其他", "Other"),
            (UNSORTED, "99", "未分类", "Not yet sorted"),
        )
        if code not in known
    ]
    for table, rows in ((PERMISSIONS, fresh), (ROLES, own), (DEPARTMENTS, kinds), (CATEGORIES, unsorted)):
        if rows:
            connection.execute(sa.insert(table), rows)
    connection.execute(sa.update(CATEGORIES).where(CATEGORIES.c.code == UNSORTED).values(standard=True))


def downgrade() -> None:
    """The rows go with their tables."""
