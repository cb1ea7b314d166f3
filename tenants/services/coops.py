"""The federation body and its co-ops: founded once, joined one at a time or from a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from tenants import audit, clock
from tenants.db import db
from tenants.errors import Conflict
from tenants.models import CoopSize, Tenant
from tenants.scope import FEDERATION


@dataclass(frozen=True)
class Size:
    """How large a co-op is, and who says so."""

    members: int = 0
    staff: int = 0
    care_hours_week: int = 0
    turnover_pence: int = 0
    source: str = "told by the co-op"
    as_of: date | None = None


@dataclass(frozen=True)
class NewCoop:
    """A co-op that joins."""

    name: str
    joined_on: date
    outcode: str | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    size: Size | None = None


def found_federation(name: str) -> None:
    """Write the federation body itself, once; a second time changes nothing. Office scope."""
    if db.session.get(Tenant, FEDERATION) is None:
        db.session.add(Tenant(id=FEDERATION, kind="federation", name=name, joined_on=clock.today()))
        db.session.flush()
        audit.record("found-federation", "tenant", FEDERATION)


def federation_name() -> str | None:
    """The federation's name, or nothing before it is founded. Any scope."""
    return db.session.scalar(select(Tenant.name).where(Tenant.id == FEDERATION))


def add_coop(coop: NewCoop) -> UUID:
    """Take in a co-op. Office scope. Raises: Conflict when there is one of that name."""
    if db.session.scalar(select(Tenant.id).where(Tenant.name == coop.name)):
        raise Conflict("coop-exists", f"There is a co-op called {coop.name} already.")
    row = Tenant(
        name=coop.name, joined_on=coop.joined_on, outcode=coop.outcode, latitude=coop.latitude, longitude=coop.longitude
    )
    db.session.add(row)
    db.session.flush()
    if coop.size is not None:
        set_size(row.id, coop.size)
    audit.record("add-coop", "tenant", row.id)
    return row.id


def set_size(coop_id: UUID, size: Size) -> None:
    """Note how large a co-op is on a day. Office scope."""
    key = {"tenant_id": coop_id, "as_of_date": size.as_of or clock.today()}
    db.session.merge(
        CoopSize(
            **key,
            members=size.members,
            staff=size.staff,
            care_hours_week=size.care_hours_week,
            turnover_pence=size.turnover_pence,
            source=size.source,
        )
    )
    db.session.flush()


def latest_sizes() -> dict[UUID, Size]:
    """The newest size of every co-op that has one. Office scope."""
    rows = db.session.scalars(
        select(CoopSize).order_by(CoopSize.as_of_date)
    )  # a later day takes the place of an earlier one
    return {
        row.tenant_id: Size(row.members, row.staff, row.care_hours_week, row.turnover_pence, row.source, row.as_of_date)
        for row in rows
    }


def list_coops() -> Sequence[Tenant]:
    """Every member co-op by name. Any scope."""
    return db.session.scalars(
        select(Tenant).where(Tenant.kind == "coop", Tenant.left_on.is_(None)).order_by(Tenant.name)
    ).all()


def list_tenants() -> Sequence[Tenant]:
    """The federation body and every co-op, also those that left. Any scope."""
    return db.session.scalars(select(Tenant).order_by(Tenant.kind.desc(), Tenant.name)).all()


def import_coops(coops: Sequence[NewCoop]) -> tuple[int, int]:
    """Take in those co-ops that are not known by name; the answer is (taken in, known before). Office scope."""
    known = set(db.session.scalars(select(Tenant.name)))
    fresh = [coop for coop in coops if coop.name not in known]
    for coop in fresh:
        add_coop(coop)
    return len(fresh), len(coops) - len(fresh)


def list_sizes() -> list[tuple[Tenant, CoopSize | None]]:
    """Every member co-op by name, with its newest size. Office scope."""
    newest = (
        select(CoopSize)
        .ext(distinct_on(CoopSize.tenant_id))
        .order_by(CoopSize.tenant_id, CoopSize.as_of_date.desc())
        .subquery()
    )
    size = aliased(CoopSize, newest)
    query = (
        select(Tenant, size)
        .outerjoin(size, size.tenant_id == Tenant.id)
        .where(Tenant.kind == "coop", Tenant.left_on.is_(None))
    )
    return [(tenant, own) for tenant, own in db.session.execute(query.order_by(Tenant.name))]


def coop_names() -> dict[str, str]:
    """Name of every co-op by its id as text. Any scope."""
    return {str(tenant_id): name for tenant_id, name in db.session.execute(select(Tenant.id, Tenant.name))}
