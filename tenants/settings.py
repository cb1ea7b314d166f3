"""The federation's rules in force: effective-dated, each citing the resolution that set it, never edited."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from tenants import audit, clock
from tenants.db import db
from tenants.errors import InvalidInput
from tenants.models import Setting
from tenants.scope import current_scope

SHARE_RULES = {
    "equal_price": "Everybody pays the same price a pack",
    "equal_percent": "Everybody saves the same percentage",
    "proportional": "In proportion to the list value of one's own demand",
}
CAPACITIES = {"principal": "The federation buys and sells on", "agent": "The federation buys on the co-ops' behalf"}


def _one_of(choices: dict[str, str]) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if value not in choices:
            raise ValueError(f"Choose one of: {', '.join(choices)}")
        return value

    return check


def _vat_number(value: Any) -> Any:
    if value in (None, ""):
        return None
    digits = re.sub(r"[\s-]", "", str(value)).upper().removeprefix("GB")
    if not re.fullmatch(r"\d{9}(\d{3})?", digits):
        raise ValueError("Enter a VAT number of 9 digits, like GB 123 4567 82, or leave it empty")
    return f"GB{digits}"


def _whole(low: int, high: int) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if (
            isinstance(value, bool)
            or not str(value).isascii()
            or not str(value).isdigit()
            or not low <= int(value) <= high
        ):
            raise ValueError(f"Enter a whole number from {low} to {high}")
        return int(value)

    return check


@dataclass(frozen=True)
class Known:
    """A rule that can be set: what it means, what holds until it is set, and which values it takes."""

    label: str
    default: Any
    check: Callable[[Any], Any]
    choices: dict[str, str] | None = None


KNOWN: dict[str, Known] = {
    "share_rule": Known("How a round's cost is shared", "equal_price", _one_of(SHARE_RULES), SHARE_RULES),
    "capacity": Known("Principal or agent", "principal", _one_of(CAPACITIES), CAPACITIES),
    "vat_number": Known("VAT number of the federation", None, _vat_number),
    "payment_days": Known("Days in which a recharge is due", 30, _whole(0, 120)),
    "reminder_hours": Known("Hours before closing when reminders go out", 48, _whole(1, 336)),
    "agency_pence_per_hour": Known(
        "Agency rate in pence an hour, for what the staff bank saves; until a vote sets it, the Homecare Association’s"
        " minimum price for England, 2025–26",
        3214,
        _whole(500, 20_000),
    ),
}


@dataclass(frozen=True)
class InForce:
    """A rule as it stands on a day."""

    name: str
    value: Any
    from_date: date | None
    resolution: str | None


def get_setting(name: str, on_date: date | None = None) -> Any:
    """The value of a rule on a day (default: today)."""
    return in_force(on_date)[name].value


def in_force(on_date: date | None = None) -> dict[str, InForce]:
    """Every rule as it stands on a day, by name."""
    rows = db.session.scalars(
        select(Setting).where(Setting.from_date <= (on_date or clock.today())).order_by(Setting.from_date)
    )
    found = {name: InForce(name, known.default, None, None) for name, known in KNOWN.items()}
    for row in rows:
        if row.name in found:
            found[row.name] = InForce(row.name, row.value, row.from_date, row.resolution)
    return found


def list_settings() -> list[Setting]:
    """Every rule ever set, newest first."""
    return list(db.session.scalars(select(Setting).order_by(Setting.from_date.desc(), Setting.name)))


def set_setting(name: str, value: Any, from_date: date, resolution: str) -> Setting:
    """Set a rule from a day on. Raises: InvalidInput; the past is not rewritten, and a day has one value."""
    errors: dict[str, str] = {}
    if name not in KNOWN:
        raise InvalidInput({"name": f"Choose one of: {', '.join(KNOWN)}"})
    try:
        value = KNOWN[name].check(value)
    except ValueError as error:
        errors["value"] = str(error)
    if not resolution.strip():
        errors["resolution"] = "Say which resolution set this, like “General meeting, 3 March 2026, item 4”"
    elif len(resolution) > 2000:
        errors["resolution"] = "Use at most 2,000 letters"
    if from_date < clock.today():
        errors["from_date"] = "A rule starts today or later: what was decided under the old one stays as it is"
    if db.session.scalar(select(Setting.id).where(Setting.name == name, Setting.from_date == from_date)):
        errors["from_date"] = "This rule is set for that day already; choose another day"
    if errors:
        raise InvalidInput(errors)
    row = Setting(
        name=name,
        value=value,
        from_date=from_date,
        resolution=resolution.strip(),
        set_by=current_scope().person_id,
        set_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    audit.record("set-rule", "setting", row.id, {"name": name, "value": value, "from": from_date.isoformat()})
    return row
