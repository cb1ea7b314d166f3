"""A co-op's own carers: their records, whether they are lent, opt-outs, accounts, and bars between carers and people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation
from sqlalchemy import and_, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from staffbank import rule_book
from staffbank.models import Bar, Carer, CarerCheck, Client, Placement
from staffbank.passport import SOON_DAYS
from staffbank.services import bank, nights
from staffbank.services.outcodes import place_of
from tenants import audit, clock
from tenants.db import bind_scope, db
from tenants.errors import Conflict, InvalidInput, NotFound, RuleBroken
from tenants.models import Membership, Person
from tenants.scope import DOOR, current_tenant_id

SHOWN = ("", "bank", "not_bank", "soon", "expired", "left")
"""Which carers a list may be narrowed to."""

CHANGED_MEANWHILE = "Somebody else changed this first. Load the page again to see what is new."


@dataclass(frozen=True)
class Account:
    """A person of this co-op who signs in as a care worker, and the carer the account belongs to, if any."""

    person_id: UUID
    name: str
    carer_id: UUID | None


def get_carer(carer_id: UUID, *, lock: bool = False) -> Carer:
    """One of the acting co-op's carers. Raises: NotFound."""
    chosen = select(Carer).where(Carer.tenant_id == current_tenant_id(), Carer.id == carer_id)
    carer = db.session.scalar(chosen.with_for_update() if lock else chosen)
    if carer is None:
        raise NotFound("carer")
    return carer


def find_own_carer(person_id: UUID) -> Carer | None:
    """The record of somebody who signs in as a care worker of the acting co-op."""
    return db.session.scalar(select(Carer).where(Carer.tenant_id == current_tenant_id(), Carer.person_id == person_id))


def list_carers(words: str = "", shown: str = "") -> list[Carer]:
    """The acting co-op's carers by reference: those who have not left, or those a word of SHOWN names."""
    today = clock.today()
    chosen = select(Carer).where(Carer.tenant_id == current_tenant_id())
    gone = and_(Carer.left_on.is_not(None), Carer.left_on <= today)
    chosen = chosen.where(gone if shown == "left" else or_(Carer.left_on.is_(None), Carer.left_on > today))
    if shown in ("bank", "not_bank"):
        chosen = chosen.where(Carer.in_bank.is_(shown == "bank"))
    if shown in ("soon", "expired"):
        low, high = (today, today + timedelta(days=SOON_DAYS)) if shown == "soon" else (date.min, today)
        chosen = chosen.where(
            select(CarerCheck.id)
            .where(
                CarerCheck.tenant_id == Carer.tenant_id,
                CarerCheck.carer_id == Carer.id,
                CarerCheck.ended_at.is_(None),
                CarerCheck.until >= low,
                CarerCheck.until < high,
            )
            .exists()
        )
    for word in words.lower().split()[:5]:
        found = (Carer.reference, Carer.first_name, Carer.last_name, Carer.outcode)
        chosen = chosen.where(or_(*(func.lower(column).contains(word, autoescape=True) for column in found)))
    return list(db.session.scalars(chosen.order_by(Carer.reference, Carer.id)))


def add_carer(values: Mapping[str, Any]) -> Carer:
    """Add a carer to the acting co-op. Raises: InvalidInput for a record without a place, Conflict when the reference is taken."""
    carer = Carer(tenant_id=current_tenant_id(), created_at=clock.now(), **_with_place(values))
    db.session.add(carer)
    _keep(carer)
    nights.ask_for_tonight()
    audit.record("add-carer", "carer", carer.id, {"fields": sorted(values)})
    return carer


def change_carer(carer_id: UUID, version: int, values: Mapping[str, Any]) -> Carer:
    """Change a carer's record and publish it anew. Raises: NotFound, Conflict, InvalidInput."""
    carer = get_carer(carer_id, lock=True)
    if carer.version != version:
        raise Conflict("changed-meanwhile", CHANGED_MEANWHILE)
    placed = _with_place(values, carer)
    changed = [name for name, value in placed.items() if getattr(carer, name) != value]
    for name in changed:
        setattr(carer, name, placed[name])
    _keep(carer)
    bank.publish(carer_id)
    audit.record("change-carer", "carer", carer_id, {"fields": changed})
    return carer


