"""Choices of what a list shows can be kept under a name."""

from alembic import op

from federation.schema import run_sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run_sql(op, "0004_saved_choices.sql")


def downgrade() -> None:
    op.execute("DROP TABLE saved_filter")
