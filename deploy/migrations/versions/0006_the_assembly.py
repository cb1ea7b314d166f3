"""The assembly: sizes and weights, rules of decision, motions, polls with their ballots and board, elections, meetings."""

from alembic import op

from federation.schema import as_crossing_role, run_sql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_sql(op, "0006_tables.sql")
    run_sql(op, "0006_wall.sql")
    run_sql(op, "0006_boxes.sql")
    with as_crossing_role(op):
        run_sql(op, "0006_crossings.sql")


def downgrade() -> None:
    with as_crossing_role(op):
        run_sql(op, "0006_crossings_down.sql")
    run_sql(op, "0006_down.sql")