def end_carer(carer_id: UUID, left_on: date) -> Carer:
    """Note the day from which somebody no longer works here; from then on the bank does not know them. Raises: NotFound."""
    carer = get_carer(carer_id, lock=True)
    carer.left_on = left_on
    bank.publish(carer_id)
    audit.record("end-carer", "carer", carer_id, {"left_on": left_on.isoformat()})
    return carer


def enter_bank(carer_id: UUID) -> Carer:
    """Lend a carer from now on. Raises: NotFound, RuleBroken with every reason against it."""
    carer = get_carer(carer_id, lock=True)
    reasons = bank.why_not(carer)
    if reasons:
        raise RuleBroken("not-for-the-bank", " ".join(reasons), reasons=reasons)
    carer.in_bank = True
    bank.publish(carer_id)
    nights.ask_for_tonight()
    audit.record("enter-bank", "carer", carer_id)
    return carer


def leave_bank(carer_id: UUID) -> Carer:
    """Lend a carer no longer; placements that are agreed stay. Raises: NotFound."""
    carer = get_carer(carer_id, lock=True)
    carer.in_bank = False
    bank.publish(carer_id)
    audit.record("leave-bank", "carer", carer_id)
    return carer


def opt_out(carer_id: UUID, from_day: date) -> Carer:
    """Note that a carer has signed to work more than 48 hours a week on average. Raises: NotFound, InvalidInput.

    Source: Working Time Regulations 1998, regulation 5.
    """
    carer = get_carer(carer_id, lock=True)
    if from_day < clock.today():
        raise InvalidInput({"from_day": "An opt-out holds from today on, or a later day: it cannot look back"})
    carer.opt_out_from, carer.opt_out_until = from_day, None
    bank.publish(carer_id)
    audit.record("opt-out", "carer", carer_id, {"from": from_day.isoformat()})
    return carer


def end_opt_out(carer_id: UUID) -> Carer:
    """Take an opt-out back, with seven days’ notice. Raises: NotFound, RuleBroken when there is none to take back.

    Source: Working Time Regulations 1998, regulation 5(2).
    """
    carer = get_carer(carer_id, lock=True)
    today = clock.today()
    if carer.opt_out_from is None or carer.opt_out_until is not None:
        raise RuleBroken("no-opt-out", "There is no opt-out that could be taken back.")
    notice = timedelta(days=int(rule_book.NUMBERS["opt_out_notice_days"].on(today)))
    if carer.opt_out_from > today:
        carer.opt_out_from = None  # it has not begun, so there is nothing that notice could be for
    else:
        carer.opt_out_until = today + notice
    bank.publish(carer_id)
    audit.record("end-opt-out", "carer", carer_id)
    return carer


def list_accounts() -> list[Account]:
    """People who sign in as care workers of the acting co-op: told by the door's role, on a connection of its own."""
    tenant = current_tenant_id()
    with db.engines["door"].connect() as connection:
        bind_scope(connection, DOOR)
        people = connection.execute(
            select(Person.id, Person.display_name)
            .join(Membership, Membership.person_id == Person.id)
            .where(Membership.tenant_id == tenant, Membership.role == "carer", Person.closed_at.is_(None))
            .order_by(Person.display_name, Person.id)
        ).all()
    rows = db.session.execute(
        select(Carer.person_id, Carer.id).where(Carer.tenant_id == tenant, Carer.person_id.is_not(None))
    )
    taken = {row[0]: row[1] for row in rows}
    return [Account(person_id, name, taken.get(person_id)) for person_id, name in people]


def link_account(carer_id: UUID, person_id: UUID | None) -> Carer:
    """Say which account a carer signs in with, or none. Raises: NotFound, InvalidInput for an account that is not free here."""
    carer = get_carer(carer_id, lock=True)
    known = {account.person_id: account for account in list_accounts()} if person_id else {}
    if person_id is not None:
        account = known.get(person_id)
        if account is None or account.carer_id not in (None, carer_id):
            raise InvalidInput({"person": "Choose an account of a care worker of this co-op that nobody else has"})
    carer.person_id = person_id
    _keep(carer)
    bank.publish(carer_id)
    audit.record("link-account", "carer", carer_id, {"linked": person_id is not None})
    return carer


