"""The ground floor and joint procurement: tables, wall, ledger triggers, crossings."""

from alembic import op

from federation.schema import as_crossing_role, run_sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_sql(op, "0001_tables.sql")
    run_sql(op, "0001_wall.sql")
    run_sql(op, "0001_ledger.sql")
    op.execute(
        "CREATE FUNCTION is_demo() RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS 'SELECT false'"
    )
    with as_crossing_role(op):
        run_sql(op, "0001_crossings.sql")
    op.execute(
        "CREATE TRIGGER demand_gate BEFORE INSERT OR UPDATE OR DELETE ON demand"
        " FOR EACH ROW EXECUTE FUNCTION demand_gate()"
    )
    op.execute(
        "CREATE TRIGGER demand_answer_gate BEFORE INSERT OR UPDATE OR DELETE ON demand_answer"
        " FOR EACH ROW EXECUTE FUNCTION demand_gate()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER demand_gate ON demand")
    op.execute("DROP TRIGGER demand_answer_gate ON demand_answer")
    with as_crossing_role(op):
        run_sql(op, "0001_crossings_down.sql")
    run_sql(op, "0001_down.sql")
    op.execute("DROP FUNCTION ledger_entry_balances, ledger_line_belongs, is_demo")
