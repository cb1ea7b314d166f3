"""The staff bank: carers, the bank, cover, placements in two legs, booked time, hours and settlement."""

from alembic import op

from federation.schema import as_crossing_role, run_sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_sql(op, "0003_tables.sql")
    run_sql(op, "0003_wall.sql")
    with as_crossing_role(op):
        run_sql(op, "0003_crossings.sql")
        # A trigger is made by the owner of its table, who may do so only while the function is open to it.
        op.execute("GRANT EXECUTE ON FUNCTION work_block_books, carer_rekeys, placement_books TO PUBLIC")
    run_sql(op, "0003_triggers.sql")
    with as_crossing_role(op):
        op.execute("REVOKE EXECUTE ON FUNCTION work_block_books, carer_rekeys, placement_books FROM PUBLIC")


def downgrade() -> None:
    run_sql(op, "0003_down.sql")
    with as_crossing_role(op):
        run_sql(op, "0003_crossings_down.sql")
