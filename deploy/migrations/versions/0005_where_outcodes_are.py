"""A federation takes in where outcodes are."""

from alembic import op

from federation.schema import run_sql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    run_sql(op, "0005_where_outcodes_are.sql")


def downgrade() -> None:
    op.execute("DROP TABLE outcode_place")