def list_bars(carer_id: UUID) -> Sequence[tuple[Bar, str]]:
    """Whom a carer may not care for, with a name where it is one of the acting co-op's own."""
    tenant = current_tenant_id()
    rows = db.session.execute(
        select(Bar, Client.name)
        .outerjoin(Client, and_(Client.tenant_id == Bar.tenant_id, Client.id == Bar.client_key))
        .where(Bar.tenant_id == tenant, Bar.carer_id == carer_id)
        .order_by(Bar.made_at, Bar.client_key)
    )
    return [(row[0], row[1] or "") for row in rows]


def add_bar(carer_id: UUID, client_key: UUID) -> None:
    """Note that a carer and a person are not to meet, without the reason: in the home co-op's book or in the host's.

    Raises: NotFound unless the carer or the person is the acting co-op's own.
    """
    tenant = current_tenant_id()
    own_carer = db.session.get(Carer, (tenant, carer_id))
    own_client = db.session.get(Client, (tenant, client_key))
    met = db.session.scalar(
        select(Placement.id)
        .where(Placement.tenant_id == tenant, Placement.carer_id == carer_id, Placement.client_key == client_key)
        .limit(1)
    )
    if met is None and (own_carer is None or own_client is None):
        raise NotFound("carer or person")
    if db.session.get(Bar, (tenant, carer_id, client_key)) is None:
        db.session.add(Bar(tenant_id=tenant, carer_id=carer_id, client_key=client_key, made_at=clock.now()))
        db.session.flush()
    audit.record("add-bar", "carer", carer_id)


def remove_bar(carer_id: UUID, client_key: UUID) -> None:
    """Take a bar back. Raises: NotFound."""
    bar = db.session.get(Bar, (current_tenant_id(), carer_id, client_key))
    if bar is None:
        raise NotFound("bar")
    db.session.delete(bar)
    db.session.flush()
    audit.record("remove-bar", "carer", carer_id)


def list_people_to_bar(carer_id: UUID) -> list[tuple[UUID, str]]:
    """People a carer might be barred from: the co-op's own, and those elsewhere whom the carer was asked to care for."""
    tenant = current_tenant_id()
    own = db.session.execute(
        select(Client.id, Client.name).where(Client.tenant_id == tenant).order_by(Client.name, Client.id)
    )
    asked = db.session.execute(
        select(Placement.client_key, func.max(Placement.request_number), func.max(Placement.outcode))
        .where(
            Placement.tenant_id == tenant,
            Placement.side == "home",
            Placement.carer_id == carer_id,
            Placement.counterparty_id != tenant,
            Placement.client_key.is_not(None),
        )
        .group_by(Placement.client_key)
    )
    return [(row[0], row[1]) for row in own] + [
        (key, f"The person of request {number} in {outcode}") for key, number, outcode in asked if key is not None
    ]


def _with_place(values: Mapping[str, Any], carer: Carer | None = None) -> dict[str, Any]:
    placed = dict(values)
    latitude, longitude = placed.pop("latitude", None), placed.pop("longitude", None)
    outcode = placed.get("outcode") or ""
    if carer is not None and outcode == carer.outcode and latitude is None and longitude is None:
        return placed
    if not outcode.strip():
        raise InvalidInput({"outcode": "Enter the first half of the postcode of the carer’s home, like LS1"})
    placed["outcode"], placed["latitude"], placed["longitude"] = place_of(outcode, latitude, longitude)
    return placed


def _keep(carer: Carer) -> None:
    """Flush a record. Raises: Conflict when its reference is taken or somebody changed it meanwhile."""
    try:
        db.session.flush()
    except StaleDataError as fault:
        db.session.rollback()
        raise Conflict("changed-meanwhile", CHANGED_MEANWHILE) from fault
    except IntegrityError as fault:
        if not isinstance(fault.orig, UniqueViolation) or "reference" not in (fault.orig.diag.constraint_name or ""):
            raise
        db.session.rollback()
        raise Conflict("reference-taken", "Another carer has this reference already: choose another one.") from fault
