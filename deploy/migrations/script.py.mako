"""${message}"""

from alembic import op

from federation.schema import run_sql

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "run_sql(op, " + repr(up_revision + "_….sql") + ")"}


def downgrade() -> None:
    ${downgrades if downgrades else "raise NotImplementedError"}
