"""For the home co-op's payroll: hours, sleep-ins, travel, miles and pay of its carers in a month, and the pay floor."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from staffbank.models import Carer, Placement
from staffbank.pay.bands import BANDS
from staffbank.pay.floor import FloorCheck, minimum_wage_check, pay_period
from staffbank.pay.recharge import Line, RateCard, Worked, cancelled_pay_of, care_minutes, pay_of
from staffbank.services import hours
from staffbank.services.bank_policy import get_policy
from staffbank.services.cancellations import percent_owed, planned_of
from staffbank.services.hours import Sheet
from staffbank.services.rates import GRADE, card_on, list_cards
from staffbank.services.recharges import miles_before
from staffbank.times import london_midnight
from staffbank.worked_hours import Hours, month_of, next_month, worked_of
from tenants.clock import LONDON
from tenants.db import db
from tenants.downloads import Column
from tenants.scope import current_tenant_id

COLUMNS = (
    Column("reference", "Carer"),
    Column("name", "Name"),
    Column("month", "Month", "date"),
    Column("placements", "Placements", "packs"),
    Column("plain", "Minutes, weekdays 6am to 8pm", "packs"),
    Column("unsocial", "Minutes, evenings, nights and Saturdays", "packs"),
    Column("special", "Minutes, Sundays and bank holidays", "packs"),
    Column("sleep_ins", "Sleep-ins", "packs"),
    Column("travel_minutes", "Minutes of travel", "packs"),
    Column("miles", "Miles", "text"),
    Column("care_pence", "Pay for care (£)", "pence"),
    Column("sleep_in_pence", "Sleep-in allowance (£)", "pence"),
    Column("travel_pence", "Pay for travel (£)", "pence"),
    Column("mileage_pence", "Mileage (£)", "pence"),
    Column("cancelled_pence", "Pay for work cancelled late (£)", "pence"),
    Column("pay_pence", "In all (£)", "pence"),
    Column("floor", "Pay floor"),
)
KINDS = ("care", "sleep_in", "travel", "mileage", "cancelled")


@dataclass
class CarerMonth:
    """What one carer did for the bank in a month, and is paid for it."""

    carer: Carer
    worked: list[Worked] = field(default_factory=list)
    minutes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(BANDS, 0))
    pence: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    floor: FloorCheck | None = None
    """Nothing where the date of birth is not recorded."""

    @property
    def pay_pence(self) -> int:
        """Everything that payroll pays for the month's placements, mileage included."""
        return sum(self.pence.values())


def list_month(month: date, *, carer_id: UUID | None = None) -> list[CarerMonth]:
    """The acting co-op's carers with accepted hours, or work cancelled late, in a month, by reference.

    Raises: RuleBroken where no rates are known.
    """
    month = month_of(month)
    last = next_month(month) - timedelta(days=1)
    sheets = hours.list_sheets("home", states=("accepted",), first=month, last=last, limit=None)
    known = {carer.id: carer for carer in _carers({sheet.placement.carer_id for sheet in sheets})}
    months: dict[UUID, CarerMonth] = {}
    for sheet in sorted(sheets, key=lambda sheet: sheet.placement.starts_at):
        carer = known.get(sheet.placement.carer_id)
        if carer is None or sheet.agreed is None or carer_id not in (None, carer.id):
            continue
        held = months.setdefault(carer.id, CarerMonth(carer))
        _add(held, sheet, sheet.agreed)
    for leg in _cancelled_late(month, last):
        carer = db.session.get(Carer, (leg.tenant_id, leg.carer_id))
        if carer is not None and carer_id in (None, carer.id):
            months.setdefault(carer.id, CarerMonth(carer)).pence["cancelled"] += cancelled_pence(carer, leg)
    for held in months.values():
        held.floor = _floor(held, (month, last))
    return sorted(months.values(), key=lambda held: held.carer.reference)


def payroll_rows(month: date) -> list[dict[str, Any]]:
    """The month as rows of COLUMNS, one for each carer."""
    return [
        {
            "reference": held.carer.reference,
            "name": f"{held.carer.first_name} {held.carer.last_name}".strip(),
            "month": month_of(month),
            "placements": len(held.worked),
            **held.minutes,
            "sleep_ins": sum(1 for one in held.worked if one.sleep_in),
            "travel_minutes": sum(one.travel_minutes for one in held.worked),
            "miles": str(sum((one.miles for one in held.worked), Decimal(0))),
            **{f"{kind}_pence": pence for kind, pence in held.pence.items()},
            "pay_pence": held.pay_pence,
            "floor": held.floor.words if held.floor else "Date of birth not recorded: not checked",
        }
        for held in list_month(month)
    ]


def own_pay(carer: Carer, sheet: Sheet, stated: Hours) -> list[Line]:
    """What a carer is paid for hours as stated: care and premiums at the carer's own rate, sleep-in, travel, mileage."""
    worked = _worked(sheet, stated)
    return pay_of(worked, own_card(carer, worked.day))


def cancelled_pence(carer: Carer, leg: Placement) -> int:
    """What a carer is still paid for a placement that its host has cancelled late, at the carer's own rate."""
    percent, planned = percent_owed(leg), planned_of(leg)
    lines = cancelled_pay_of(planned, own_card(carer, planned.day), percent) if percent else []
    return sum(line.pence for line in lines)


def _cancelled_late(first: date, last: date) -> list[Placement]:
    chosen = select(Placement).where(
        Placement.tenant_id == current_tenant_id(),
        Placement.side == "home",
        Placement.state == "cancelled",
        Placement.ended_by == "host",
        Placement.starts_at >= london_midnight(first),
        Placement.starts_at < london_midnight(last + timedelta(days=1)),
    )
    return [leg for leg in db.session.scalars(chosen.order_by(Placement.starts_at)) if percent_owed(leg)]


def own_card(carer: Carer, day: date) -> RateCard:
    """The rate card of a day with the carer's own pay an hour in it."""
    card = card_on(day)
    return replace(card, pay=_own_rate(carer, card))


def _carers(ids: set[UUID]) -> Sequence[Carer]:
    return db.session.scalars(select(Carer).where(Carer.tenant_id == current_tenant_id(), Carer.id.in_(ids))).all()


def _worked(sheet: Sheet, stated: Hours) -> Worked:
    placement = sheet.placement
    before = miles_before(placement.tenant_id, placement.carer_id, stated.start.astimezone(LONDON).date())
    return worked_of(placement.id, stated, sleep_in=placement.sleep_in, miles_before=before)


def _add(held: CarerMonth, sheet: Sheet, stated: Hours) -> None:
    worked = _worked(sheet, stated)
    card = own_card(held.carer, worked.day)
    held.worked.append(worked)
    for band, count in care_minutes(worked, card.holidays).items():
        held.minutes[band] += count
    for line in pay_of(worked, card):
        held.pence[line.kind] += line.pence


def _floor(held: CarerMonth, days: tuple[date, date]) -> FloorCheck | None:
    if held.carer.born_on is None:
        return None
    signed = "uk" if get_policy().pays_living_wage else ""
    cards = [replace(card, pay=_own_rate(held.carer, card), signed=signed) for card in list_cards()]
    period = pay_period(held.carer.reference, days, held.carer.born_on, held.worked, cards)
    return minimum_wage_check([period])[0]


def _own_rate(carer: Carer, card: RateCard) -> dict[str, int]:
    return {**card.pay, GRADE: carer.pay_pence_per_hour}
