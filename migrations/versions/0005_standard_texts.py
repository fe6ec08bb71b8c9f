"""Our standard texts, for a company that began before there were any"""

import sqlalchemy as sa
from alembic import op

from engine.casework import phrases

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLE = sa.table(
    "phrases",
    *(sa.column(name, sa.String()) for name in ("code", "title", "title_en", "text", "text_en")),
    sa.column("elements", sa.JSON()),
    sa.column("position", sa.Integer()),
)


def upgrade() -> None:
    if op.get_bind().scalar(sa.text("select count(*) from places")):
        rows = [{**each, "position": number * 10} for number, each in enumerate(phrases.shipped(), 1)]
        op.bulk_insert(TABLE, rows)


def downgrade() -> None:
    op.execute("delete from phrase_uses")
    op.execute("delete from phrases")
