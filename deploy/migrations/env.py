"""Runs migrations on the connection that `federation.schema` hands over: as the owner role, in one transaction each."""

from alembic import context

import procurement.models  # noqa: F401  (brings the tables)
import tenants.models  # noqa: F401
from tenants.db import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=Base.metadata, transaction_per_migration=True, compare_type=True
)
with context.begin_transaction():
    context.run_migrations()
