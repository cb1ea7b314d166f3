"""Checks of a carer: noted when they were made, ended when they no longer hold, and published to the bank at once."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from staffbank.models import CarerCheck
from staffbank.passport import KINDS
from staffbank.services import bank, nights
from staffbank.services.carers import get_carer
from tenants import audit, clock
from tenants.db import db
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tenants.scope import current_tenant_id


def list_checks(carer_id: UUID, *, ended: bool = False) -> Sequence[CarerCheck]:
    """A carer's checks by kind, those that hold longest first; with `ended` also those that were ended."""
    if not ended:
        return bank.list_live_checks(carer_id)
    return db.session.scalars(
        select(CarerCheck)
        .where(CarerCheck.tenant_id == current_tenant_id(), CarerCheck.carer_id == carer_id)
        .order_by(CarerCheck.kind, CarerCheck.until.desc().nulls_first(), CarerCheck.id)
    ).all()


def list_all_checks() -> dict[UUID, list[CarerCheck]]:
    """Checks that have not been ended, of every carer of the acting co-op."""
    found: dict[UUID, list[CarerCheck]] = {}
    for check in db.session.scalars(
        select(CarerCheck)
        .where(CarerCheck.tenant_id == current_tenant_id(), CarerCheck.ended_at.is_(None))
        .order_by(CarerCheck.kind, CarerCheck.id)
    ):
        found.setdefault(check.carer_id, []).append(check)
    return found


def get_check(carer_id: UUID, check_id: UUID) -> CarerCheck:
    """One check of a carer. Raises: NotFound."""
    check = db.session.get(CarerCheck, (current_tenant_id(), check_id))
    if check is None or check.carer_id != carer_id:
        raise NotFound("check")
    return check


def add_check(carer_id: UUID, values: Mapping[str, Any]) -> CarerCheck:
    """Note a check; an older one of the kind stays on the record until it is ended. Raises: NotFound, InvalidInput.

    Of a DBS check: level, workforce, day of issue, who saw the original, the last status check. Never the certificate.
    """
    get_carer(carer_id)
    _examine(values)
    check = CarerCheck(tenant_id=current_tenant_id(), carer_id=carer_id, **values)
    db.session.add(check)
    db.session.flush()
    bank.publish(carer_id)
    nights.ask_for_tonight()
    audit.record("add-check", "carer", carer_id, {"kind": check.kind, "check": str(check.id)})
    return check


def end_check(carer_id: UUID, check_id: UUID) -> CarerCheck:
    """End a check that no longer holds; the bank knows at once. Raises: NotFound, RuleBroken when it was ended before."""
    check = get_check(carer_id, check_id)
    if check.ended_at is not None:
        raise RuleBroken("check-ended", "This check was ended before, and nothing was done twice.")
    check.ended_at = clock.now()
    db.session.flush()
    bank.publish(carer_id)
    audit.record("end-check", "carer", carer_id, {"kind": check.kind, "check": str(check.id)})
    return check


def ask_status(carer_id: UUID, check_id: UUID, *, unchanged: bool) -> CarerCheck:
    """Note that the Update Service was asked about a DBS check today; a changed status ends the check.

    Raises: NotFound, RuleBroken for another kind. Source: gov.uk, DBS Update Service: employer guide.
    """
    check = get_check(carer_id, check_id)
    if check.kind != "dbs" or check.ended_at is not None:
        raise RuleBroken("no-status", "Only a DBS check that holds has a status to ask for.")
    if not unchanged:
        return end_check(carer_id, check_id)
    check.status_checked_on = clock.today()
    db.session.flush()
    bank.publish(carer_id)
    audit.record("ask-status", "carer", carer_id, {"check": str(check.id)})
    return check


def _examine(values: Mapping[str, Any]) -> None:
    """Refuse what cannot be: a level the kind does not have, days in the wrong order, an original nobody saw."""
    errors: dict[str, str] = {}
    kind, today = KINDS.get(values["kind"]), clock.today()
    if kind is not None and kind.levels and values.get("level") not in dict(kind.levels):
        errors["level"] = "Choose the level of this check"
    if values["checked_on"] > today:
        errors["checked_on"] = "This day has not come yet"
    issued, until = values.get("issued_on"), values.get("until")
    if issued and issued > values["checked_on"]:
        errors["issued_on"] = "It was checked before this day: one of the two is wrong"
    if until and until < (issued or values["checked_on"]):
        errors["until"] = "The last day must not lie before the first"
    if values["kind"] == "right_to_work" and values.get("level") == "limited" and not until:
        errors["until"] = "A right to work for a limited time has a last day: enter it"
    if values["kind"] == "dbs" and not values.get("original_seen", True):
        errors["original_seen"] = "Somebody must have seen the original certificate: a copy does not do"
    if errors:
        raise InvalidInput(errors)
