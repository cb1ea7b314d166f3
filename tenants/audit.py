"""The record: who did what to what, written in the same transaction, hash-chained for each tenant.

Facts hold ids, numbers and names of fields, never personal values: what must be erasable is not written here at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from tenants import clock
from tenants.db import db
from tenants.scope import FEDERATION, current_scope

PAGE_ROWS = 50
_APPEND = text("SELECT audit_append(:tenant, :act, :kind, :object, :facts, :at)").bindparams(
    bindparam("facts", type_=JSONB)
)


_APPEND_EACH = text(
    "SELECT audit_append(tenant, :act, :kind, :object, facts, :at)"
    " FROM unnest(CAST(:tenants AS uuid[]), CAST(:facts AS jsonb[])) AS told (tenant, facts)"
).bindparams(bindparam("tenants", type_=ARRAY(Uuid)), bindparam("facts", type_=ARRAY(JSONB)))


@dataclass(frozen=True)
class RecordRow:
    """One line of the record."""

    number: int
    at: datetime
    person_id: UUID | None
    act: str
    object_kind: str
    object_id: UUID | None
    facts: dict[str, Any]


def record(
    act: str,
    object_kind: str,
    object_id: UUID | None,
    facts: Mapping[str, Any] | None = None,
    *,
    tenant_id: UUID | None = None,
) -> None:
    """Write one row into a tenant's record: by default the tenant acted for; the door names it."""
    tenant = tenant_id or current_scope().tenant_id or FEDERATION
    db.session.execute(
        _APPEND,
        {
            "tenant": tenant,
            "act": act,
            "kind": object_kind,
            "object": object_id,
            "facts": dict(facts or {}),
            "at": clock.now(),
        },
    )


def record_each(
    act: str, object_kind: str, object_id: UUID | None, facts_by_tenant: Mapping[UUID, Mapping[str, Any]]
) -> None:
    """Write one row into the record of each of many tenants, by one statement: what the office did to all of them."""
    tenants = sorted(facts_by_tenant)  # in the same order everywhere, so that two of these wait and do not deadlock
    db.session.execute(
        _APPEND_EACH,
        {
            "tenants": tenants,
            "facts": [dict(facts_by_tenant[tenant]) for tenant in tenants],
            "act": act,
            "kind": object_kind,
            "object": object_id,
            "at": clock.now(),
        },
    )


def list_record(
    object_id: UUID | None = None, *, before: int | None = None, limit: int = PAGE_ROWS
) -> Sequence[RecordRow]:
    """The acting tenant's record, newest first; of one object, or of all."""
    rows = db.session.execute(
        text(
            "SELECT number, at, person_id, act, object_kind, object_id, facts FROM audit_rows(:object, :before, :limit)"
        ),
        {"object": object_id, "before": before, "limit": limit},
    )
    return [RecordRow(*row) for row in rows]


def first_broken_number() -> int | None:
    """The first row of the acting tenant's record that does not fit its hash or the row before it; None when all do."""
    return db.session.execute(text("SELECT audit_first_broken()")).scalar_one()


def head() -> tuple[int, str]:
    """Length of the acting tenant's record, and its newest hash in hexadecimal."""
    length, newest = db.session.execute(text("SELECT length, hash FROM audit_head()")).one()
    return length, bytes(newest or b"").hex()
