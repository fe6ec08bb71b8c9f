"""Mail that became no complaint is seen by the desk; what a mail quoted is kept apart from its words."""

import sqlalchemy as sa
from alembic import op

from engine.core.store import Moment

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

COLUMNS = ("quoted", "words", "community_id", "seen_at")


def upgrade() -> None:
    with op.batch_alter_table("received_mails") as mails:
        mails.add_column(sa.Column("quoted", sa.Text, nullable=False, server_default=""))
        mails.add_column(sa.Column("words", sa.Text, nullable=False, server_default=""))
        mails.add_column(sa.Column("community_id", sa.Integer, nullable=True))
        mails.add_column(sa.Column("seen_at", Moment(timezone=True), nullable=True))
        mails.create_foreign_key(op.f("fk_received_mails_community_id"), "places", ["community_id"], ["id"])
    op.execute("update received_mails set seen_at = at")  # what came before was nobody's to look at


def downgrade() -> None:
    with op.batch_alter_table("received_mails") as mails:
        mails.drop_constraint(op.f("fk_received_mails_community_id"), type_="foreignkey")
        for name in COLUMNS:
            mails.drop_column(name)
