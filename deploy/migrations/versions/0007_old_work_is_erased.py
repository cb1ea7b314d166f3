"""Work that ended long ago leaves the outbox."""

from alembic import op

from federation.schema import as_crossing_role, role_prefix, run_sql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run_sql(op, "0007_old_work.sql")
    with as_crossing_role(op):
        run_sql(op, "0007_crossing.sql")


def downgrade() -> None:
    with as_crossing_role(op):
        op.execute("DROP FUNCTION outbox_erase")
    op.execute("DROP POLICY outbox_crossing_delete ON outbox")
    op.execute(f"REVOKE delete ON outbox FROM {role_prefix(op)}_crossing")
