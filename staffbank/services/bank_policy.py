"""How a co-op takes part in the bank: its windows, time limits and defaults, and its VAT facts."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

from staffbank.models import BankPolicy
from staffbank.pay.vat import TREATMENTS
from tenants import audit
from tenants.db import db
from tenants.errors import Conflict, InvalidInput
from tenants.scope import current_tenant_id


@dataclass(frozen=True)
class Policy:
    """What a co-op has chosen, or the defaults of the bank; `version` is 0 until it has chosen anything."""

    own_first_hours: int = 72
    answer_hours: int = 24
    release_hours: int = 12
    releases_by_default: bool = False
    confirm_hours: int = 12
    confirms_by_default: bool = True
    lends_as: str = "standard"
    vat_evidence: str = ""
    vat_registered: bool = False
    reclaims_vat: bool = False
    pays_living_wage: bool = False
    settlement_signed_on: date | None = None
    version: int = 0


_NAMES = tuple(field.name for field in fields(Policy))


def get_policy(tenant_id: UUID | None = None) -> Policy:
    """The policy of a co-op, by default the acting one's; the defaults where it has chosen nothing. The office sees all."""
    row = db.session.get(BankPolicy, tenant_id or current_tenant_id())
    return Policy() if row is None else Policy(**{name: getattr(row, name) for name in _NAMES})


def save_policy(values: Mapping[str, Any], version: int) -> Policy:
    """Keep what the acting co-op has chosen. Raises: Conflict when somebody changed it meanwhile, InvalidInput."""
    if values["lends_as"] not in TREATMENTS:
        raise InvalidInput({"lends_as": f"Choose one of: {', '.join(TREATMENTS)}"})
    if values["lends_as"] != "standard" and not values["vat_evidence"].strip():
        raise InvalidInput(
            {"vat_evidence": "Say what shows this, such as an adviser’s letter and its date: VAT is never guessed"}
        )
    row = db.session.get(BankPolicy, current_tenant_id(), with_for_update=True)
    if (row.version if row else 0) != version:
        raise Conflict("changed-meanwhile", "Somebody else changed this first. Load the page again to see what is new.")
    if row is None:
        row = BankPolicy(tenant_id=current_tenant_id())
        db.session.add(row)
    changed = [name for name in _NAMES if name in values and getattr(row, name, None) != values[name]]
    for name in changed:
        setattr(row, name, values[name])
    db.session.flush()
    audit.record("change-bank-policy", "bank-policy", current_tenant_id(), {"fields": changed})
    return get_policy()
