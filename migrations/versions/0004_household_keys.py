"""What homes are found by, and the words that categories are guessed from, for companies that are there already"""

import json

import sqlalchemy as sa
from alembic import op

from engine.complaints.core import categories
from engine.complaints.homes import households

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

HOMES = sa.table("households", *(sa.column(name) for name in ("id", *households.SAID, *households.keys({}))))
CATEGORIES = sa.table("categories", sa.column("code"), sa.column("words"))


def upgrade() -> None:
    connection = op.get_bind()
    said = sa.select(HOMES.c.id, *(HOMES.c[name] for name in households.SAID))
    rows = [{"row": row["id"], **households.keys(dict(row))} for row in connection.execute(said).mappings()]
    if rows:
        values = {name: sa.bindparam(name) for name in households.keys({})}
        connection.execute(sa.update(HOMES).where(HOMES.c.id == sa.bindparam("row")).values(values), rows)
    for each in json.loads(categories.DEFAULTS.read_text(encoding="utf-8")):
        mine = CATEGORIES.c.code == each["code"]
        connection.execute(sa.update(CATEGORIES).where(mine).values(words=each.get("words", "")))


def downgrade() -> None:
    """The columns go with what made them."""
